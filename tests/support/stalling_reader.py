"""A reader that never comes to the end of one content. Run as `python -m tests.support.stalling_reader`."""

from __future__ import annotations

from typing import Final

from pipeline.reading import readers, reading
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.settings.config import Settings

PROGRAM: Final = "tests.support.stalling_reader"
ENDLESS: Final = b"endless"


def main() -> None:
    """Answer as the program's own reader does, but for that content."""
    transcribe = reading.transcribe

    def transcribe_or_stall(file: FileToRead, content: bytes, settings: Settings) -> Transcript:
        while content == ENDLESS:
            pass
        return transcribe(file, content, settings)

    reading.transcribe = transcribe_or_stall
    readers.main()


if __name__ == "__main__":
    main()
