"""What terminal and page say about letters: those that would be sent, and what became of those that were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import Any, Final

from pipeline.ledger import places
from pipeline.ledger.ledger import Ledger
from pipeline.office.urgent_matters import Untold
from pipeline.post import answering, letters, sending
from pipeline.post.letters import Kind, Letter
from pipeline.post.sending import SendingOutcome
from pipeline.post.sent_letters import SentLetter, SentLetters, State
from pipeline.post.smtp import Fate, is_too_large
from pipeline.post.urgent import UrgentOutcome, still_owed
from pipeline.publishing import nights
from pipeline.settings.config import Settings
from pipeline.terms.mails import SentOut
from pipeline.terms.messages import shorten
from pipeline.terms.text import mask
from pipeline.terms.words import near

_Look = Callable[[datetime], Any]
_KINDS: Final = {
    Kind.DISTRICT: "给旗区的信（回执、督办通知、日报模板）",
    Kind.LEADERS: "给领导的信",
    Kind.REMINDER: "催报的信",
    Kind.ANSWER: "回信",
    Kind.NIGHT: "夜里没有汇总成的通知",
    Kind.URGENT: "急报",
    Kind.UNSENT: "没有发成的急报（给办公室）",
}


def planned(outcome: SendingOutcome) -> Iterator[str]:
    """Yield the letters that would be sent now."""
    yield f"现在该发的信：{len(outcome.planned)} 封（没有发出）"
    for number, letter in enumerate(outcome.planned, 1):
        yield f"{number}. 收件人 {letter.recipient}  {letter.subject}"
        yield from (f"     {line}" for line in letter.text.splitlines())
    yield from _unsettled(outcome)


def due(settings: Settings, now: datetime) -> list[tuple[str, int, str]]:
    """Return what would be sent now, in numbers, and send nothing. Raises LedgerError."""
    return by_kind(sending.due(settings, now), now.date())


def looks(
    settings_now: Callable[[], Settings],
) -> tuple[_Look, _Look, Callable[[datetime, Untold], list[SentOut]], _Look]:
    """Return the looks of the office's page: what would be sent now, since when letters are written, what was sent, which days wait."""
    return (
        lambda now: due(settings_now(), now),
        lambda now: sending.written_from(settings_now(), now),
        lambda now, untold: sent_out(settings_now(), now, untold),
        lambda now: _held(settings_now(), now),
    )


def _held(settings: Settings, now: datetime) -> list[date]:
    """Return the days whose letters to the leaders wait for a look. Raises LedgerError."""
    outgoing = settings.outgoing_mail
    return sending.due(settings, now).held if outgoing and outgoing.leaders_after_look else []


def sent_out(settings: Settings, now: datetime, untold: Untold) -> list[SentOut]:
    """Return the letters of the last thirty days, the newest first, also those that were not taken. Raises LedgerError.

    `untold`: what leaders were not mailed until now.
    """
    if not places.exists(settings.paths.ledger_place):
        return []
    with Ledger(settings.paths.ledger_place) as ledger:
        record = SentLetters(ledger, settings.paths.state, looks_on=True)
        noted = record.with_editions()
        put_off = [pair for kind in Kind for pair in record.of_kind(kind) if pair[0].state is State.PUT_OFF]
    owed = _owed(settings, now, untold, {Kind(letter.kind) for letter, _digests in put_off})
    again = {letter.message_id for letter, digests in put_off if any((letter.recipient.lower(), own) in owed for own in digests)}
    answered_from = (now - answering.WHILE).date().isoformat()
    again |= {letter.message_id for letter, _digests in put_off if letter.kind == Kind.ANSWER and letter.day >= answered_from}
    zone = settings.calendar.zone
    told = [
        SentOut(
            _KINDS[Kind(letter.kind)],
            date.fromisoformat(letter.day),
            letter.district,
            letter.recipient,
            mask(letter.subject),
            datetime.fromisoformat(letter.at).astimezone(zone),
            _became_of(letter, is_owed=letter.message_id in again),
            letter.state is State.SENT,
            edition if letter.kind == Kind.LEADERS else "",
            letter.state is State.PUT_OFF and letter.message_id not in again,
        )
        for letter, edition in noted
    ]
    return [letter for letter in reversed(told) if now - letter.at <= _TOLD_FOR]


def _owed(settings: Settings, now: datetime, untold: Untold, kinds: AbstractSet[Kind]) -> set[tuple[str, str]]:
    """Return what letters of these kinds would be tried with again now: recipients in small letters, each with a digest."""
    outgoing, owed = settings.outgoing_mail, set[tuple[str, str]]()
    if outgoing is None:
        return owed
    if kinds & {Kind.DISTRICT, Kind.LEADERS, Kind.REMINDER}:
        owed |= {(letter.recipient.lower(), item.digest) for letter in sending.due(settings, now).planned for item in letter.items}
    if Kind.NIGHT in kinds and (failed := nights.look(settings, now)):
        owed |= {(recipient.lower(), letters.digest_of("night", failed.day)) for recipient in outgoing.office}
    return owed | still_owed(settings, outgoing, untold) if kinds & {Kind.URGENT, Kind.UNSENT} else owed


def _became_of(letter: SentLetter, *, is_owed: bool) -> str:
    """Return what became of a letter; of one that was put off whether it is tried again."""
    if letter.state is not State.PUT_OFF:
        return _BECAME[letter.state]
    is_tried = letter.attempts or letter.said
    if not is_owed:
        return f"{'没有发成' if is_tried else '没有发出'}，不再发：所说的事后来有变，或过了发信的天数"
    return _BECAME[State.PUT_OFF] if is_tried else "还没有试过，下次再发"


def by_kind(outcome: SendingOutcome, today: date) -> list[tuple[str, int, str]]:
    """Return the letters that would be sent now by kind and day: what they are, how many, and to which districts."""
    alike: dict[tuple[Kind, str], list[Letter]] = {}
    for letter in outcome.planned:
        alike.setdefault((letter.kind, letter.day), []).append(letter)
    return [
        (
            f"{near(date.fromisoformat(day), today)}{_KINDS[kind]}",
            len(letters),
            "、".join(dict.fromkeys(letter.district for letter in letters)),
        )
        for (kind, day), letters in alike.items()
    ]


def sent(outcome: SendingOutcome) -> Iterator[str]:
    """Yield what became of every letter."""
    taken = sum(answer.fate is Fate.TAKEN for _letter, answer in outcome.done)
    yield f"发信：发出 {taken} 封" if outcome.planned else "没有该发的信。"
    yield from _became(outcome)
    yield from _unsettled(outcome)


def _became(outcome: SendingOutcome) -> Iterator[str]:
    for letter, answer in outcome.done:
        if answer.fate in _FATES:
            words = "" if answer.fate is Fate.TAKEN else f"（{answer.words}）"
            yield f"  {_FATES[answer.fate]} {letter.recipient}  {letter.subject}{words}"
    if outcome.not_tried:
        yield f"  还有 {len(outcome.not_tried)} 封没有发，下次再发。{outcome.why}"


def urgent(outcome: UrgentOutcome) -> Iterator[str]:
    """Yield what became of urgent matters; nothing where there was nothing to tell."""
    full = outcome.tree.full
    if outcome.matters and outcome.sent.planned:
        yield f"急报 {outcome.matters} 件"
    yield from _became(outcome.sent)
    if outcome.nobody:
        yield f"有 {outcome.nobody} 件急报没有人可发：今天值班的领导没有地址，leaders 也没有写。{_FILL_IN}"
    elif outcome.without:
        yield f"  今天值班的{'、'.join(outcome.without)}没有地址，没有发给他。{_FILL_IN}"
    if outcome.refused:
        yield f"其中 {len(outcome.refused)} 件照现在的台账汇总时会退回，信里写明了。请旗区改正："
        yield from (f"  {full(matter.district)} {matter.number or matter.kind}：{mask(matter.refused)}" for matter in outcome.refused)
    if outcome.unsent:
        yield f"另有 {len(outcome.unsent)} 件没有发给领导，汇总时会退回。请打电话问旗区："
        yield from (f"  {full(each.district)} {each.place}：{each.why}" for each in outcome.unsent)
    if outcome.dropped:
        yield f"有 {len(outcome.dropped)} 件已经发给领导的急报，旗区后来报的里面没有了。请问旗区是撤下还是漏报，再告诉领导："
        yield from (
            f"  {full(each.district)} {each.number or each.kind}：{mask(shorten(each.situation))}；{mask(each.since)}"
            for each in outcome.dropped
        )
    yield from _unsettled(outcome.sent)


def urgent_beside(outcome: UrgentOutcome, *, is_owed_told: bool = False) -> Iterator[tuple[str, str]]:
    """Yield what was mailed just now, each with what the log says of it.

    What stays unsettled `urgent` and `send` say, and with `is_owed_told` whoever asks here too.
    """
    if (
        outcome.sent.planned
        or outcome.nobody
        or (is_owed_told and not (outcome.is_complete and not outcome.unsent and not outcome.dropped))
    ):
        yield "\n".join(urgent(outcome)), outcome.in_short


def answers(outcome: SendingOutcome) -> Iterator[str]:
    """Yield what became of the answers to what had come by mail; nothing where there was none to write."""
    for letter, answer in outcome.done:
        words = "" if answer.fate is Fate.TAKEN else f"（{_FATES.get(answer.fate, '没有送到，不再发')}：{answer.words}）"
        yield f"  {'已' if answer.fate is Fate.TAKEN else '没有'}回信 {letter.recipient}  {letter.subject}{words}"
    if outcome.not_tried:
        yield f"  还有 {len(outcome.not_tried)} 封回信没有发，下次收邮件时再发。{outcome.why}"


def night(outcome: SendingOutcome) -> Iterator[str]:
    """Yield that the office was told of a night without its result, or could not be; nothing where there was nothing to tell."""
    for letter, answer in outcome.done:
        words = "" if answer.fate is Fate.TAKEN else f"（{_FATES.get(answer.fate, '没有送到，不再发')}：{answer.words}）"
        yield f"{'已' if answer.fate is Fate.TAKEN else '没有'}发信告诉办公室 {letter.recipient}  {letter.subject}{words}"
    if outcome.not_tried:
        yield f"还没有发信告诉办公室：{outcome.not_tried[0].subject}。{outcome.why}"


def _unsettled(outcome: SendingOutcome) -> Iterator[str]:
    for row in outcome.unknown:
        yield f"  下落不明 {row.recipient}  {row.subject}：交给服务器时断了，对方可能收到，也可能没有，没有自动重发。"
    if outcome.unknown:
        yield "  请问一下对方：没有收到的，运行 python run.py send --unknown again 重发；收到了的，运行 python run.py send --unknown done。"
        yield "  只说其中一个收件人的，后面加上 --to 和他的地址。"
    for row in outcome.refused:
        what_to_do = _TOO_LARGE if is_too_large(row.said) else "请检查地址，改了地址会再发"
        yield f"  对方不收 {row.recipient}  {row.subject}（{row.said}）：没有送到。{what_to_do}；内容有变化时也会再发。"
    for day in outcome.held:
        yield f"  {day} 给领导的信等办公室放行：看过以后在网页“发信”里放行，或运行 python run.py send --release。"
    for district in outcome.without_address:
        yield f"  {district} 没有收件地址，没有发。请在 outgoing_mail 的 districts 里填写。"


_FATES = {Fate.TAKEN: "已发出", Fate.PUT_OFF: "暂未发出"}
"""The others are printed as not settled."""
_BECAME: Final = {
    State.SENT: "已发出",
    State.UNDER_WAY: "正在发，或交给服务器时断了，不知道对方收到没有",
    State.PUT_OFF: "没有发成，下次再发",
    State.REFUSED: "对方不收，没有送到",
}
_TOLD_FOR: Final = timedelta(days=30)
_FILL_IN = "请在 outgoing_mail 的 leader_addresses 里填写。"
_TOO_LARGE = "信太大，对方的服务器不收，地址没有错。请把 outbox 里的文件另外交给对方"
