"""回执, one for every report that arrived: begun at once in the readers, gathered when the other files are made."""

from __future__ import annotations

import io
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import Final

from pipeline.day.judging import Judgement
from pipeline.disk.drawn import Drawn
from pipeline.disk.originals import Originals
from pipeline.reading.readers import Readers
from pipeline.reading.receipt_layout import Job, Obstacle, Why
from pipeline.render import file_names, reproducible_zip
from pipeline.render.receipts import receipt_workbook
from pipeline.report import handed_in_lines
from pipeline.report.submission_lines import ArrivedReport
from pipeline.settings.config import Settings
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed
from pipeline.terms.words import UNKNOWN_DISTRICT

FOLDER = "回执"
_LARGEST = 64 << 20
_NO_WORKBOOK = ("unreadable", "encrypted", "too-large", "macro-workbook")
_GONE: Final = Obstacle(Why.GONE)


def begin(
    reports: Sequence[ArrivedReport], archive: Originals, readers: Readers, drawn: Drawn, at_once: int | None = None
) -> Callable[[], Iterator[tuple[str, bytes]]]:
    """Begin the receipts of these reports; what comes back waits for them, one after another, each under its name in the day's folder.

    `at_once`: so many are begun at a time; None: all. An original may have gone when its time was over, or be damaged: then the list alone
    goes back. `drawn`: those of an earlier run, which are not marked again where nothing in them would be another.
    """
    readers.prepare(sum(not drawn.has(repr(report)) for report in reports))
    following = zip(reports, names(reports), strict=True)
    begun = deque((report, name, _begun(report, archive, readers, drawn)) for report, name in islice(following, at_once))

    def finish() -> Iterator[tuple[str, bytes]]:
        while begun:
            report, name, marked = begun.popleft()
            begun.extend((other, named, _begun(other, archive, readers, drawn)) for other, named in islice(following, 1))
            yield name, _settled(report, marked, drawn)

    return finish


@dataclass(frozen=True, slots=True)
class _Again:
    """A receipt that an earlier run drew, as it is written."""

    content: bytes


_Begun = Future[bytes | Obstacle] | Obstacle | _Again


def _begun(report: ArrivedReport, archive: Originals, readers: Readers, drawn: Drawn) -> _Begun:
    if not may_be_marked(report.findings) or not archive.has(report.sha256):
        return _GONE
    if content := drawn.again(repr(report)):
        return _Again(content)
    return _begin({report: archive.path(report.sha256)}, readers)[report]


def _settled(report: ArrivedReport, begun: _Begun, drawn: Drawn) -> bytes:
    """Return the receipt; one that a reader has marked is noted, and none that it could not: another time it may."""
    content = begun.content if isinstance(begun, _Again) else _finished(report, begun)
    if isinstance(begun, _Again) or (isinstance(begun, Future) and isinstance(begun.result(), bytes)):
        drawn.note(repr(report), content)
    return content


def receipt(report: ArrivedReport, path: Path, readers: Readers) -> bytes:
    """Return the receipt of the file at that path."""
    begun = _begin({report: path} if may_be_marked(report.findings) and path.is_file() else {}, readers)
    return _finished(report, begun.get(report, _GONE))


def before_sending(filed: Filed, judgement: Judgement | None, original: Path, *, settings: Settings, readers: Readers) -> bytes:
    """Return the receipt of a file that somebody asks about before sending it, as if it were the first of its day."""
    return receipt(handed_in_lines.unsent(filed, judgement, settings), original, readers)


def may_be_marked(findings: Iterable[Finding]) -> bool:
    """Return whether a file with these findings was a workbook that can go back with marks, as far as they tell."""
    return not any(finding.code in _NO_WORKBOOK for finding in findings)


def _begin(originals: Mapping[ArrivedReport, Path], readers: Readers) -> dict[ArrivedReport, Future[bytes | Obstacle]]:
    """Let the readers mark these originals."""
    jobs = [Job(path, receipt_workbook.compose(report)) for report, path in originals.items()]
    return dict(zip(originals, readers.mark(jobs), strict=True))


def _finished(report: ArrivedReport, begun: Future[bytes | Obstacle] | Obstacle) -> bytes:
    marked = begun if isinstance(begun, Obstacle) else begun.result()
    if isinstance(marked, bytes) and not _is_stored(marked):
        marked = Obstacle(Why.UNKNOWN)
    if not may_be_marked(report.findings):
        marked = Obstacle(Why.UNREAD)
    content = marked if isinstance(marked, bytes) else receipt_workbook.alone(report, marked)
    return reproducible_zip.settle(content, report.received_at)


def _is_stored(content: bytes) -> bool:
    """Return whether what a reader sent is a package that unpacks to no more than itself."""
    # The reader had a stranger's file in its hands: what it sends back may be as hostile as the file.
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return len(content) <= _LARGEST and all(part.compress_type == zipfile.ZIP_STORED for part in package.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


# --- names -------------------------------------------------------------------------------------------------------


def names(reports: Iterable[ArrivedReport]) -> list[str]:
    """Return each receipt's place in the day's folder; names that would be the same get a number."""
    taken: set[str] = set()
    paths = []
    for report in reports:
        stem = f"{report.district or UNKNOWN_DISTRICT}_回执_{report.revision}_{portable_stem(report.name)}"
        candidates = chain([stem], (f"{stem} ({number})" for number in count(2)))
        # Windows and macOS take two names for the same that differ in upper and lower case alone.
        name = next(candidate for candidate in candidates if candidate.casefold() not in taken)
        taken.add(name.casefold())
        paths.append(f"{FOLDER}/{name}.xlsx")
    return paths


def files_by_receipt(of_day: Sequence[Filed], settings: Settings) -> dict[str, Filed]:
    """Return which file each of the day's receipts answers, by the receipt's place in the day's folder."""
    outlined = handed_in_lines.by_outline(of_day, settings)
    return dict(zip(names(report for report, _filed in outlined), (filed for _report, filed in outlined), strict=True))


def portable_stem(name: str) -> str:
    """Return a file's name without its ending, as every system takes it."""
    stem = Path(name.replace("\\", "/")).stem if "." in name.lstrip(".") else name
    return file_names.portable(stem)
