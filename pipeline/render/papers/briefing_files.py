"""专报 as Word and PDF from the office's templates; a broken template costs nothing but its own look.

Where the red head is set: in `templates/专报模板.docx` (opened and edited in Word) by the styles `Head` and `HeadLine`, and in
`templates/专报版式.typ` under `// 报头`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pipeline.render.papers import briefing, briefing_pdf, own_templates, word
from pipeline.render.papers.briefing import Fields
from pipeline.report.report import Report

WORD_TEMPLATE, PDF_TEMPLATE = "专报模板.docx", "专报版式.typ"
_WAY_OUT = "请改好；改不好的，删掉这个文件就恢复程序自带的版式。"
_ANY_MOMENT = datetime(2020, 1, 1, tzinfo=UTC)


def docx(fields: Fields, moment: datetime, template: bytes) -> bytes:
    """Return the Word file. Raises BrokenTemplateError."""
    whole = word.Template(template, has_loops_over_columns=True)
    return word.render(whole, fields if _names_register(word.text(whole)) else _without_register(fields), moment)


def pdf(fields: Fields, moment: datetime, template: bytes) -> bytes:
    """Return the PDF. Raises BrokenTemplateError."""
    printed = fields if _names_register(template.decode("utf-8", "replace")) else _without_register(fields)
    return briefing_pdf.render(printed, moment, template)


def _names_register(template: str) -> bool:
    return "台账" in template


def _without_register(fields: Fields) -> Fields:
    """Return the texts for a template that an office made before 台账 had a place: they are said with what led to the figures."""
    return {**fields, "由来": [*fields["由来"], *fields["台账"]], "台账": []}


_FORMS: tuple[tuple[str, str, Callable[[Fields, datetime, bytes], bytes]], ...] = (
    ("docx", WORD_TEMPLATE, docx),
    ("pdf", PDF_TEMPLATE, pdf),
)
"""For each form of the report its ending, its template's name, and what sets it."""


def render(report: Report, templates: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return both files by name, and what is wrong with the office's templates; in the place of a broken one the original is taken."""
    fields = briefing.fields(report)
    files, broken = {}, []
    for ending, name, form in _FORMS:
        content, problem = own_templates.apply(templates / name, partial(form, fields, report.data_until))
        files[f"{briefing.NAME}_{report.day.isoformat()}.{ending}"] = content
        broken += [f"版式 {name} 不能用：{problem}。这次按程序自带的版式写出。{_WAY_OUT}"] if problem else []
    return files, broken


def examine(templates: Path) -> Iterator[str]:
    """Say what is wrong with each template, tried on made-up texts in which every list has something, and on empty ones."""
    for _ending, name, form in _FORMS:
        samples = (partial(form, briefing.sample(is_empty=is_empty), _ANY_MOMENT) for is_empty in (False, True))
        problems = (own_templates.problem_of(templates / name, try_out) for try_out in samples)
        if problem := next(filter(None, problems), ""):
            yield f"版式 {templates / name} 不能用：{problem}。{_WAY_OUT}"
