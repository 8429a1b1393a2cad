"""The settings with what they mean, read-only, and what was published when: editions, what differs between them, restated days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from pipeline.office import as_published
from pipeline.publishing import edition_changes, told_editions
from pipeline.settings import config, meanings, renewed
from pipeline.settings.config import Settings
from pipeline.settings.meanings import Setting
from pipeline.terms import words
from pipeline.web import published_files
from pipeline.web.page_access import Office, TheSite
from pipeline.web.rendering import page
from pipeline.web.started_runs import without_places

router = APIRouter()
_DAYS: Final = 14
_SECRETS: Final = ("password", "password_env", "password_file", "certificate", "key", "ca_file")
"""Of these only whether they are set is said: they lead to what nobody should look for."""


@router.get("/settings")
def show_settings(request: Request, site: TheSite, _session: Office) -> Response:
    """Show every setting as it holds for the pages, with its meaning."""
    return page(request, site, "settings", {"settings": list(_settings(site.settings)), **as_on_disk(site.settings)})


def as_on_disk(settings: Settings) -> dict[str, list[str]]:
    """Return what pages say of the settings' file as it is on the disk now."""
    return {"settings_fault": fault(settings), "settings_changed": changed(settings)}


def fault(settings: Settings) -> list[str]:
    """Return what is wrong with the settings' file as it is on the disk now, in lines that name no place; none where it can be used."""
    return without_places(config.fault(settings.file), settings).splitlines() if settings.file else []


def changed(settings: Settings) -> list[str]:
    """Return which settings the file has otherwise by now than the server, which takes over the rules alone."""
    return renewed.others_than(settings, settings.file) if settings.file else []


def _settings(settings: Settings) -> Iterator[Setting]:
    for name, value, meaning in meanings.of_file():
        if name == "mailboxes" and settings.mailboxes:
            for number, mailbox in enumerate(settings.mailboxes, 1):
                yield Setting(f"mailboxes（第 {number} 个）", "", meaning)
                yield from _of_model("mailboxes", mailbox)
        elif name in ("ledger", "outgoing_mail", "upload") and (model := getattr(settings, name)):
            yield Setting(name, "", meaning)
            yield from _of_model(name, model)
        elif name == "engine" and settings.engine is None:
            yield Setting(name, "local", meaning)  # as it is written in the file
        else:
            yield Setting(name, _written(_value(settings, name), settings) if value else "", meaning)


def _of_model(section: str, model: BaseModel) -> Iterator[Setting]:
    explained = meanings.of_examples()
    for name in (name for name in type(model).model_fields if f"{section}.{name}" in explained):
        value = getattr(model, name)
        shown = "已设置" if name in _SECRETS and value is not None else _written(value)
        yield Setting(f"{section}.{name}", shown, explained[f"{section}.{name}"])


def _value(settings: Settings, name: str) -> object:
    value: object = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _written(value: object, settings: Settings | None = None) -> str:
    """Return a value as people read it; a folder as seen from the office's own."""
    match value:
        case bool() | time():
            return str(value).lower() if isinstance(value, bool) else f"{value:%H:%M}"
        case Path():
            home = settings.file.parent if settings and settings.file else None
            return str(value.relative_to(home)) if home and value.is_relative_to(home) else "别处"
        case tuple():
            return "、".join(_written(part) for part in value) or "没有"
        case dict():
            return "；".join(f"{key}：{_written(part)}" for key, part in value.items()) or "没有"
        case BaseModel():
            named = getattr(value, "name", None) or f"从 {getattr(value, 'since', '')} 起"
            percent = getattr(value, "target_percent", None)
            return f"{named}（{percent}%）" if percent is not None else str(named)
        case _:
            return meanings.shown(value)


@router.get("/editions")
async def show_editions(request: Request, site: TheSite, _session: Office) -> Response:
    """Show the editions of the last days, and what each day told of days before it."""
    return page(request, site, "editions", {"days": await site.in_turn(_told, site.settings)})


def _told(settings: Settings) -> list[dict[str, Any]]:
    """Return the last published days, the newest first. Raises LedgerError."""
    days = [date.fromisoformat(day) for day in published_files.days(settings)[: _DAYS + 1]]
    summaries = {day: as_published.summary(settings, day) for day in days}
    restated = {day: _restated(summaries[day]) for day in days}
    said = told_editions.said(settings, sorted({date.fromisoformat(entry["day"]) for of_day in restated.values() for entry in of_day}))
    return [
        {
            "day": day,
            "editions": told_editions.of_day(settings, day)[::-1],
            "restated": [{**entry, "unpublished": _unpublished(entry, said)} for entry in restated[day]],
            "before": before,
            "since": _since(summaries[before], summaries[day], told_editions.replaced(settings, before)) if before else (),
            "corrections": told_editions.headline(settings, day).get(words.RESTATED, ""),
        }
        for day, before in zip_longest(days[:_DAYS], days[1:])
        if day
    ]


def _since(before: Mapping[str, Any], after: Mapping[str, Any], earlier: Mapping[int, edition_changes.Replaced]) -> tuple[str, ...]:
    """Return how two days' summaries differ; nothing where one cannot be read."""
    try:
        return edition_changes.across_days(before, after, earlier) if before and after else ()
    except (LookupError, TypeError, AttributeError):
        return ()


def _unpublished(entry: Mapping[str, Any], said: Mapping[date, Mapping[int, Mapping[str, Any]]]) -> str:
    """Return that nobody was told what the entry begins with; '' where somebody was, or an edition cannot be read."""
    try:
        return edition_changes.never_said(entry, said[date.fromisoformat(entry["day"])])
    except (LookupError, TypeError, AttributeError):
        return ""


def _restated(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the day's summary says of earlier days; nothing where it cannot be read."""
    try:
        return [entry for entry in summary["restated"] if {"day", "group", "total", "resolved"} <= entry.keys()]
    except (LookupError, TypeError, AttributeError):
        return []
