"""A reader that ends over a file that makes it work too long, however slow or busy the computer is.

Run as `python -m tests.support.reader_with_work_limit` in the place of `pipeline.reading.readers`. The program itself
judges by the wall clock, which is right for an office and wrong for a test: beside other programs a healthy file takes
several times as long there, and no more work.
"""

from __future__ import annotations

import signal
from typing import Final

from pipeline.reading import readers, reading
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.settings.config import Settings

PROGRAM: Final = "tests.support.reader_with_work_limit"
MOST_WORK: Final = 10.0
"""Seconds of the processor for one file. Each should take two at most."""


def main() -> None:
    """Answer as the program's own reader does."""
    transcribe = reading.transcribe

    def transcribe_within(file: FileToRead, content: bytes, settings: Settings) -> Transcript:
        # The timer counts the time that the processor gives to this process. Nobody handles its signal, which so ends the
        # process at once, also inside a library: the file is then refused as one that killed its reader.
        signal.setitimer(signal.ITIMER_PROF, MOST_WORK)
        try:
            return transcribe(file, content, settings)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    reading.transcribe = transcribe_within
    readers.main()


if __name__ == "__main__":
    main()
