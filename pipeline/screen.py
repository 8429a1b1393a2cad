"""What the terminal shows: progress on long work, and at the end what a person reads in ten seconds."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.intake.contents import Waiting
from pipeline.ledger.journal import ASIDE, NAME
from pipeline.night.outcome import Outcome, Progress
from pipeline.publishing import nothing_new
from pipeline.report import day_corrected, sentences, who_reported
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Arrival, Filed
from pipeline.terms.messages import shorten
from pipeline.terms.text import on_screen
from pipeline.terms.words import NOT_YET, REPORTED, STANDS, clock

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from pipeline.demo.made_up_office import Office
    from pipeline.intake.retention import Removed
    from pipeline.office import templates
    from pipeline.office.check import Answer
    from pipeline.office.status import Status
    from pipeline.publishing.periods import Made
    from pipeline.publishing.told_editions import ToldEdition
    from pipeline.report.report import Report
    from pipeline.upkeep.doctor import Check
    from pipeline.upkeep.repair import Repaired

# How many entries of a long list are named before the rest is only counted.
_MOST_NAMES = 5
_MOST_LINES = 20


def say(line: str = "") -> None:
    """Print one line for people; nothing in it can steer the terminal, and no personal number shows."""
    print(on_screen(line))


class _Bar(Progress):
    """Progress as a bar, on a terminal."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=None)

    def begin(self, step: str, total: int | None = None) -> None:
        self._bars.reset(self._task, description=step, total=total)

    def advance(self, count: int = 1) -> None:
        self._bars.advance(self._task, count)

    def note(self, line: str) -> None:
        self._bars.console.print(on_screen(line), markup=False, highlight=False, soft_wrap=True)


class _Lines(Progress):
    """Progress as a line for each step, for whoever reads along in a file."""

    def begin(self, step: str, total: int | None = None) -> None:
        print(f"{step}（{total}）" if total else step, file=sys.stderr, flush=True)


@contextmanager
def progress(*, in_lines: bool = False) -> Iterator[Progress]:
    """Show progress on a terminal; elsewhere its steps in lines where somebody asks for them, else nothing."""
    if in_lines or not sys.stderr.isatty():
        yield _Lines() if in_lines else Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bar(bars)


def _first_names(names: Sequence[str], *, counted: bool = True) -> str:
    """Return the first names of a list in one line, and how many there are where some are left out."""
    more = "" if len(names) <= _MOST_NAMES else f" 等 {len(names)} 个" if counted else " 等"
    return "、".join(names[:_MOST_NAMES]) + more


def warn_of_the_future(days: Sequence[date], today: date) -> None:
    """Print that a day is asked for that has not come yet."""
    ahead = [day for day in days if day > today]
    if ahead:
        say(f"注意：{ahead[0]}{' 等' if len(ahead) > 1 else ''} 还没有到，结果里各旗区都会是未报。")


def tell_long_pause(first: date, last: date, *, is_demo: bool) -> None:
    """Print that days are not caught up, and how they are; of a demo how one is made whose week ends today."""
    if is_demo:
        until = first - timedelta(days=1)
        say(f"演示的日报只到 {until}，今天的都是未报。要一周到今天为止的演示，运行 run.py demo --today 另一个文件夹。")
        return
    days = (last - first).days + 1
    say(f"{first} 至 {last} 有 {days} 天没有写出过，停得太久，没有补写。要补写的，运行 run.py --from {first} --to {last}。")


# --- the night's run ---------------------------------------------------------------------------------------------


def tell_outcome(outcome: Outcome, settings: Settings, days: Sequence[date], now: datetime) -> None:
    """Print what was taken in, what was refused, who is missing and where to look; `now`: before the cut-off nobody is missing yet."""
    from pipeline.office import taken_out

    refused = outcome.refused
    say(nothing_new.taken(outcome.taken_in, len(refused), outcome.read.before.taken))
    _tell_refused(refused[:_MOST_LINES])
    if len(refused) > _MOST_LINES:
        _tell_rest(refused[_MOST_LINES:], settings)
    outcome.read.before.note(settings.paths)  # that it is told
    _tell_journal(outcome.restored)
    _tell_waiting(outcome.taken.waiting)
    _tell_ahead(outcome.ahead)
    _tell_damaged(outcome.read.damaged)
    numbers = outcome.written.editions
    for report in outcome.written.published:
        if report.day in days or len(outcome.written.published) == 1:
            _tell_day(report, numbers.get(report.day, 1), now)
    if others := [f"{report.day}{_edition(numbers.get(report.day, 1))}" for report in outcome.written.published if report.day not in days]:
        say(f"以前的报表有变化，已重写：{'、'.join(others)}。")
    if any(number > 1 for number in numbers.values()):
        say("与前一版有什么不同：python run.py editions --date 日期。")
    if outcome.written.unchanged:
        tell_lines(nothing_new.unchanged(settings, outcome.written.unchanged, now))
    for folder in outcome.written.periods:
        say(f"阶段报告写好了：{folder}")
    if outcome.written.failed:
        say(f"没有写出：{'、'.join(map(str, outcome.written.failed))}。这几天原有的结果没有变动，下次运行会再试。")
    tell_lines([*taken_out.told_now(settings, now.date()), *outcome.about_earlier_editions, *outcome.about_the_workbook(settings)])
    _tell_removed(outcome.removed)
    tell_lines(nothing_new.where(settings.paths.outbox, days))


def _tell_refused(refused: Sequence[Filed]) -> None:
    """Print one line for each file that was refused as a whole: the first finding that refuses it."""
    for file in refused:
        reason = next((finding.message for finding in file.reading.findings if finding.refuses), "")
        say(f"  退回 {file.arrival.name}：{reason}")


def _tell_rest(rest: Sequence[Filed], settings: Settings) -> None:
    """Say where the refused files are listed that are not named: each in the list of its own day, where that day was written."""
    days = sorted({file.reading.day for file in rest})
    written = [str(day) for day in days if (settings.paths.outbox / day.isoformat()).is_dir()]
    others = [str(day) for day in days if str(day) not in written]
    places = [f"{_first_names(written)} 汇总表的“问题清单”"] if written else []
    places += [f"运行 python run.py status --date 日期（{_first_names(others)}）"] if others else []
    say(f"  …… 其余 {len(rest)} 个见：{'；'.join(places)}。")


def _tell_journal(restored: int) -> None:
    """Print that the journal had to be written anew: without it the ledger could not be made again."""
    if restored:
        say(f"流水簿（state/{NAME}）不见了，已按台账重新写出，记有 {restored} 次收件。请运行 python run.py doctor 核对。")


def _tell_damaged(damaged: Sequence[Arrival]) -> None:
    """Name the originals that count nowhere, night after night until they are back."""
    if damaged:
        originals = [
            f"{shorten(arrival.name)}（{arrival.envelope.received_at:%Y-%m-%d %H:%M} 收到，archive/{arrival.sha256[:12]}…）"
            for arrival in damaged
        ]
        say(f"有 {len(damaged)} 个原件在存档里损坏或不见了，内容没有计入，数字可能不准：{_first_names(originals)}。")
        say("  请从备份把它们放回存档，或请旗区把当时的文件原样重新报送；下次运行自动重新计入。")


def _tell_removed(removed: Removed) -> None:
    if removed.doubts_clock:
        say("这台电脑的时钟比最近一次收件晚了一年以上，到期原件这次没有删除。请核对日期。")
    if removed.names:
        names = _first_names([shorten(name) for name in removed.names], counted=False)
        say(f"已删除 {len(removed.names)} 个满 {removed.days} 天的退回原件或含个人信息的原件：{names}。台账和结果不变。")


def _tell_waiting(waiting: Sequence[Waiting]) -> None:
    """Print one line for all files that wait for the same reason."""
    paths_by_reason: dict[str, list[str]] = {}
    for file in waiting:
        paths_by_reason.setdefault(file.reason, []).append(shorten(file.path))
    for reason, paths in paths_by_reason.items():
        say(f"  等下次 {_first_names(paths)}：{reason}。")


def _tell_ahead(ahead: Sequence[Arrival]) -> None:
    """Name the files whose envelope gives a time to come; the contract believes the envelope, so they are named until then."""
    if ahead:
        files = _first_names([f"{shorten(arrival.name)}（{arrival.envelope.received_at:%Y-%m-%d %H:%M}）" for arrival in ahead])
        say(f"  收到时间比现在还晚：{files}。在那个时间以前再送的更正会排在它的前面，不起作用。")
        say("  请核对这台电脑的日期和时间，以及写信封文件的程序或电脑的。")


def _edition(number: int) -> str:
    return f"（第 {number} 版）" if number > 1 else ""


def _tell_day(report: Report, number: int, now: datetime) -> None:
    say(f"{report.day}{'（更正）' if report.is_correction else ''}{_edition(number)}")
    for figure in report.targets:
        tally = figure.tally
        rate = f"，化解率 {tally.rate_percent}%" if tally.rate_percent else ""
        verdict = sentences.verdict(figure)
        say(f"  {figure.label}：化解 {tally.resolved}/{tally.total}{rate}（目标 {tally.target_percent}%），{verdict}。")
    tell_lines(f"  {said}" for said in day_corrected.of_day(report))
    absent = {stands: [line.district for line in report.submissions if line.stands == stands] for stands in ("missing", "returned", "lost")}
    rows = sum(line.rows_refused for line in report.submissions)
    whole = [line.district for line in report.submissions if line.is_wholly_refused]
    moved = [f"{line.district} {line.rows_moved} 行" for line in report.submissions if line.rows_moved]
    refused = f"退回 {rows} 行" + (f"，其中日报全部退回：{'、'.join(whole)}" if whole else "")
    refused += f"，其中案件已改派的：{'、'.join(moved)}" if moved else ""
    limit = report.settings.calendar.last_moment(report.day)
    word = NOT_YET if now <= limit else REPORTED["missing"]
    gone = "".join(f"；{STANDS[stands]}：{'、'.join(absent[stands])}" for stands in ("returned", "lost") if absent[stands])
    gone += who_reported.mended_and_excused(report.submissions)
    late = who_reported.told_of("late", report.submissions) or "无"
    say(f"  {word}：{'、'.join(absent['missing']) or '无'}{gone}；迟报：{late}；{refused}。")
    if absent["missing"] and now <= limit:
        say(f"  {nothing_new.not_over(limit)}")


# --- before sending ----------------------------------------------------------------------------------------------


def tell_check(answer: Answer) -> None:
    """Print what a clerk asks of a file before sending it."""
    from pipeline.office import check_text  # here alone: a night, which imports this module, asks nothing of a file

    tell_lines(check_text.lines(answer))
    say()


def tell_receipt(path: Path) -> None:
    """Print where the receipt is and what it is for."""
    say(f"  回执已写到 {path}：照批注改好、保存，就可以直接报送这个文件。")
    say()


# --- the board ---------------------------------------------------------------------------------------------------


def tell_status(board: Status, editions: Sequence[ToldEdition], held_days: Iterable[str]) -> None:
    """Print who has reported, what waits in the inbox, what was refused, which edition there is, and which days stand under other rules."""
    say(f"{board.day} 报送情况")
    for district in board.districts:
        came = district.received_at or (district.waits and district.waits.first_received)
        arrived = clock(came, board.day) if came else "—"
        remarks = [f"第 {district.revision} 版"] if district.revision > 1 else []
        remarks += [said] if (said := district.replaced or district.zero) else []
        remarks += [district.rows] if district.rows else []
        remarks += [f"{'' if district.is_coming else '另有一份等待收取，'}{district.waits.told(board.day)}"] if district.waits else []
        remarks += district.files_in_vain
        say(f"  {district.district}  {district.word}  {'，'.join([arrived, *remarks])}")
    _tell_refused([*(file for district in board.districts for file in district.refused), *board.unknown])
    say(
        f"  {'，'.join(f'{name} {count}' for _stands, name, count in board.counts)}；"
        f"其中{'，'.join(f'{name} {count}' for _kind, name, count in board.among)}；退回 {board.rows_refused} 行"
        f"{f'，等待收取的会退回 {board.rows_to_be_refused} 行' if board.rows_to_be_refused else ''}"
    )
    if board.due:
        say(f"  {nothing_new.not_over(board.due)}")
    say(f"  等待汇总：{len(board.waiting)} 个")
    for waits in board.waiting[:_MOST_LINES]:
        say(f"    {shorten(waits.file.name)}  {waits.description(board.day, board.now)}")
    if len(board.waiting) > _MOST_LINES:
        say(f"    还有 {len(board.waiting) - _MOST_LINES} 个")
    tell_lines(f"  {line}" for line in board.for_office)
    if not board.has_assignment:
        say("  还没有可用的案件包案任务分解表。")
    gone = "写出过，现在 outbox 里没有；上面的数按最后一版，下一次汇总重新写出" if editions else "尚未汇总"
    say(f"  当天结果：{'已写出' if board.is_published else gone}")
    for edition in editions[-1:]:
        differs = f"，与前一版有 {len(edition.lines)} 处不同：python run.py editions --date {board.day}"
        say(f"  {edition.heading}{'' if edition.is_first else differs}")
    tell_lines(f"  {line}" for line in held_days)


# --- a week, or another span of days -------------------------------------------------------------------------------


def tell_period(made: Made) -> None:
    """Print the answer of a period and where its report is."""
    from pipeline.report import period_words

    for name, said in period_words.lines(made.period):
        say(f"  {name}：{said}")
    say(f"{'请看' if made.is_new else '没有变化，仍是'}：{made.folder}{made.told_aside}")


# --- templates ---------------------------------------------------------------------------------------------------


def tell_templates(made: templates.Made) -> None:
    """Print where the templates are and what is filled in."""
    if made.day is None:
        say(f"空白模板做好了：{'、'.join(made.cases)}。")
    else:
        basis = f"按 {made.reported_until} 及以前的日报" if made.reported_until else "还没有收到过日报，按分解表"
        say(f"{made.day} 的日报模板做好了，共 {len(made.cases)} 份（{basis}填好）：")
        for name, count in made.cases.items():
            say(f"  {name}：{f'{count} 件在办案件' if count else '没有在办案件'}")
    say(f"请看：{made.folder}")


# --- the upload page ---------------------------------------------------------------------------------------------


def tell_serving(address: str) -> None:
    """Print where the upload page can be opened."""
    say(f"上传网页已打开：{address}")
    say("按 Ctrl+C 结束。")
    sys.stdout.flush()


def tell_lines(lines: Iterable[str]) -> None:
    """Print sentences as they are."""
    for line in lines:
        say(line)


# --- the demo ----------------------------------------------------------------------------------------------------


def tell_demo(office: Office, program: Sequence[str], *, has_mail: bool) -> None:
    """Print which of the demo's files to open first, and the commands that open its upload page; `program`: how this one was called."""
    say("演示数据全部是编造的。建议先打开：")
    for number, (path, sentence) in enumerate(office.open_first, 1):
        say(f"  {number}. {path}：{sentence}")
    call = [*program, "--config", str(office.folder / "config.yaml")]
    clerk = ["user", "add", "kangbashi", "--district", "康巴什区"]
    say("接着试上传网页：运行前两行，各给出一个设置密码的链接（康巴什区的填报人、办公室的人）；再运行第三行，用浏览器打开链接。")
    lines = [clerk, ["user", "add", "bangongshi", "--office"], ["serve"], *([["send", "--dry-run"]] if has_mail else [])]
    for line in lines:
        say(f"  {_command([*call, *line])}")
    if has_mail:
        say("最后一行列出现在该发的信，不发出。")


def _command(words: Sequence[str]) -> str:
    """Return a command as it can be typed on this system."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


# --- the examination ---------------------------------------------------------------------------------------------


def tell_examination(check: Check) -> None:
    """Print one line for a check and one for each problem it met."""
    say(f"{check.name}：{'正常' if check.is_sound else '有问题'}{f'（{check.result}）' if check.is_sound else ''}")
    for line in (*check.problems, *check.notes):
        say(f"  {line}")


def tell_repair(done: Repaired, *, letters_mended: bool = False) -> None:
    """Print what a repair did; `letters_mended`: whether the letters' journal was completed too."""
    mended = done.mended
    if letters_mended:
        say("发信记录已按台账补记。")
    if mended.is_rebuilt:
        say("台账已从存档重建" + (f"；旧台账另存为 {mended.ledger_kept}。" if mended.ledger_kept else "。"))
    if mended.noted:
        say(f"流水簿补记了 {mended.noted} 次收件。")
    if mended.taken_again:
        say(f"存档里有 {len(mended.taken_again)} 个原件，台账和流水簿没有收件记录，已按发布过的结果记下的收到时间补记。")
    if mended.given_back:
        say(f"存档里有 {len(mended.given_back)} 个没有收件记录的文件，已放回收件箱，这次已按新收到的处理。")
    if mended.set_aside:
        lines = "、".join(map(str, mended.set_aside[:_MOST_LINES])) + (" 等" if len(mended.set_aside) > _MOST_LINES else "")
        say(f"流水簿里看不懂的 {len(mended.set_aside)} 行（第 {lines} 行）已移到 state/{ASIDE}。")
    if mended.without:
        say(f"按办公室的决定，{len(mended.without)} 个损坏或不见的原件没有计入。")
    if mended.editions_lost:
        lost = _first_names([f"{noted.day} 第 {noted.number} 版" for noted in mended.editions_lost])
        say(f"有 {len(mended.editions_lost)} 版的文件没有了或已改变，也找不回来：{lost}。数字不受影响；有备份的，请放回 state/editions。")
    _tell_damaged(done.outcome.read.damaged)
    _tell_repaired_days(done)


def _tell_repaired_days(done: Repaired) -> None:
    """Print which days came out the same as before."""
    if done.same:
        say(f"{len(done.same)} 天的结果与原来逐字节相同：{'、'.join(sorted(done.same))}。")
    if done.restored:
        say(f"{len(done.restored)} 天的结果已恢复成原来的内容：{'、'.join(sorted(done.restored))}。恢复前的样子另存在 state/replaced。")
    if done.new:
        say(f"{len(done.new)} 天的结果已重新写出：{'、'.join(sorted(done.new))}。")
