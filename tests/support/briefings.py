"""The leaders' report in tests: real and made-up days, and what stands in finished Word files."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
from docx.text.paragraph import Paragraph as Paragraph  # noqa: PLC0414 - for the tests that read documents

from pipeline.day.targets import Tally
from pipeline.report.case_lines import Change, Decision
from pipeline.report.figures import Bounds, Certainty, Step
from pipeline.report.report import Report
from pipeline.report.submission_lines import Absence, AbsencePart
from pipeline.terms.words import CONFIRMATIONS, DECISIONS, STEPS

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

# --- made-up days ------------------------------------------------------------------------------------------------


def busy(report: Report, words: tuple[str, ...], count: int = 400) -> Report:
    """A day with everything at once: so many decisions and changes, no district that has reported, bounds everywhere, a correction."""
    kinds = list(DECISIONS)
    decisions = tuple(_decision(number, words, kinds[number % len(kinds)], report) for number in range(count))
    names = report.settings.district_names
    changes = tuple(
        Change(kind, f"SJ-2020-{number:03}", names[number % len(names)], words[number % len(words)], "")
        for kind in ("newly_resolved", "reopened", "no_longer_counted", "new_cases", "withdrawn_cases", "status")
        for number in range(count // 4)
    )
    # 改派 is a step of a unit's bridge alone
    steps = tuple(Step(kind, 100 - 20 * number, ()) for number, kind in enumerate(kind for kind in STEPS if kind != "given"))
    missing = tuple(replace(submission, status="missing", revision=0) for submission in report.submissions)
    parts = tuple(AbsencePart(group.name, 1234, 567) for group in report.settings.groups)
    bounded: dict[str, Any] = {
        name: tuple(
            replace(figure, bounds=Bounds(Tally(100, 1000, 0), Tally(100, 1000, 1000), (("absent", names),)))
            for figure in getattr(report, name)
        )
        for name in ("targets", "by_district")
    }
    return replace(
        report,
        is_correction=True,
        decisions=decisions,
        changes=changes,
        bridges=tuple(replace(bridge, total_steps=steps, resolved_steps=steps) for bridge in report.bridges),
        submissions=missing,
        absences=tuple(Absence(submission.district, report.day, parts, 12) for submission in missing),
        **bounded,
    )


def _decision(number: int, words: tuple[str, ...], kind: str, report: Report) -> Decision:
    said = [words[(number + shift) % len(words)] for shift in range(4)]
    names = report.settings.district_names
    since = report.day - timedelta(days=number)
    return Decision((kind, "coordination"), said[0], names[number % len(names)], said[1], said[2], since, said[3], "")


def quiet(report: Report) -> Report:
    """A day without a case, a change or a decision, on which every district has reported."""
    nothing: dict[str, Any] = {
        name: tuple(replace(figure, tally=Tally(figure.tally.target_percent), bounds=None) for figure in getattr(report, name))
        for name in ("targets", "by_district")
    }
    still = tuple(
        replace(bridge, total_before=0, total_steps=(), total=0, resolved_before=0, resolved_steps=(), resolved=0)
        for bridge in report.bridges
    )
    ways = tuple(replace(way, tally=Tally(way.tally.target_percent), open=0, by=None, gained=0, expected=None) for way in report.ways)
    on_time = tuple(replace(submission, status="on-time") for submission in report.submissions)
    nobody = dict.fromkeys(CONFIRMATIONS, 0)
    certainties = tuple(Certainty(way.group, is_certain=True, confirmation=nobody, unmoved=way.tally) for way in ways)
    return replace(
        report,
        is_correction=False,
        certainties=certainties,
        bridges=still,
        ways=ways,
        submissions=on_time,
        absences=(),
        decisions=(),
        changes=(),
        newly_resolved=(),
        reopened=(),
        no_longer_counted=(),
        trend=(),
        **nothing,
    )


# --- finished files ----------------------------------------------------------------------------------------------


def document(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def blocks(content: bytes) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables in the order of the pages."""
    yield from document(content).iter_inner_content()


def tables(content: bytes) -> list[Table]:
    """The document's tables: the last days, what needs a decision, the districts."""
    return list(document(content).tables)


def districts(content: bytes) -> Table:
    """The table of the districts: the document's last."""
    return tables(content)[-1]


def lines(content: bytes) -> list[str]:
    """The document as lines: a paragraph with its style, a table's row with its cells."""
    written = []
    for block in blocks(content):
        if isinstance(block, Paragraph):
            written.append(f"{block.style.name if block.style else ''}｜{block.text}")
        else:
            written += [" | ".join(cell.replace("\n", " / ") for cell in row) for row in rows(block)]
    return written


def rows(table: Table) -> list[list[str]]:
    """A table's cells; one that is merged over several columns comes once."""
    texts = []
    for row in table.rows:
        cells = [cell.text.strip("\n") for number, cell in enumerate(row.cells) if not number or cell._tc is not row.cells[number - 1]._tc]  # noqa: SLF001
        texts.append(cells)
    return texts


def to_pdfs(contents: Sequence[bytes], folder: Path) -> list[bytes]:
    """The Word files as LibreOffice prints them, which is started once for all."""
    paths = [folder / f"专报{number}.docx" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder / "out"), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return [(folder / "out" / f"{path.stem}.pdf").read_bytes() for path in paths]


def pdf_text(content: bytes, folder: Path) -> str:
    """The PDF's text, laid out as on its pages, without spaces that no reader sees."""
    path = folder / "专报.pdf"
    path.write_bytes(content)
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True, encoding="utf-8", timeout=60
    )
    return done.stdout


def page_count(content: bytes, folder: Path) -> int:
    path = folder / "专报.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True, encoding="utf-8", timeout=60)
    return next(int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("Pages:"))
