"""回执, one for every report that arrived: begun at once in the readers, gathered when the other files are made."""

from __future__ import annotations

import io
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path

from pipeline.day.judgement import Judgement
from pipeline.disk.drawn import Drawn
from pipeline.disk.originals import Originals
from pipeline.reading.readers import Readers
from pipeline.reading.receipt_layout import Job, Obstacle, Why
from pipeline.render import file_names, reproducible_zip
from pipeline.render.receipts import receipt_workbook
from pipeline.render.receipts.receipt_words import OBSTACLES
from pipeline.report import handed_in_lines
from pipeline.report.submission_lines import ArrivedReport
from pipeline.settings.config import Settings
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed
from pipeline.terms.words import UNKNOWN_DISTRICT

FOLDER = "回执"
_LARGEST = 64 << 20
_NO_WORKBOOK = ("unreadable", "encrypted", "too-large", "macro-workbook")
GONE, LOST = Obstacle(Why.GONE), Obstacle(Why.LOST)
Found = Path | Obstacle
"""A receipt that was handed out and is the marked copy of an original that the archive lacks, or why there is none."""
Instead = Callable[[str], Found]
"""Gives it, by the original's SHA-256."""


def lost(_sha256: str) -> Found:
    """Return that an original which is not there was lost, where nothing tells more."""
    return LOST


@dataclass(frozen=True, slots=True)
class Bench:
    """What receipts are made from and with."""

    archive: Originals
    readers: Readers
    drawn: Drawn
    """Those of an earlier run, which are not marked again where nothing in them would be another."""
    instead: Instead = lost


def begin(reports: Sequence[ArrivedReport], bench: Bench, at_once: int | None = None) -> Callable[[], Iterator[tuple[str, bytes]]]:
    """Begin the receipts of these reports; what comes back waits for them, one after another, each under its name in the day's folder.

    `at_once`: so many are begun at a time; None: all. Where an original is lost or damaged, the receipt that was handed out is marked anew;
    where there is none, or the original went when its time was over, the list alone goes back.
    """
    bench.readers.prepare(sum(not bench.drawn.has(repr(report)) for report in reports))
    following = zip(reports, names(reports), strict=True)
    begun = deque((report, name, _begun(report, bench)) for report, name in islice(following, at_once))

    def finish() -> Iterator[tuple[str, bytes]]:
        while begun:
            report, name, marked = begun.popleft()
            begun.extend((other, named, _begun(other, bench)) for other, named in islice(following, 1))
            yield name, _settled(report, marked, bench.drawn)

    return finish


@dataclass(frozen=True, slots=True)
class _Again:
    """A receipt that an earlier run drew, as it is written."""

    content: bytes


@dataclass(frozen=True, slots=True)
class _FromReceipt:
    """A receipt that is marked on one that was handed out: as soon as its original is there again, it is drawn from that."""

    marked: Future[bytes | Obstacle]


_Begun = Future[bytes | Obstacle] | Obstacle | _Again | _FromReceipt


def _begun(report: ArrivedReport, bench: Bench) -> _Begun:
    if not may_be_marked(report.findings):
        return Obstacle(Why.UNREAD)
    instead = None if bench.archive.has(report.sha256) else bench.instead(report.sha256)
    if isinstance(instead, Obstacle):
        return instead
    if content := bench.drawn.again(repr(report)):
        return _Again(content)
    if instead:
        return _FromReceipt(_begin({report: instead}, bench.readers)[report])
    return _begin({report: bench.archive.path(report.sha256)}, bench.readers)[report]


def _settled(report: ArrivedReport, begun: _Begun, drawn: Drawn) -> bytes:
    """Return the receipt; one that a reader has marked is noted, and none that it could not: another time it may."""
    match begun:
        case _FromReceipt(marked):
            return _finished(report, marked if isinstance(marked.result(), bytes) else LOST)
        case _Again(content):
            pass
        case _:
            content = _finished(report, begun)
    if isinstance(begun, _Again) or (isinstance(begun, Future) and isinstance(begun.result(), bytes)):
        drawn.note(repr(report), content)
    return content


def receipt(report: ArrivedReport, path: Path, readers: Readers) -> bytes:
    """Return the receipt of the file at that path."""
    begun = _begin({report: path} if may_be_marked(report.findings) and path.is_file() else {}, readers)
    return _finished(report, begun.get(report, LOST))


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


def is_marked(content: bytes) -> bool:
    """Return whether one of our receipts is the sender's workbook with its marks, and not the list alone."""
    return (_part(content, "xl/workbook.xml") or b"").count(b"<sheet ") > 1


def tells_lost(content: bytes) -> bool:
    """Return whether one of our receipts is a list alone since the original was lost."""
    parts = (_part(content, name) or b"" for name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"))
    return not is_marked(content) and any(OBSTACLES[Why.LOST].encode() in part for part in parts)


def _part(content: bytes, name: str) -> bytes | None:
    with suppress(zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError), zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)
    return None


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
