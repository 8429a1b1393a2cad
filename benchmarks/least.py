"""The least that each part of a night takes with the program's own libraries and its safety: one thing each, and nothing else.

`benchmarks/floors.py` adds them up. `python -m benchmarks.least` is the reader process: gate and calamine, and the cells as JSON columns.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Final

import python_calamine

from pipeline.reading import worker
from pipeline.reading.gate import formats
from pipeline.reading.gate.safe_workbook import Limits

_SHEETS: Final = frozenset({"封面", "案件进展", "新增案件", "接访情况", "急报事项"})
_MEMORY, _SECONDS = 2 << 30, 60
_LIMITS: Final = Limits(200 << 20, 4 << 30, 20_000_000)
_CORES: Final = 2
_MANY: Final = 24
"""Of fewer files a second reader costs more than it brings."""


# --- the reader --------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer each workbook with its cells."""
    worker.serve(lambda seconds: (_MEMORY, seconds, lambda content: [_columns(content)]))


def _columns(content: bytes) -> bytes:
    safe = formats.make_safe(content, _LIMITS, lambda name: name in _SHEETS)
    book = python_calamine.load_workbook(io.BytesIO(safe.content))
    sheets = (book.get_sheet_by_name(str(number)).to_python(skip_empty_area=False) for number, _sheet in enumerate(safe.sheets, 1))
    return json.dumps([[*zip(*rows, strict=True)] for rows in sheets], ensure_ascii=False, default=str).encode()


# --- the parts ---------------------------------------------------------------------------------------------------


def _reports(office: Path) -> list[Path]:
    return sorted(path for path in (office / "inbox").rglob("*.xlsx") if path.parent.name != "assignment")


def _begun(count: int) -> list[worker.Worker]:
    return [worker.Worker("benchmarks.least", _SECONDS) for _ in range(count)]


def started(office: Path) -> Iterator[None]:
    """Start the readers, one or as many as there are cores, have them confined, and end them."""
    yield
    readers = _begun(1 if len(_reports(office)) < _MANY else _CORES)
    for reader in readers:
        reader.come_up()
    for reader in readers:
        reader.stop()


def read(office: Path) -> Iterator[None]:
    """Start the readers, and hand every report to one: gate, calamine, the cells as JSON columns, understood by the run."""
    yield
    paths = _reports(office)
    readers = _begun(1 if len(paths) < _MANY else _CORES)
    with ThreadPoolExecutor(len(readers)) as threads:
        list(threads.map(_read, readers, [paths[number :: len(readers)] for number in range(len(readers))]))
    for reader in readers:
        reader.stop()


def _read(reader: worker.Worker, paths: Sequence[Path]) -> None:
    for path in paths:
        answer = reader.ask(path.read_bytes(), _SECONDS)
        if answer is None:
            message = f"{path} was not read"
            raise SystemExit(message)
        json.loads(answer[0])


def filed(office: Path) -> Iterator[None]:
    """Copy every report into an archive by its sum, synced, and insert its cells into a ledger, in one transaction."""
    import hashlib
    import sqlite3

    from pipeline.disk import at_once, storage

    texts = [_columns(path.read_bytes()).decode() for path in _reports(office)]
    archive = office / "archive of the floor"
    archive.mkdir()
    yield
    at_once.each(lambda path: storage.copy_into_archive(path, path.lstat(), archive), _reports(office))
    storage.sync_folder(archive)
    with sqlite3.connect(office / "floor.sqlite") as ledger:
        ledger.execute("create table readings (sha256 text primary key, rows text)")
        ledger.executemany("insert into readings values (?, ?)", ((hashlib.sha256(text.encode()).hexdigest(), text) for text in texts))
    ledger.close()


def written(office: Path) -> Iterator[None]:
    """Write every file of the day's folder as it is, synced."""
    from pipeline.disk import storage

    published = _published(office)
    files: dict[str, bytes | Path] = {f"{path.relative_to(published)}": path.read_bytes() for path in _files(published)}
    yield
    storage.write_folder(office / "folder of the floor", files)


def laid(office: Path, *, named: str = "") -> Iterator[None]:
    """Write as many cells as the day's workbooks have, with the same values, by the fastest writer (decision 38), all in one look."""
    from pipeline.render.workbook import cell_formats
    from pipeline.render.workbook.xlsxwriter_private import InMemoryWorkbook

    books = [_values(path) for path in _files(_published(office)) if path.suffix == ".xlsx" and named in path.as_posix()]
    yield
    for sheets in books:
        book = InMemoryWorkbook(cell_formats.OPTIONS)
        look = cell_formats.Formats(book, cell_formats.LOOKS).look("box")
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            cell = cache(partial(page.cell, look=look))
            for number, row in enumerate(rows):
                page.lay(number, [cell(column, value) for column, value in enumerate(row)])
        book.content()


def _values(path: Path) -> dict[str, list[list[str | float | None]]]:
    """Return the cells of a workbook by sheet, each as text, a number or nothing."""
    book = python_calamine.load_workbook(str(path))
    pages = ((name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names)
    return {name: [[_plain(value) for value in row] for row in rows] for name, rows in pages}


def _plain(value: object) -> str | float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return None if value == "" else sys.intern(f"{value}")  # the workbooks of a region are in memory together


def packed(office: Path) -> Iterator[None]:
    """Pack the parts of every Word file, as they are."""
    import zipfile
    from datetime import UTC, datetime

    from pipeline.render import reproducible_zip

    papers = []
    for path in _files(_published(office)):
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as package:
                papers.append([(entry.filename, package.read(entry)) for entry in package.infolist()])
    yield
    for parts in papers:
        reproducible_zip.pack(parts, datetime.fromtimestamp(0, UTC))


def noted(office: Path) -> Iterator[None]:
    """Have a night's own texts of 专报 noted for `set_`; this is no part of a floor."""
    from pipeline.night import nightly
    from pipeline.render.documents import FIGURES
    from pipeline.render.papers import briefing, spread
    from pipeline.settings import config

    yield
    day = max(date.fromisoformat(path.name) for path in (office / "inbox").iterdir() if path.name.startswith("20"))
    report = nightly.run(config.load(office / "config.yaml"), [day], documents=FIGURES).written.published[0]
    fields = spread.over_pages(briefing.fields(report))
    (office / "fields.json").write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8")


def set_(office: Path) -> Iterator[None]:
    """Open the fonts, and have typst set the PDF."""
    from datetime import UTC, datetime

    from pipeline import HOME
    from pipeline.render.papers import briefing_files, briefing_pdf

    fields = json.loads((office / "fields.json").read_text(encoding="utf-8"))
    template = (HOME / "templates" / briefing_files.PDF_TEMPLATE).read_bytes()
    yield
    briefing_pdf.render(fields, datetime.fromtimestamp(0, UTC), template)


def reopened(office: Path) -> Iterator[None]:
    """Open and save every report with openpyxl, which keeps what a district's own workbook has; beside the floor, no part of it."""
    import openpyxl

    yield
    for path in _reports(office):
        openpyxl.load_workbook(path).save(io.BytesIO())


def _published(office: Path) -> Path:
    return max(path for path in (office / "outbox").iterdir() if path.name.startswith("20"))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


WORKS: Final[dict[str, Callable[[Path], Iterator[None]]]] = {
    f"floor_{work.__name__.strip('_')}": work for work in (started, read, filed, written, laid, packed, noted, set_, reopened)
}
WORKS["floor_receipts"] = partial(laid, named="回执/")


if __name__ == "__main__":
    main()
