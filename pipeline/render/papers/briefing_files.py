"""专报 as Word and PDF from the office's templates; a broken template costs nothing but its own look.

Where the red head is set: in `templates/专报模板.docx` (opened and edited in Word) by the styles `Head` and `HeadLine`, and in
`templates/专报版式.typ` under `// 报头`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeline.render.papers import briefing, briefing_pdf, own_templates, word
from pipeline.render.papers.briefing import Fields
from pipeline.render.papers.own_templates import BrokenTemplateError
from pipeline.report.report import Report

DOCX, TYP = "专报模板.docx", "专报版式.typ"
_WAY_OUT = "请改好；改不好的，删掉这个文件就恢复程序自带的版式。"


def docx(fields: Fields, moment: datetime, template: bytes) -> bytes:
    """Return the Word file. Raises BrokenTemplateError."""
    return word.render(word.Template(template, has_loops_over_columns=True), fields, moment)


_FORMS: tuple[tuple[str, str, Callable[[Fields, datetime, bytes], bytes]], ...] = (
    ("docx", DOCX, docx),
    ("pdf", TYP, briefing_pdf.render),
)
"""For each form of the report its ending, its template's name, and what sets it."""


def render(report: Report, templates: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return both files by name, and what is wrong with the office's templates; in the place of a broken one the original is taken."""
    fields = briefing.fields(report)
    files, broken = {}, []
    for ending, name, form in _FORMS:
        content, problem = own_templates.apply(
            templates / name,
            lambda template, form=form: form(fields, report.data_until, template),  # type: ignore[misc]
        )
        files[f"{briefing.NAME}_{report.day.isoformat()}.{ending}"] = content
        broken += [f"版式 {name} 不能用：{problem}。这次按程序自带的版式写出。{_WAY_OUT}"] if problem else []
    return files, broken


def examine(templates: Path) -> Iterator[str]:
    """Say what is wrong with each template, tried on made-up texts in which every list has something, and on empty ones."""
    for _ending, name, form in _FORMS:
        try:
            if (template := own_templates.read(templates / name)) is not None:
                for fields in (briefing.sample(), briefing.sample(is_empty=True)):
                    form(fields, datetime(2020, 1, 1, tzinfo=UTC), template)
        except BrokenTemplateError as error:
            yield f"版式 {templates / name} 不能用：{error}。{_WAY_OUT}"
