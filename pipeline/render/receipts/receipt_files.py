"""回执, one for every report that arrived: begun at once in the readers, gathered when the other files are made."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from pipeline.day.judging import Judgement
from pipeline.disk import storage
from pipeline.reading.readers import Readers
from pipeline.reading.receipt_layout import Job
from pipeline.render import reproducible_zip
from pipeline.render.receipts import receipt_workbook
from pipeline.report import submissions
from pipeline.report.submission_lines import ArrivedReport
from pipeline.settings.config import Settings
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed
from pipeline.terms.text import without_controls
from pipeline.terms.words import UNKNOWN_DISTRICT

FOLDER = "回执"
_REFUSED_BY_WINDOWS = re.compile(r'[<>:"/\\|?*\u2028\u2029\ud800-\udfff\ufffe\uffff]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_LONGEST_NAME = 150
"""Bytes of the original's name in a receipt's: folders and synchronisation refuse more than 255 in all."""
_LARGEST = 64 << 20


def begin(several: Sequence[ArrivedReport], archive: Path, readers: Readers) -> Callable[[], Mapping[str, bytes]]:
    """Begin the receipts of these reports; what comes back waits for them and gives each under its name in the day's folder.

    An original may have gone when its time was over, or be damaged: then the list alone goes back.
    """
    markable = [one for one in several if may_be_marked(one.findings) and storage.holds(archive, one.sha256)]
    begun = _begin([(one, archive / one.sha256) for one in markable], readers)
    named = dict(zip(several, names(several), strict=True))
    return lambda: {name: _finished(one, begun.get(one)) for one, name in named.items()}


def one(said: ArrivedReport, path: Path, readers: Readers) -> bytes:
    """The receipt of the file at that path."""
    begun = _begin([(said, path)] if may_be_marked(said.findings) and path.is_file() else [], readers)
    return _finished(said, begun.get(said))


def before_sending(filed: Filed, judgement: Judgement | None, original: Path, *, settings: Settings, readers: Readers) -> bytes:
    """Return the receipt of a file that somebody asks about before sending it, as if it were the first of its day."""
    return one(submissions.unsent(filed, judgement, settings), original, readers)


def _begin(several: Sequence[tuple[ArrivedReport, Path]], readers: Readers) -> dict[ArrivedReport, Future[bytes | None]]:
    jobs = [Job(path, receipt_workbook.compose(one)) for one, path in several]
    return dict(zip([one for one, _path in several], readers.mark(jobs), strict=True))


_NO_WORKBOOK = ("unreadable", "encrypted", "too-large", "macro-workbook")


def may_be_marked(findings: Iterable[Finding]) -> bool:
    """Whether a file with these findings was a workbook that can go back with marks, as far as they tell."""
    return not any(found.code in _NO_WORKBOOK for found in findings)


def _finished(one: ArrivedReport, begun: Future[bytes | None] | None) -> bytes:
    marked = begun.result() if begun else None
    content = marked if marked and _is_plain(marked) else receipt_workbook.alone(one)
    return reproducible_zip.settle(content, one.received_at)


def _is_plain(content: bytes) -> bool:
    """Whether what the reader sent is a package that unpacks to no more than itself: the reader had a stranger's file in its hands."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return len(content) <= _LARGEST and all(part.compress_type == zipfile.ZIP_STORED for part in package.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


# --- names -------------------------------------------------------------------------------------------------------


def names(several: Iterable[ArrivedReport]) -> list[str]:
    """Each receipt's place in the day's folder; two that would be one get a number."""
    taken: set[str] = set()
    chosen = []
    for said in several:
        stem = f"{said.district or UNKNOWN_DISTRICT}_回执_{said.revision}_{plain(said.name)}"
        name = next(one for n in range(1, 10**6) if (one := stem if n == 1 else f"{stem} ({n})").casefold() not in taken)
        taken.add(name.casefold())
        chosen.append(f"{FOLDER}/{name}.xlsx")
    return chosen


def answered(of_day: Sequence[Filed], settings: Settings) -> dict[str, Filed]:
    """Which file each of the day's receipts answers, by the receipt's place in the day's folder."""
    several = submissions.by_outline(of_day, settings)
    return dict(zip(names(said for said, _filed in several), (filed for _said, filed in several), strict=True))


def plain(name: str) -> str:
    """A file's name without its ending, as every system takes it."""
    stem = Path(name.replace("\\", "/")).stem if "." in name.lstrip(".") else name
    stem = _REFUSED_BY_WINDOWS.sub("_", without_controls(stem)).replace("\n", " ").replace("\r", " ").replace("\t", " ")
    stem = stem.encode()[:_LONGEST_NAME].decode(errors="ignore").strip(" .")
    return f"_{stem}" if not stem or _RESERVED.fullmatch(stem) else stem
