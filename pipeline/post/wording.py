"""What letters say: from the templates, as plain text and as simple HTML. An office may lay its own templates beside ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline import HOME
from pipeline.office import as_published, taken_out
from pipeline.office.mailed_files import MailedFile
from pipeline.office.urgent_matters import Unsent, UrgentMatter
from pipeline.post import district_verdict
from pipeline.post.come_since import InVain, Since
from pipeline.post.letters import MOST_BYTES, Delivery, Item, Kind, Letter
from pipeline.publishing.edition_changes import Changes
from pipeline.publishing.nights import FailedNight
from pipeline.render.forms import report_form
from pipeline.render.receipts import receipt_files
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.contract import cases_in
from pipeline.terms.mails import Mail, answers_notice
from pipeline.terms.text import mask, on_screen

TEMPLATES = HOME / "templates"
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,200}>")
"""What may stand in our own header; the rest of what a sender wrote there may not."""


@dataclass(frozen=True, slots=True)
class Later:
    """That somebody is mailed a later edition of a day than he was mailed before."""

    number: int
    """Of the edition; 0 where nobody knows it."""
    before: int = 0
    """Of the one that he was mailed; 0 where nobody knows it."""
    changes: Changes | None = None
    """How the two differ; None where nobody knows it."""
    files: frozenset[str] = frozenset()
    """The names of the files that the earlier one had, as far as they are known."""

    def is_news(self, items: Sequence[Item]) -> bool:
        """Whether it says another thing than the earlier one, or brings a receipt that this one had not."""
        is_other = self.changes is None or bool(self.changes)
        return is_other or any("_回执_" in item.name and item.name not in self.files for item in items)

    @property
    def mark(self) -> str:
        """What a subject says of it."""
        return f"（第{self.number}版）" if self.number > 1 else "（再次发送，以本次为准）"


@dataclass(frozen=True, slots=True)
class LeadersDay:
    """What the leaders are told of a day in the letter itself."""

    day: date
    summary: dict[str, Any]
    headline: tuple[tuple[str, str], ...]
    """The lines that 专报 and the page begin with, each with its name."""
    unit: str = ""
    """The level above the districts of which it is; '' for the whole office."""
    is_correction: bool = False
    since: Sequence[str] = ()
    """What is known by now to be other, in words."""

    @property
    def targets(self) -> list[dict[str, Any]]:
        """Return the figures of each target with its verdict, and its rate without edits of the register where that is another.

        A provisional verdict is never called by a settled one's word.
        """
        verdicts = (words.verdict(is_met=target["met"], is_certain=target["certain"]) for target in self.summary["targets"])
        told = zip(self.summary["targets"], verdicts, strict=True)
        return [{**target, "verdict": verdict, "without_edits": as_published.without_edits(target)} for target, verdict in told]


@dataclass(frozen=True, slots=True)
class Beside:
    """What an answer says beside what became of the files."""

    without: str = ""
    """How the district's day stands where the message holds no report."""
    form: str = ""
    """The name of today's form that goes with it, filled in with the report of an earlier day; '' where none does."""


class Writer:
    """Writes the letters of one office; `today`: on which they are sent, for days of another year are said with it."""

    def __init__(self, settings: Settings, today: date) -> None:
        self._settings, self._today = settings, today
        loader = FileSystemLoader([settings.paths.templates or TEMPLATES, TEMPLATES])
        common: dict[str, Any] = {"loader": loader, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
        self._plain = Environment(**common, autoescape=False, finalize=_line)  # noqa: S701 - plain text, in which nothing is alive
        self._html = Environment(**common, autoescape=True, finalize=_line)

    def to_district(
        self,
        day: date,
        district: str,
        recipient: str,
        items: Sequence[Item],
        summary: dict[str, Any],
        *,
        later: Later | None,
        since: Since | None = None,
    ) -> Letter:
        """Write what became of the district's report, with its receipts, notice and template.

        Where there is a notice of a later day already, this one is told afterwards, and nobody has to answer both.
        """
        since = since or Since()
        submission = next(submission for submission in summary["submissions"] if submission["district"] == district)
        verdict = district_verdict.of(submission, later.changes if later else None)
        told, lacking = since.verdict(verdict, submission["status"], day), since.still_lacking(self._today)
        also = f"；{lacking}的日报也没有收到，请补报" if lacking else ""
        subject = f"【信访日报】{district}{self._near(day)}{later.mark if later else ''}：{told}{also}"
        names = _attached(items)
        details = {
            **submission,
            "waits": since.told(day, self._today),
            "lacking": lacking,
            "forms_renewed": bool(since.forms),
            "in_vain": [came.told(self._today) for came in since.in_vain if came.name not in {item.name for item in items}],
            "gone": [came.told(self._today) for came in since.in_vain if came.is_gone],
            "notice_answers": [came.told(self._today) for came in since.in_vain if came.answers_notice],
            "is_left_out": submission.get("is_left_out", False),
            "later": later,
            "verdict": verdict,
            "has_come": submission.get("has_come", False),
            "withdrew": submission.get("withdrew", []),
            "turned_back": submission.get("turned_back", []),
            "unanswered": submission.get("unanswered", []),
            "behind": since.behind(map(date.fromisoformat, submission.get("behind", [])), self._today),
            "state": district_verdict.state(submission),
            "has_receipt": any("_回执_" in name for name in names),
            "lost_originals": [item.name for item in items if "_回执_" in item.name and receipt_files.tells_lost(item.content)],
            "has_notice": any("_督办通知_" in name for name in names),
            "newest_notice": self._near(since.newest_notice) if since.newest_notice else "",
            "of_notice": since.of_notice,
            "notice_by": self._near(since.of_notice.by) if since.of_notice.by else "",
            **self._of_form(names),
            "today": since.today,
            "elsewhere": [item.name for item in items if item.name and item.delivery is Delivery.IN_WORDS],
            "has_page": self._settings.upload is not None,
            "must_mend": submission["status"] == "missing"
            or bool(submission.get("refused_sheets"))
            or submission["rows_refused"] > submission.get("rows_moved", 0),
            "rows_moved": submission.get("rows_moved", 0),
        }
        return self._letter(Kind.DISTRICT, day, (district, recipient), subject, items, details)

    def to_leaders(self, told: LeadersDay, recipient: str, items: Sequence[Item], *, later: Later | None) -> Letter:
        """Write the day's report, with the answer and the targets in the letter itself."""
        mark = f"{'（更正）' if told.is_correction else ''}{later.mark if later else ''}"
        verdicts = "，".join(f"{target['group']}{target['verdict']}" for target in told.targets if target["total"])
        subject = f"【信访专报】{told.unit}{self._near(told.day)}{mark}：{verdicts or '目前没有案件'}"
        absent = [submission for submission in told.summary["submissions"] if submission["status"] == "missing"]
        lost = [submission["district"] for submission in absent if submission.get("is_left_out")]
        missing = [submission["district"] for submission in absent if submission["district"] not in lost]
        reasons = ((f"{len(missing)}个旗区没有可用的日报", missing), (f"{len(lost)}个旗区的日报暂不采用", lost))
        why_open = "，".join(reason for reason, districts in reasons if districts) or "还有缺报或退回的内容"
        details = {
            "headline": [{"name": name, "says": _of_day(says, self._near(told.day))} for name, says in told.headline],
            "targets": told.targets,
            "cancelled": told.summary.get("flags", {}).get("cancelled", []),
            "why_open": why_open,
            # The headline tells it with what came by noon, which the figures for programs leave to the day before.
            "restated": "" if words.RESTATED in dict(told.headline) else _restated(told.summary.get("restated", ()), self._today),
            "missing": missing,
            "lost": lost,
            "since": told.since,
            "is_correction": told.is_correction,
            "later": later,
            "has_page": any(name.endswith(".html") for name in _attached(items)),
            "is_large": cases_in(told.summary) is None,
            "most_megabytes": MOST_BYTES >> 20,
            "folder": told.day.isoformat(),
        }
        return self._letter(Kind.LEADERS, told.day, (told.unit, recipient), subject, items, details)

    def reminder(
        self, day: date, district: str, recipient: str, item: Item, came: Sequence[InVain], others: Sequence[tuple[str, str]] = ()
    ) -> Letter:
        """Write that the district has not reported yet, and what is wrong with what came; `others`: what came for other days."""
        to_mend = any(not (own.is_gone or own.answers_notice) for own in came)
        is_gone = any(own.is_gone for own in came)
        stands = "收到的不能采用" if to_mend else "收到过，已不在收件箱里，请再发一次" if is_gone else "还没有收到"
        subject = f"【催报】{district}{self._near(day)}的日报{stands}"
        return self._letter(
            Kind.REMINDER,
            day,
            (district, recipient),
            subject,
            [item],
            {"came": [own.told(self._today) for own in came], "others": list(others), "to_mend": to_mend, "is_gone": is_gone},
        )

    def answer(self, mail: Mail, district: str, files: Sequence[MailedFile], items: Sequence[Item], beside: Beside | None = None) -> Letter:
        """Write what became of a message that a district has sent."""
        without, form = (beside.without, beside.form) if beside else ("", "")
        assert mail.sender is not None  # noqa: S101 - nobody else is answered
        is_of_notice = any(answers_notice(why) for _name, why in mail.not_taken) or any(file.answers_notice for file in files)
        why = {why for _name, why in mail.not_taken}
        gone = (
            ""
            if files or is_of_notice
            else "附件不在收件箱里了，请再发一次" * (taken_out.WHY in why) or "后来收到的那一份算数" * (taken_out.MADE_GOOD in why)
        )
        subject = f"【回信】{gone or _answered(files, is_of_notice=is_of_notice)}：{mail.subject or '（没有标题）'}"
        details = {
            "files": files,
            "others": mail.not_taken,
            "is_no_report": not (is_of_notice or gone),
            "has_files": bool(files) or any(name for name, _why in mail.not_taken),
            "received": f"{mail.received_at:%H:%M}",
            "is_answered_later": any(file.day or file.is_old for file in files),
            "takes_nothing": [self._near(file.day) for file in files if file.day and file.takes_nothing],
            "is_moved": any(file.is_moved for file in files),
            "has_marks": any(file.has_marks for file in files if file.receipt),
            "until": list(dict.fromkeys(file.until for file in files if file.until)),
            "without": without,
            "form": form if form in _attached(items) else "",
            "receipts": [name for name in _attached(items) if name != form],
        }
        letter = self._letter(Kind.ANSWER, mail.received_at.date(), (district, mail.sender), subject, items, details)
        return replace(letter, in_reply_to=found[0] if (found := _MESSAGE_ID.fullmatch(mail.message_id or "")) else "")

    def night(self, failed: FailedNight, recipient: str, item: Item, computer: str) -> Letter:
        """Write to the office that a night has no result: what happened, where, what to do; nothing of any case."""
        subject = f"【要处理】{failed.in_short}"
        return self._letter(Kind.NIGHT, failed.day, ("", recipient), subject, [item], {"failed": failed, "computer": computer})

    def urgent(self, day: date, whom: tuple[str, str], matters: Sequence[UrgentMatter], items: Sequence[Item], now: datetime) -> Letter:
        """Write what districts report as urgent; of what they have not reported just now, when it came and what became of it since.

        `whom`: the unit whose leader it is, '' for the office's, and the address.
        """
        full = self._settings.tree.full  # a leader of a province knows few districts by their names
        districts, kinds = (
            list(dict.fromkeys(named)) for named in zip(*((full(matter.district), matter.kind) for matter in matters), strict=True)
        )
        whose = "、".join(districts) if len(districts) <= _MOST_NAMED else f"{districts[0]}等{len(districts)}个旗区"
        of_kind = f"{kinds[0]}{'等' if len(kinds) > 1 else ''}"
        settled = sum(bool(matter.since) for matter in matters)
        which = f"{'' if settled == len(matters) else f'其中{settled}件'}此后已汇总或被代替，以汇总为准" if settled else "尚未汇总核对"
        details = {
            "matters": [_told(matter, now) | {"district": full(matter.district)} for matter in matters],
            "is_new": not any(matter.remark(now) for matter in matters),
            "settled": settled,
            "refused": sum(bool(matter.refused) for matter in matters),
        }
        return self._letter(Kind.URGENT, day, whom, f"【急报】{whose}{len(matters)}件：{of_kind}（{which}）", items, details)

    def to_phone(
        self, day: date, recipient: str, unsent: Sequence[Unsent], dropped: Sequence[UrgentMatter], items: Sequence[Item]
    ) -> Letter:
        """Write to the office what to phone for: what may be urgent and no leader was mailed, and what was and is reported no more."""
        full = self._settings.tree.full
        parts = ((unsent, "件可能的急报没有发给领导"), (dropped, "件已发给领导的急报后来报的里面没有了"))
        told_of = [f"{'、'.join(dict.fromkeys(full(each.district) for each in own))}{len(own)}{which}" for own, which in parts if own]
        subject = f"【请打电话】{'；'.join(told_of)}"
        came = [words.moment(each.came, self._today) if each.came else "" for each in unsent]
        told = [(full(each.district), each.place, each.why, at) for each, at in zip(unsent[:_MOST_UNSENT], came, strict=False)]
        gone = [
            (full(each.district), " ".join(part for part in (each.number, each.kind) if part), mask(each.situation), each.since)
            for each in dropped
        ]
        return self._letter(
            Kind.UNSENT, day, ("", recipient), subject, items, {"unsent": told, "more": len(unsent) - len(told), "dropped": gone}
        )

    def _of_form(self, names: Sequence[str]) -> dict[str, Any]:
        """Return of which day the template is that goes with a letter, and until when its report is in time."""
        day = next(filter(None, map(report_form.day_of, names)), None)
        until = self._settings.on(day).calendar.cut_off if day else None
        return {"has_template": bool(day), "form_day": self._near(day) if day else "", "form_until": f"{until:%H:%M}" if until else ""}

    def _near(self, day: date) -> str:
        return words.near(day, self._today)

    def _letter(self, kind: Kind, day: date, whom: tuple[str, str], subject: str, items: Sequence[Item], details: dict[str, Any]) -> Letter:
        district, recipient = whom
        values = {
            **details,
            "office": self._settings.office,
            "day": self._near(day),
            "district": district,
            "cut_off": f"{self._settings.on(day).calendar.cut_off:%H:%M}",
            "names": _attached(items),
            "left_out": [item.name for item in items if item.delivery is Delivery.NAMED],
        }
        text = self._plain.get_template(f"mail_{kind}.txt.j2").render(values)
        html = self._html.get_template(f"mail_{kind}.html.j2").render(values)
        return Letter(kind, day.isoformat(), district, recipient, subject, text, html, tuple(items))


def _told(matter: UrgentMatter, now: datetime) -> dict[str, Any]:
    """Return an urgent matter with the names of its parts, those that are empty left out; of another day's report, with that day."""
    parts = (
        ("案件", matter.number),
        ("发生时间", matter.happened),
        ("情况", matter.situation),
        ("已采取措施", matter.measures),
        ("需协调事项", matter.coordination),
        ("出自", "" if matter.day == now.date() else f"{words.near(matter.day, now.date())}的日报"),
        ("报送", matter.remark(now)),
        ("汇总时", f"照发信时的台账会退回。告诉旗区的话：{matter.refused}" if matter.refused else ""),
        ("先前", matter.mailed_before),
    )
    return {"district": matter.district, "kind": matter.kind, "parts": [(name, said) for name, said in parts if said]}


def _answered(files: Sequence[MailedFile], *, is_of_notice: bool = False) -> str:
    """Return in a few words what became of a message; `is_of_notice`: something of it answers a notice."""
    if is_of_notice:
        reports = [file for file in files if not file.answers_notice]
        return f"{_answered(reports)}；督办通知的回复请填在日报里" if reports else "督办通知的回复请填在日报的“督办回复”表里"
    taken, nothing = sum(file.counts for file in files), sum(file.takes_nothing for file in files)
    if taken:
        less = "，采用的比原来少" if any(file.takes_less for file in files) else ""
        return f"收到{taken}份日报，等待汇总{less}"
    if nothing:
        return f"收到的日报一行也不会采用{'，原来的不再算数' if any(file.takes_less for file in files) else ''}"
    return "收到了" if any(file.is_old for file in files) else "没有收到能用的日报"


def _restated(entries: Sequence[dict[str, Any]], today: date) -> str:
    """Return in one line which earlier days are told differently: of each group the last one, and how many there are; '' where none is."""
    by_group = {entry["group"]: entry for entry in entries}
    sentences = []
    for group, last in by_group.items():
        (was_total, total), (was_resolved, resolved), (was_met, met) = last["total"], last["resolved"], last["met"]
        count = sum(entry["group"] == group for entry in entries)
        if (was_resolved, was_total) == (resolved, total):
            changed = f"仍为{resolved}/{total}，{_moved(last)}"
        else:
            changed = f"由{was_resolved}/{was_total}改为{resolved}/{total}"
        turned = f"，按件数算由{_MET[was_met]}变为{_MET[met]}" if was_met != met else ""
        others = f"（共{count}天有更正，这是最近的一天）" if count > 1 else ""
        sentences.append(f"{group}{words.near(date.fromisoformat(last['day']), today)}{changed}{turned}{others}")
    return f"以前的数字有更正：{'；'.join(sentences)}。" if sentences else ""


def _moved(entry: dict[str, Any]) -> str:
    """Return which cases changed places where the numbers stayed: the first of each kind."""
    kinds = (("改为计入", "newly_counted"), ("改为不计入", "no_longer_counted"), ("新列入", "entered"), ("退出", "left"))
    moved = [f"{name}{words.first_of(entry[kind], _MOST_CASES)}" for name, kind in kinds if entry.get(kind)]
    return "，".join(moved) or "案件有变"


_MOST_CASES = 3
_MOST_NAMED = 2
_MOST_UNSENT = 50
"""So many districts are named in a subject; of more, how many there are."""


def _of_day(says: str, day: str) -> str:
    """Return a line of the day's answer with the day's name: a letter is sent, and read, on another day."""
    return says.replace("今日", day, 1).replace("今日", "当日")


_MET = {True: "达标", False: "未达标", None: "没有案件"}


def _attached(items: Sequence[Item]) -> list[str]:
    return [item.name for item in items if item.delivery is Delivery.ATTACHED]


def _line(value: object) -> object:
    """Return a text on one line, without what steers a screen and without personal numbers; template text itself is left as it is."""
    return on_screen(value) if isinstance(value, str) and type(value) is str else value
