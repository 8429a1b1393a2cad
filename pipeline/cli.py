"""The command line: arguments, exit status, the only clock. Everything heavy is imported where it is used."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import usage
from pipeline.terms.errors import PipelineError, reason_of
from pipeline.terms.text import on_screen

if TYPE_CHECKING:
    from pipeline.night.outcome import Outcome
    from pipeline.settings.config import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status of contract 7."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    said = usage.parser().parse_args(arguments)
    gc.set_threshold(100_000, 50, 50)  # a night's rows live to its end: looking for garbage among them costs a fifth
    with _told_to_end():
        try:
            return _COMMANDS[said.command or "nightly"](said)
        except BrokenPipeError:  # whoever read the output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except SystemExit:
            raise
        except BaseException as error:  # noqa: BLE001 - the last line of defence; a library in Rust panics with a BaseException
            return _stopped(error, said)


class _ToldToEnd(KeyboardInterrupt):
    """The system asks this process to end: it puts down in order what it holds, as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_status = 128 + number


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Let a request to end (SIGTERM, SIGHUP) come as an exception."""

    def end(number: int, _frame: object) -> None:
        raise _ToldToEnd(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers if signal.getsignal(number) == signal.SIG_DFL}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _complain(sentence: str) -> None:
    """Sentences for people, one on a line, that steer no terminal and show no personal number."""
    with suppress(OSError, ValueError):  # there may be no terminal any more
        for line in sentence.split("\n"):
            print(on_screen(line), file=sys.stderr)


def _stopped(error: BaseException, said: argparse.Namespace) -> int:
    """Say why a command did not come to its end; the exit status."""
    match error:
        case PipelineError():
            _complain(str(error))
            return error.exit_status
        case KeyboardInterrupt():
            _complain("已中断。再运行一次会从停下的地方继续，不会丢失或重复。")
            return getattr(error, "exit_status", 1)
        case OSError() if reason := reason_of(error):
            where = f"{error.filename} " if error.filename else "这台电脑上的文件"
            _complain(f"{where}读写不了：{reason}。已收到的文件都还在；处理好后再运行一次。")
            return 1
        case _:
            return _our_fault([error], said)


def _our_fault(found: Iterable[BaseException | Sequence[str]], said: argparse.Namespace) -> int:
    """Say that the fault is ours, and leave a report that holds places in the program and no contents."""
    from pipeline.disk import faults

    each = dict.fromkeys(tuple(faults.places_of(one)) if isinstance(one, BaseException) else tuple(one) for one in found)
    lines = [line for one in each for line in one]
    path = faults.write_report(lines, _state_of(said), datetime.now().astimezone())
    if path:
        _complain(f"程序出错了，这是程序自身的问题，不是您的操作有误；已收到的文件都还在。请把 {path} 发给维护人员，然后再运行一次。")
    else:
        _complain("程序出错了，这是程序自身的问题；已收到的文件都还在。请把下面几行发给维护人员：\n" + "\n".join(lines))
    return 1


def _state_of(said: argparse.Namespace) -> Path | None:
    """The office's state folder, where that can still be said."""
    if hasattr(said, "dir"):
        return Path(said.dir) / "state"
    with suppress(Exception):
        return _load(said).paths.state
    return None


# --- commands ----------------------------------------------------------------------------------------------------


def _load(said: argparse.Namespace) -> Settings:
    from pipeline.settings import config

    return config.load(said.config)


def _now(settings: Settings) -> datetime:
    return datetime.now(settings.calendar.zone)


def today(now: datetime, settings: Settings) -> date:
    """The day that a run without a date is about: yesterday in the morning."""
    return now.date() - timedelta(days=now.time() < settings.calendar.day_turns)


def _days(said: argparse.Namespace, settings: Settings) -> list[date]:
    from pipeline.terms.errors import ConfigurationError

    chosen, first, last = (getattr(said, name, None) for name in ("date", "first", "last"))
    if chosen and (first or last):
        msg = "--date 不能与 --from、--to 一起用。"
        raise ConfigurationError(msg)
    if chosen:
        return [chosen]
    if not first and not last:
        return _not_yet_written(today(_now(settings), settings), settings)
    if not first or not last or first > last:
        msg = "--from 和 --to 要一起给出，且 --from 不晚于 --to。"
        raise ConfigurationError(msg)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _not_yet_written(day: date, settings: Settings) -> list[date]:
    """That day, and those before it that were missed since the last one that was written."""
    from pipeline import screen
    from pipeline.disk import log
    from pipeline.ledger import ledger

    written = [earlier for earlier in ledger.written_days(settings.paths.ledger) if earlier < day]
    missed = (day - max(written)).days - 1 if written else 0
    if missed > _MOST_MISSED:
        screen.tell_long_pause(day - timedelta(days=missed), day - timedelta(days=1))
        log.note_command(settings.paths.state, _now(settings), "nightly", f"停了 {missed} 天，没有补写")
        return [day]
    return [day - timedelta(days=n) for n in range(missed, -1, -1)]


_MOST_MISSED = 31
"""After a longer pause only the day itself is written; the office asks for others with --from and --to."""


def _nightly(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.disk import log
    from pipeline.night import nightly

    settings = _load(said)
    days = _days(said, settings)
    screen.warn_of_the_future(days, _now(settings).date())
    with screen.progress() as progress:
        outcome = nightly.run(settings, days, progress, now=_now(settings))
    screen.tell_outcome(outcome, settings, days)
    status = _ended(outcome, said)
    refused = sum(not one.reading.accepted for one in outcome.read.files)
    written = f"写出 {len(outcome.written.published)} 天，没有写成 {len(outcome.written.failed) + len(outcome.written.held)} 天"
    log.note_command(
        settings.paths.state,
        _now(settings),
        "nightly",
        f"收下 {len(outcome.taken.taken)} 个文件，整份退回 {refused} 个，{written}；退出状态 {status}",
    )
    return status


def _ended(outcome: Outcome, said: argparse.Namespace) -> int:
    """The exit status of a run that came to its end, and what is to be said of what it could not do."""
    for sentence in [*([outcome.remark] if outcome.remark else []), *outcome.written.remarks, *outcome.written.held]:
        _complain(sentence)
    return _our_fault(outcome.faults, said) if outcome.faults else int(bool(outcome.written.held))


def _demo(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.demo import made_up_office

    office = made_up_office.build(said.dir)
    with screen.progress() as progress:
        outcome = made_up_office.consolidate(office, progress)
    screen.tell_outcome(outcome, office.settings, office.days)
    screen.tell_demo(office)
    return _ended(outcome, said)


def _check(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.office import check
    from pipeline.terms.errors import ConfigurationError

    settings = _load(said)
    status = 0
    for path in said.files:
        try:
            answer = check.check(path, settings, _now(settings))
            screen.tell_check(answer)
            status = max(status, int(answer.refuses))
            if said.receipt is not None:
                screen.tell_receipt(check.receipt(answer, said.receipt, settings))
        except ConfigurationError as error:
            _complain(str(error))
            status = ConfigurationError.exit_status
    return status


def _status(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.office import status

    settings = _load(said)
    board = status.look(settings, said.date if getattr(said, "date", None) else today(_now(settings), settings))
    if said.json:
        print(status.as_json(board))
    else:
        screen.tell_status(board)
    return 0


def _send(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.disk import log
    from pipeline.post import sending

    settings = _load(said)
    if said.to and not said.unknown:
        from pipeline.terms.errors import ConfigurationError

        msg = "--to 要与 --unknown 一起用。"
        raise ConfigurationError(msg)
    found_out = sending.FoundOut(said.unknown, said.to) if said.unknown else None
    sent = sending.run(settings, _now(settings), dry_run=said.dry_run, found_out=found_out)
    if said.dry_run:
        screen.tell_planned_letters(sent)
        return 0
    screen.tell_sent_letters(sent)
    status = int(not sent.is_complete)
    unsettled = f"下落不明 {len(sent.unknown)} 封，被拒收 {len(sent.refused)} 封"
    said_of = f"该发 {len(sent.planned)} 封，交出 {len(sent.done)} 封，{unsettled}；退出状态 {status}"
    log.note_command(settings.paths.state, _now(settings), "send", said_of)
    return status


def _templates(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.office import templates

    settings = _load(said)
    if said.blank:
        screen.tell_templates(templates.make_blank(settings, said.output))
        return 0
    day = said.date if getattr(said, "date", None) else templates.day_of(_now(settings), settings)
    screen.tell_templates(templates.make(settings, day, said.output))
    return 0


def _serve(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.disk import log
    from pipeline.web import server

    settings = _load(said)
    serving = server.Serving(settings, said.host, said.port, lambda: _now(settings))
    log.note_command(settings.paths.state, _now(settings), "serve", f"开始，{serving.address}")
    with suppress(KeyboardInterrupt):  # told to end, it has ended
        screen.tell_serving(serving.address)
        serving.site.readers.start()
        serving.run()
    log.note_command(settings.paths.state, _now(settings), "serve", "结束")
    return 0


def _user(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.disk import log
    from pipeline.web import user_command

    settings = _load(said)
    screen.tell_lines(user_command.ACTIONS[said.action](said, settings, _now(settings)))
    if said.action != "list":
        log.note_command(settings.paths.state, _now(settings), "user", f"{said.action} {said.name}")
    return 0


def _doctor(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.upkeep import doctor

    settings = _load(said)
    if said.without and not said.repair:
        from pipeline.terms.errors import ConfigurationError

        msg = "--without 要与 --repair 一起用。"
        raise ConfigurationError(msg)
    if said.repair:
        from pipeline.upkeep import repair

        done = repair.repair(settings, said.without)
        screen.tell_repair(done)
        if done.outcome and (status := _ended(done.outcome, said)):
            return status
    sound = True
    for check in doctor.examine(settings, _now(settings)):
        screen.tell_examination(check)
        sound = sound and check.is_sound
    return int(not sound)


def _fetch(said: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.disk import log
    from pipeline.doors import mailbox

    settings = _load(said)
    fetched = mailbox.fetch(settings, screen.say)
    for sentence in fetched.failed:
        _complain(sentence)
    status = _our_fault(fetched.faults, said) if fetched.faults else int(bool(fetched.failed))
    did = f"看了 {fetched.messages} 封新邮件，收下 {fetched.files} 个文件，没有收全 {fetched.left} 封"
    log.note_command(
        settings.paths.state, _now(settings), "fetch", f"{did}，没有收成的邮箱或文件夹 {len(fetched.failed)} 个；退出状态 {status}"
    )
    return status


_COMMANDS = {
    "doctor": _doctor,
    "fetch": _fetch,
    "nightly": _nightly,
    "demo": _demo,
    "check": _check,
    "send": _send,
    "serve": _serve,
    "status": _status,
    "templates": _templates,
    "user": _user,
}
