"""The day's report as one self-contained page, for a phone, a screen or paper. It lays out and computes no figure."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from pipeline import HOME
from pipeline.render.compiled_templates import Kept
from pipeline.render.page import case_data, cases_behind_figures, page_view
from pipeline.report.report import Report
from pipeline.terms.rows import written

TEMPLATE, SCRIPT = "daily.html.j2", "daily.js"
SHARED: Final = "daily_find.js"
"""What the scripts of the page and of a large day's have in common: it stands before either."""
BUILT_IN = HOME / "templates"
_WEEKDAYS = "一二三四五六日"
_UNSAFE_IN_ID = re.compile(r"[^A-Za-z0-9-]")


def name(report: Report) -> str:
    """Return the page's name in the day's folder."""
    return f"信访事项办理情况日报_{report.day}.html"


def render(report: Report, templates: Path) -> bytes:
    """The page in UTF-8; the same bytes for the same report and templates."""
    loaded = environment(templates)
    source = script(loaded)
    context = page_view.context(report)
    context["data"] = Markup(case_data.of(report, cases_behind_figures.picks(report), harmless))  # noqa: S704 - JSON that cannot end its element
    context["script"], context["script_hash"] = Markup(source), hash_of(source)  # noqa: S704 - a file of the templates
    return loaded.get_template(TEMPLATE).render(context).encode("utf-8")


Made = TypeVar("Made")


def made(report: Report, templates: Path) -> tuple[bytes, list[str]]:
    """Return the page, and what is wrong with the office's own templates of it; then those of the program take their place."""
    return with_templates(render, report, templates)


def with_templates(making: Callable[[Report, Path], Made], report: Report, templates: Path) -> tuple[Made, list[str]]:
    """Return what is made with these templates or else with the program's, and what is wrong with the office's own."""
    try:
        return making(report, templates), []
    except TemplateError as error:
        if templates == BUILT_IN:
            raise
        problem = f"日报页面的版式（{templates} 里 daily 开头的文件）不能用：{error}。这次按程序自带的版式写出。"
        return making(report, BUILT_IN), [f"{problem}删掉这些文件就一直用程序自带的版式。"]


def script_hash(templates: Path) -> str:
    """Return what the policy of these templates' page names."""
    return hash_of(script(environment(templates)))


def script(loaded: Environment, name: str = SCRIPT) -> str:
    """Return a page's own script, after what all have in common; the loader reads every line end as the one that a browser counts with."""
    return added_script(loaded, SHARED) + added_script(loaded, name)


def added_script(loaded: Environment, name: str) -> str:
    """Return a script that runs where the page's own already stands."""
    loader = cast("FileSystemLoader", loaded.loader)
    return loader.get_source(loaded, name)[0]


def hash_of(source: str) -> str:
    """Return the script as a policy names it: what has these bytes runs, and nothing else."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


@lru_cache(maxsize=4)
def environment(templates: Path) -> Environment:
    """Return what fills in the pages' templates. Autoescape is on for every file: `select_autoescape` would leave `*.html.j2` out."""
    loading = Environment(
        loader=FileSystemLoader([templates, BUILT_IN]),  # what the office has not made its own is the program's
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=Kept("page"),
    )
    loading.filters |= {"anchor": anchor, "long_day": long_day, "short_day": short_day, "clock": clock}
    loading.filters |= {"address": page_view.address}
    loading.filters |= {"shown": page_view.shown, "left_out": page_view.left_out}
    return loading


def harmless(value: object) -> object:
    """What may be shown: control and format characters dropped, halves of surrogate pairs replaced, a moment to the minute."""
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return "".join(map(_shown, value))


def _shown(character: str) -> str:
    match unicodedata.category(character):
        case "Cs":
            return "\ufffd"
        case "Cc" if character in "\n\t":
            return character
        case "Cc" | "Cf":
            return ""
        case "Zl" | "Zp":
            return "\n"
        case _:
            return character


def anchor(number: str) -> str:
    """The element id of a case: two numbers never share one, and it holds letters, digits, `-` and `_` only."""
    return "case-" + _UNSAFE_IN_ID.sub(lambda found: f"_{ord(found[0]):x}_", number)


def long_day(day: date) -> str:
    """A day as a heading says it: 2020年5月22日 星期五."""
    return f"{day.year}年{day.month}月{day.day}日 星期{_WEEKDAYS[day.weekday()]}"


def short_day(day: date) -> str:
    """A day as a sentence says it: 5月22日."""
    return f"{day.month}月{day.day}日"


def clock(moment: datetime) -> str:
    """A moment as a sentence says it: 5月22日16:42."""
    return f"{short_day(moment)}{moment:%H:%M}"
