"""The command line: arguments, exit status, and the clock that days follow from. Everything heavy is imported where it is used."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import stopping, usage
from pipeline.disk import ending
from pipeline.terms.errors import AnotherRunError, ConfigurationError, PipelineError

if TYPE_CHECKING:
    from pipeline.night.outcome import Outcome
    from pipeline.post.urgent import UrgentOutcome
    from pipeline.settings.config import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status (contract 7)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = usage.parser().parse_args(arguments)
    gc.set_threshold(250_000, 50, 50)  # a night's rows live to its end: looking for garbage among them costs a fifth
    with ending.on_signals():
        try:
            return _COMMANDS[options.command or "nightly"](options)
        except BrokenPipeError:  # whoever read the output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except SystemExit:
            raise
        except BaseException as error:  # noqa: BLE001 - the last line of defence; a library in Rust panics with a BaseException
            return stopping.explain(error, options)


# --- commands ----------------------------------------------------------------------------------------------------


def _load(options: argparse.Namespace, *, looks_on: bool = False, told: Callable[[str], object] | None = None) -> Settings:
    """Return the settings; `told`: what hears why the ledger cannot be used, where the command does its work all the same."""
    from pipeline.intake import district_names, standing_editions
    from pipeline.ledger import upgrades
    from pipeline.settings import config

    loaded = getattr(options, "loaded", None) or config.load(options.config)
    with upgrades.told(loaded.paths.ledger_place, stopping.complain):
        settings = district_names.known(loaded, told)
    if looks_on and (sentence := standing_editions.warning(settings)):
        stopping.complain(sentence)
    return settings


def _now(settings: Settings) -> datetime:
    return datetime.now(settings.calendar.zone)


def _note(settings: Settings, command: str, sentence: str) -> None:
    """Leave a line in the log: what the command did."""
    from pipeline.disk import log

    log.note_command(settings.paths.state, _now(settings), command, sentence)


def _not_yet_written(day: date, settings: Settings, home: Path) -> list[date]:
    """Return that day, and the days before it that were missed since the last one that was written."""
    from pipeline import screen
    from pipeline.demo import made_up_office
    from pipeline.publishing import nights

    days, skipped = nights.to_write(day, settings)
    if skipped:
        screen.tell_long_pause(day - timedelta(days=skipped), day - timedelta(days=1), is_demo=made_up_office.is_demo(home))
        _note(settings, nights.COMMAND, f"停了 {skipped} 天，没有补写")
    return days


def _nightly(options: argparse.Namespace) -> int:
    from pipeline.intake import early_readers
    from pipeline.publishing import nights, nothing_new
    from pipeline.settings import config

    early_readers.start_first(options.config.parent)
    last: date | None = getattr(options, "last", None) or getattr(options, "date", None)
    with nights.noted_if_not_begun(options.config, last):
        settings = options.loaded = config.load(options.config)
        options.asked = nothing_new.Asked.of(settings, usage.asked_days(options, now := _now(settings), settings), now)
        if not (lines := nothing_new.look(settings, options.asked)):
            early_readers.start(settings)
            settings = _load(options, told=str)  # a ledger that cannot be used stops the run itself, and is told
    _note(settings, nights.COMMAND, nights.begins(last or usage.today(_now(settings), settings)))
    try:
        did, status = (nothing_new.told(lines, print), 0) if lines else _consolidate(options)
    except (BrokenPipeError, SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever stopped it, the log says so and the office is told
        did, status = (ending.told(error) or ("程序出错了", 1))[0], stopping.explain(error, options)
    _note(settings, nights.COMMAND, nights.ends(did, status, getattr(options, "report", "")))
    if status not in (0, AnotherRunError.exit_status):
        _watch_night(settings)
    return status


def _consolidate(options: argparse.Namespace) -> tuple[str, int]:
    """Do the night's run, and return what the log says of it and the exit status."""
    from pipeline import screen
    from pipeline.night import nightly
    from pipeline.publishing import nothing_new
    from pipeline.publishing.plan import EveryDay

    chosen, settings = usage.chosen_days(options), _load(options)
    days = chosen or _not_yet_written(usage.today(_now(settings), settings), settings, options.config.parent)
    rewriting: Container[date] = () if not getattr(options, "rewrite", False) else chosen or EveryDay()
    screen.warn_of_the_future(days, _now(settings).date())
    with screen.progress(in_lines=getattr(options, "steps", False)) as progress:
        outcome = nightly.run(settings, days, progress, now=_now(settings), without=getattr(options, "without", ()), rewriting=rewriting)
    screen.tell_outcome(outcome, settings, days, _now(settings))
    nothing_new.note(settings, options.asked, days, is_settled=outcome.is_settled(days, options.asked.now, settings.retention.refused_days))
    return outcome.in_short, _say_what_failed(outcome, options)


def _watch_night(settings: Settings) -> None:
    """Tell the office by mail of a night without its result."""
    from pipeline.post import night_watch, told_letters

    _beside(settings, "watch", lambda: [(line, line) for line in told_letters.night(night_watch.run(settings, _now(settings)))])


def _watch_urgent(settings: Settings, look: Callable[[datetime], UrgentOutcome], *, is_owed_told: bool = False) -> bool:
    """Mail urgent matters that wait to the leaders on duty, and return whether nothing is owed to anybody after it."""
    from pipeline.post import told_letters

    outcomes: list[UrgentOutcome] = []

    def looked() -> Iterable[tuple[str, str]]:
        outcomes.append(look(_now(settings)))
        return told_letters.urgent_beside(outcomes[0], is_owed_told=is_owed_told)

    _beside(settings, "urgent", looked)
    return bool(outcomes) and outcomes[0].is_complete


def _beside(settings: Settings, name: str, look: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """Do what is done beside a command's own work, and say it on the screen and in the log; what hinders it stops nothing else."""
    try:
        for line, noted in look():
            stopping.complain(line)
            _note(settings, name, noted)
    except Exception as error:  # noqa: BLE001 - see above
        stopping.explain(error, argparse.Namespace(config=settings.file))


def _say_what_failed(outcome: Outcome, options: argparse.Namespace) -> int:
    """Say what a run that came to its end could not do, and return the exit status."""
    for sentence in dict.fromkeys([*outcome.remarks, *outcome.written.remarks, *outcome.written.held]):
        stopping.complain(sentence)
    return stopping.report_faults(outcome.faults, options) if outcome.faults else int(bool(outcome.written.held))


def _demo(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.demo import made_up_office
    from pipeline.publishing import nights

    office = made_up_office.build(options.dir, datetime.now().astimezone() if options.today else None)
    with screen.progress() as progress:
        outcome = made_up_office.consolidate(office, progress)
    screen.tell_outcome(outcome, office.settings, office.days, _now(office.settings))
    screen.tell_demo(office, [sys.executable, sys.argv[0]], has_mail=options.today)
    ends = nights.ends("造演示数据时汇总", status := _say_what_failed(outcome, options), getattr(options, "report", ""))
    _note(office.settings, nights.COMMAND, ends)
    return status


def _check(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.office import check

    settings, status = _load(options, told=stopping.complain), 0
    waiting = check.waiting(settings)
    for path in check.files(options.files):
        try:
            answer = check.check(path, settings, _now(settings), waits=waiting)
            screen.tell_check(answer)
            status = max(status, int(answer.refuses))
            if options.receipt is not None:
                screen.tell_receipt(check.receipt(answer, options.receipt, settings))
        except ConfigurationError as error:
            stopping.complain(str(error))
            status = ConfigurationError.exit_status
    return status


def _status(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.office import status
    from pipeline.publishing import held_days, nights, told_editions

    settings = _load(options, looks_on=True)
    board = status.look(settings, options.date or usage.today(_now(settings), settings), now=_now(settings))
    held, failed = held_days.known(settings), nights.told(settings, _now(settings))
    if options.json:
        print(status.as_json(board, held_days.for_programs(held)))
    else:
        screen.tell_status(board, told_editions.of_day(settings, board.day), [*failed, *held_days.told(held)])
    return 0


def _explain(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.office import explanation, explanation_text
    from pipeline.publishing import held_days

    settings = _load(options, looks_on=True)
    explained = explanation.explain(options.what, settings, day := options.date or usage.today(_now(settings), settings), _now(settings))
    if options.json:
        print(explanation_text.as_json(explained))
    else:
        screen.tell_lines([*held_days.told_of(day, settings), *explanation_text.as_lines(explained)])
    return 0


def _period(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.night import asked_period

    settings = _load(options)
    made = asked_period.run(settings, options.first, options.last, is_closing=options.closing, today=_now(settings).date())
    screen.tell_period(made)
    for remark in made.remarks:
        stopping.complain(remark)
    _note(settings, "period", f"{made.folder.name}{'' if made.is_new else '，没有变化'}")
    return 0


def _rota(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.office import rota_plan

    settings = _load(options)
    screen.tell_lines(rota_plan.as_lines(rota_plan.make(settings, options.first, options.last, options.output, now=_now(settings))))
    return 0


def _rehearse(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.night import rehearsal

    asked = rehearsal.Asked(options.config, options.new or options.config, options.first, options.last, options.workbook, options.json)
    with screen.progress() as progress:
        lines = rehearsal.answer(asked, datetime.now().astimezone(), progress)
    screen.tell_lines(lines)
    return 0


def _send(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.doors import mailbox
    from pipeline.post import sending, told_letters
    from pipeline.publishing import releases

    settings = _load(options)
    usage.belongs(options.to, options.unknown, "--to 要与 --unknown 一起用。")
    clarification = sending.Clarification(options.unknown, options.to) if options.unknown else None
    if options.release and not options.dry_run:
        releases.release_all(settings, releases.at_this_computer(), _now(settings), *sending.to_release(settings, _now(settings)))
    came = mailbox.mails(settings, _now(settings) - sending.TOLD_OF)
    outcome = sending.run(settings, _now(settings), dry_run=options.dry_run, clarification=clarification, mails=came)
    screen.tell_lines(told_letters.planned(outcome) if options.dry_run else told_letters.sent(outcome))
    if options.dry_run:
        return 0
    status = int(not outcome.is_complete)
    unsettled = f"下落不明 {len(outcome.unknown)} 封，对方不收 {len(outcome.refused)} 封"
    _note(settings, "send", f"该发 {len(outcome.planned)} 封，交出 {len(outcome.done)} 封，{unsettled}；退出状态 {status}")
    _watch_night(settings)
    return status


def _urgent(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.post import told_letters, urgent

    outcome = urgent.run(settings := _load(options), _now(settings))
    screen.tell_lines([*told_letters.urgent(outcome)] or ["没有要发的急报。"])
    if not outcome.is_complete or outcome.sent.planned:
        _note(settings, "urgent", outcome.in_short)
    return int(not outcome.is_complete)


def _editions(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.publishing import told_editions

    settings = _load(options, looks_on=True)
    by_day = {day: told_editions.of_day(settings, day) for day in ([options.date] if options.date else told_editions.days(settings))}
    if options.json:
        print(told_editions.as_json(by_day))
    else:
        screen.tell_lines(told_editions.as_lines(by_day))
    return 0


def _templates(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.office import templates

    settings, folder = _load(options, told=stopping.complain if options.blank else None), options.output
    day = options.date or templates.day_of(_now(settings), settings)
    screen.tell_templates(templates.make_blank(settings, folder) if options.blank else templates.make(settings, day, folder))
    return 0


def _serve(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.post import told_letters, urgent
    from pipeline.web import server

    settings = _load(options, told=stopping.complain)
    serving = server.Serving(settings, options.host, options.port, lambda: _now(settings), lambda: _watch_night(site.settings))
    site, watch = serving.site, urgent.Watch(serving.site.readers).look
    site.letters_due, site.letters_from, site.letters_sent, site.letters_held = told_letters.looks(lambda: site.settings)
    site.urgent, site.urgent_look = lambda: _watch_urgent(site.settings, watch), lambda files, now: urgent.untold(site.settings, files, now)
    _note(settings, "serve", f"开始，{serving.address}")
    with suppress(KeyboardInterrupt):  # told to end, it has ended
        screen.tell_serving(serving.address)
        site.readers.start()
        serving.run()
    _note(settings, "serve", "结束")
    return 0


def _user(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.web import user_command

    screen.tell_lines(user_command.ACTIONS[options.action](options, settings := _load(options, told=stopping.complain), _now(settings)))
    if options.action != "list":
        _note(settings, "user", f"{options.action} {options.name}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.post import sent_letters
    from pipeline.upkeep import doctor, repair

    settings = _load(options, told=str)  # it says by itself what is wrong with the ledger
    more: list[doctor.Check] = []
    usage.belongs(options.without, options.repair, "--without 要与 --repair 一起用。")
    if options.repair:
        is_mended = sent_letters.mend(settings.paths)  # while the ledger that has the letters is still there
        done = repair.repair(settings, options.without)
        screen.tell_repair(done, letters_mended=is_mended)
        if status := _say_what_failed(done.outcome, options):
            return status
        more = [done.figures]
    sound = True
    letters = doctor.Check("发信记录", "完好，与台账一致", tuple(filter(None, [sent_letters.problem(settings.paths)])))
    for check in chain(doctor.examine(settings, _now(settings)), [letters, *more]):
        screen.tell_examination(check)
        sound = sound and check.is_sound
    return int(not sound)


def _fetch(options: argparse.Namespace) -> int:
    from pipeline import screen
    from pipeline.doors import mailbox
    from pipeline.post import answering, told_letters, urgent

    problems: list[str] = []
    settings = _load(options, told=problems.append)
    fetched = mailbox.fetch(settings, screen.say)
    try:
        answers = answering.run(settings, now := _now(settings), mailbox.mails(settings, now - answering.WHILE))
        mailbox.note_answers(settings, answers.answered)
        screen.tell_lines(told_letters.answers(answers.outcome))
    except PipelineError as error:  # what came is safe all the same, and the next fetch answers it
        problems.append(f"没有回信：{error}")
    for sentence in (*problems, *fetched.failed):
        stopping.complain(sentence)
    # also without new mail: what could not be mailed before is owed still
    is_settled = _watch_urgent(settings, partial(urgent.at_the_end, settings), is_owed_told=True)
    status = stopping.report_faults(fetched.faults, options) if fetched.faults else int(bool(problems or fetched.failed or not is_settled))
    did = f"看了 {fetched.messages} 封新邮件，收下 {fetched.files} 个文件，没有收全 {fetched.left} 封"
    _note(settings, "fetch", f"{did}，没有收成的邮箱或文件夹 {len(fetched.failed)} 个；退出状态 {status}")
    _watch_night(settings)
    return status


_THAT_ASK = (_check, _editions, _explain, _period, _rehearse, _rota, _status, _templates)
_COMMANDS = {command.__name__[1:]: command for command in (*_THAT_ASK, _demo, _doctor, _fetch, _nightly, _send, _serve, _urgent, _user)}
