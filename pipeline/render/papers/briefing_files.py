"""The leaders' report as Word and PDF from the office's templates; one that breaks costs nothing but its own look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeline.render.papers import briefing, briefing_docx, briefing_pdf, briefing_template
from pipeline.render.papers.briefing import Said
from pipeline.render.papers.briefing_docx import BrokenTemplateError
from pipeline.report.report import Report

_Render = Callable[[Said, datetime, bytes], bytes]
_FORMS: tuple[tuple[str, str, _Render, Callable[[], bytes]], ...] = (
    ("docx", briefing_template.DOCX, briefing_docx.render, briefing_template.docx),
    ("pdf", briefing_template.TYP, briefing_pdf.render, briefing_template.typ),
)
"""For each form its ending, its template's name, and the template that the program brings along."""


def render(report: Report, templates: Path) -> tuple[dict[str, bytes], list[str]]:
    """Both files by name, and what is wrong with the office's templates; in the place of such a one the built-in one is taken."""
    said = briefing.said(report)
    files, broken = {}, []
    for ending, name, form, built_in in _FORMS:
        made, problem = _made(templates / name, lambda one, form=form: form(said, report.data_until, one), built_in)  # type: ignore[misc]
        files[f"{briefing.NAME}_{report.day.isoformat()}.{ending}"] = made
        broken += [f"{problem}{_INSTEAD}"] if problem else []
    return files, broken


def examine(templates: Path) -> Iterator[str]:
    """What is wrong with each template, tried on made-up texts in which every list has something, and on empty ones."""
    for _ending, name, form, _built_in in _FORMS:
        try:
            if (template := _read(templates / name)) is not None:
                for said in (briefing.sample(), briefing.sample(is_empty=True)):
                    form(said, datetime(2020, 1, 1, tzinfo=UTC), template)
        except BrokenTemplateError as error:
            yield f"版式 {templates / name} 不能用：{error}。{_WAY_OUT}"


_WAY_OUT = "请改好；改不好的，删掉这个文件就恢复程序自带的版式。"
_INSTEAD = f"这次按程序自带的版式写出。{_WAY_OUT}"


def _made(path: Path, form: Callable[[bytes], bytes], built_in: Callable[[], bytes]) -> tuple[bytes, str]:
    """The file, and what is wrong with the template at that path; '' where nothing is, or there is none."""
    try:
        if (template := _read(path)) is not None:
            return form(template), ""
    except BrokenTemplateError as error:
        return form(built_in()), f"版式 {path.name} 不能用：{error}。"
    return form(built_in()), ""


def _read(path: Path) -> bytes | None:
    """The template; None where the office has none of its own."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = "读不出来，可能正被别的程序占用"
        raise BrokenTemplateError(msg) from error
