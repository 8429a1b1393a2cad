"""`run.py doctor`: whether the office is sound, check by check, and how to mend what is not. Changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.intake import found_results, inbox, soundness, standing_editions, unexplained_days
from pipeline.ledger import editions, journal, places, published_rules, upgrades
from pipeline.ledger.ledger import Ledger
from pipeline.publishing import earlier_claims, inputs, nights, outbox, periods, plan
from pipeline.render.papers import fonts, opened_fonts
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.errors import ArchiveError, DamagedLedgerError, NothingToConsolidateError, PipelineError
from pipeline.terms.handed_in import Arrival
from pipeline.terms.messages import shorten
from pipeline.terms.text import mask

_LEAST_FREE_BYTES = 1 << 30
_REPAIR = "运行 python run.py doctor --repair"
_AGAIN = f"请先再运行一次汇总（python run.py）：上次可能没有运行完，例如磁盘满了，那样就会补上。还有这一条的，再{_REPAIR}，从存档重建台账。"
_MOST_SHOWN = 5
_LONG = timedelta(days=1)
_FONTS = ("Noto Sans CJK", "Noto Serif CJK", "微软雅黑", "Microsoft YaHei", "SimSun", "宋体", "PingFang", "Source Han", "WenQuanYi")

_NO_BIRTH = (
    "收件箱所在的磁盘不记文件是什么时候放进来的（NFS 和苹果电脑是这样）：没有信封的日报，在收取以前被移动或改名的，按那时收到计。"
    "放好以后请不要再移动；要移动的，请换到 Windows 共享或本机的 ext4、xfs 磁盘。邮件和上传的不受影响。"
)
_RARE = {
    "☑": ("符号", " Noto Sans Symbols 2 字体"),
    "😀": ("表情", " Noto Emoji 或 Symbola 字体"),
    "ᠮ": ("蒙古文", " Noto Sans Mongolian 字体（Windows 自带 Mongolian Baiti，在“可选功能”里）"),
    "𠀀": ("扩展区的生僻汉字", " SimSun-ExtB（Windows 自带）或花园明朝（HanaMinB）字体"),
}
"""A character of each kind that Chinese fonts lack, its kind, and what helps."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, and each thing that is wrong with what to do about it."""

    name: str
    result: str
    """What was found where nothing is wrong."""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What is no fault and should be known all the same."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def examine(settings: Settings, now: datetime) -> Iterator[Check]:
    """Go through every check in its order. An office that has not run yet is sound."""
    yield _folders(settings)
    yield _space(settings)
    yield _fonts()
    yield _templates(settings)
    yield _readers(settings)
    if not places.exists(settings.paths.ledger_place) and not settings.paths.archive.exists():
        yield Check("台账", "还没有运行过，没有台账和存档")
        return
    if not places.exists(settings.paths.ledger_place):
        can_be_rebuilt = (settings.paths.archive.parent / journal.NAME).exists()
        way = f"，或{_REPAIR}，从存档重建" if can_be_rebuilt else "；流水簿也不在，不能从存档重建"
        yield Check("台账", "不见了", (f"台账不见了，存档里的原件都没有记录。请用备份恢复整个 state 文件夹{way}。",))
        yield _archive(settings, None, set())
        yield _inbox(settings, now)
        return
    arrivals: list[Arrival] | None = None
    waiting, not_read = set[str](), list[str]()
    try:
        with Ledger(settings.paths.ledger_place) as ledger:
            damage = ledger.store.damage()
            yield _ledger(ledger, settings, damage)
            if not damage:  # else nothing can be said of the rest
                arrivals = [arrival for arrival, _sidecar in ledger.arrivals()]
                waiting = {arrival.sha256 for arrival in ledger.unread()}
                not_read = [shorten(mask(arrival.name)) for arrival, _sidecar in ledger.not_read()]
                yield _clock(arrivals, settings, now)
                yield _outbox(ledger, settings)
                yield _editions(ledger, settings)
                yield _checkpoints(ledger, settings)
    except DamagedLedgerError as error:
        yield Check("台账", "已损坏", (str(error),))
    except PipelineError as error:
        way = f" 也可以{_REPAIR}，从存档重建。" if isinstance(settings.paths.ledger_place, Path) else ""
        yield Check("台账", "打不开", (f"{error}{way}",))
    yield _archive(settings, arrivals, waiting)
    yield _inbox(settings, now)
    yield _night(settings, now, not_read)


def _folders(settings: Settings) -> Check:
    problems = []
    for name, folder in (("inbox", settings.paths.inbox), ("outbox", settings.paths.outbox), ("state", settings.paths.state)):
        if not folder.exists():
            problems.append(f"{name} 文件夹 {folder} 不存在。运行一次汇总会自动建立；路径写错的请改 config.yaml。")
        elif not _is_writable(folder):
            problems.append(f"{name} 文件夹 {folder} 写不进去。请检查权限，或磁盘是否只读。")
    archive = settings.paths.archive
    if archive.exists() and not _is_writable(archive):
        problems.append(f"存档文件夹 {archive} 写不进去，日报收不下来。请检查权限。")
    path = archive.parent / journal.NAME
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        problems.append(f"流水簿 {path} 没有读写权限。请检查权限；不用恢复备份，也不用修复。")
    return Check("文件夹", "收件箱、结果和台账文件夹都在，可以写入", tuple(problems))


def _is_writable(folder: Path) -> bool:
    # By writing: `os.access` does not know the rules of Windows and of network shares.
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _space(settings: Settings) -> Check:
    problems, sizes = [], []
    for name, folder in (("state", settings.paths.state), ("outbox", settings.paths.outbox)):
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(existing).free
        sizes.append(f"{name} 还有 {free / (1 << 30):.1f} GB")
        if free < _LEAST_FREE_BYTES:
            problems.append(f"{name} 所在磁盘只剩 {free / (1 << 20):.0f} MB。请腾出空间，至少留 1 GB。")
    return Check("磁盘空间", "，".join(sizes), tuple(problems))


def _fonts() -> Check:
    """Look for Chinese fonts, for those who look at the results on this computer."""
    if os.name == "nt":
        folder = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        has_fonts = any((folder / name).exists() for name in ("msyh.ttc", "simsun.ttc", "simhei.ttf"))
    else:
        lister = shutil.which("fc-list")
        if not lister:
            return Check("字体", f"这台电脑上没有 fc-list，无法查看字体；不影响汇总{_stand_ins()}", notes=_rare_characters())
        families = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        has_fonts = any(name in families for name in _FONTS)
    problem = "没有找到中文字体，在这台电脑上看结果可能显示为方框。请安装 Noto Sans CJK（fonts-noto-cjk）或思源黑体。"
    return Check("字体", f"有中文字体{_stand_ins()}", () if has_fonts else (problem,), _rare_characters())


def _rare_characters() -> tuple[str, ...]:
    """Return which kinds of character the PDF would show as boxes, with what helps."""
    _opened, missing = opened_fonts.showing("".join(_RARE))
    return tuple(
        f"PDF 专报印不出{kind}（如 {sample}），会印成方框。可以装{way}。" for sample, (kind, way) in _RARE.items() if sample in missing
    )


def _stand_ins() -> str:
    """Return what stands in for the fonts of official documents in the PDF; the report is whole all the same."""
    others = fonts.stand_ins()
    return f"；PDF 专报所用的公文字体，{'，'.join(others)}，装上原字体就会自动换用" if others else "；PDF 专报用公文字体"


def _templates(settings: Settings) -> Check:
    from pipeline.render.papers import briefing_files, leader_papers, notice, reconciliation_letter
    from pipeline.render.period import period_papers

    folder = inputs.templates_of(settings)
    papers = (briefing_files, notice, leader_papers, reconciliation_letter, period_papers)
    problems = tuple(problem for paper in papers for problem in paper.examine(folder))
    return Check("版式", "专报、督办通知、领导页、对账说明和阶段报告的版式可以用", problems, tuple(notice.unused(folder)))


def _readers(settings: Settings) -> Check:
    try:
        notes = tuple(words.READER_NOT_SHUT[name] for name in soundness.not_shut(settings))
    except (PipelineError, OSError) as error:
        return Check("读取进程", "启动不了", (str(error),))
    shut = "能启动" if notes else "关得住：打不开文件，连不上网络，碰不到别的程序"
    return Check("读取进程", shut, notes=notes)


def _clock(arrivals: list[Arrival], settings: Settings, now: datetime) -> Check:
    time = f"现在是 {now:%Y-%m-%d %H:%M}（{settings.calendar.timezone}）"
    if ahead := soundness.ahead(arrivals, now):
        newest = max(ahead, key=lambda arrival: arrival.envelope.received_at)
        moment = f"{newest.envelope.received_at.astimezone(settings.calendar.zone):%Y-%m-%d %H:%M}"
        problem = (
            f"有 {len(ahead)} 次收件的时间比现在还晚，最晚的是 {newest.name}，{moment}。请核对这台电脑的日期和时间；"
            "这台没有错的，是写信封文件的程序或电脑错了：在那个时间以前再送的更正不起作用。"
        )
        return Check("时钟", time, (problem,))
    return Check("时钟", time)


def _ledger(ledger: Ledger, settings: Settings, damage: Sequence[str]) -> Check:
    archive, problems = settings.paths.archive, []
    if damage:
        problems.append(
            f"台账的内容已经损坏：{'、'.join(damage)}。请用备份恢复整个 state 文件夹，或{_REPAIR}，从存档重建（旧台账会另存）。"
        )
    if damaged := ledger.damaged():
        names = _first(file.arrival.name for file in damaged)
        problems.append(f"{len(damaged)} 份文件在台账里的内容已经损坏（{names}）。请{_REPAIR}，从存档重建。")
    in_ledger = {arrival.identity for arrival, _sidecar in ledger.sound_arrivals()}
    noted = {arrival.identity for arrival, _sidecar in journal.arrivals(archive)}
    if not damage and (lost := soundness.untold(ledger, archive)):
        problems.append(f"流水簿里有 {len(lost)} 次收件台账没有记录或记得不同，台账可能是旧的。{_AGAIN}")
    if not damage and (days := sorted(published_rules.lost(ledger, settings.paths.outbox))):
        problems.append(f"{soundness.without_rules(days)}请{_REPAIR}，从结果的 manifest.json 补上。")
    if missing := in_ledger - noted:
        problems.append(f"台账里有 {len(missing)} 次收件流水簿（state/{journal.NAME}）没有记录。请{_REPAIR}，补记流水簿。")
    if torn := soundness.torn_lines(settings.paths.archive):
        problems.append(f"{torn}请{_REPAIR}：这些行会原样移到 state/{journal.ASIDE}，台账记得的会补记。")
    return Check("台账", f"完好，记有 {len(in_ledger)} 次收件，与流水簿一致", tuple(problems), upgrades.kept(settings.paths.ledger_place))


def _archive(settings: Settings, arrivals: list[Arrival] | None, waiting: set[str]) -> Check:
    """Check that every original's bytes have the sum of its name, and that the ledger knows each.

    `arrivals`: None where there is no readable ledger. `waiting`: the SHA-256 of which the ledger holds no lasting verdict.
    """
    archive = soundness.originals(settings.paths)
    try:
        names = {*archive.names()}
        damaged = archive.unsound(names)
    except ArchiveError as error:
        return Check("存档", "连不上", (str(error),))
    in_ledger = names if arrivals is None else {arrival.sha256 for arrival in arrivals}
    gone = in_ledger - names - journal.removed(archive.folder)
    problems = []
    if lost := sorted((damaged | gone) & waiting):
        problems.append(
            f"{len(lost)} 个原件损坏或不见了，内容没有计入，数字可能不准：{_some(lost, arrivals)}。"
            "请从备份把它们放回存档，或请旗区把当时的文件原样重新报送；下次运行自动重新计入。"
        )
    if changed := sorted(damaged - waiting):
        advice = (
            "数字不受影响；请从备份恢复这些文件。" if arrivals else "请从备份恢复这些文件；没有备份的，请旗区把当时的文件原样重新报送。"
        )
        problems.append(f"{len(changed)} 个原件的内容已改变：{_some(changed, arrivals)}。{advice}")
    if missing := sorted(gone - waiting):
        problems.append(f"{len(missing)} 个原件不见了：{_some(missing, arrivals)}。数字不受影响；请从备份恢复这些文件。")
    if unknown := sorted(names - in_ledger):
        problems.append(f"{len(unknown)} 个原件台账没有记录（例如 {unknown[0][:12]}…）。{_AGAIN}")
    return Check("存档", f"{len(names)} 个原件{f'（在 {archive.url}）' if archive.url else ''}逐字节核对无误", tuple(problems))


def _some(sums: list[str], arrivals: list[Arrival] | None) -> str:
    """Name the first few by the names under which they came."""
    names = {arrival.sha256: arrival.name for arrival in arrivals or ()}
    return _first(f"{names.get(sha256, '')}（archive/{sha256[:12]}…）" for sha256 in sums)


def _first(names: Iterable[str]) -> str:
    """Name the first few and whether there are more. How many is in the sentence around it."""
    listed = list(names)
    return "、".join(listed[:_MOST_SHOWN]) + (" 等" if len(listed) > _MOST_SHOWN else "")


def _outbox(ledger: Ledger, settings: Settings) -> Check:
    published = ledger.publications()
    changed = [day for day, (_made_from, manifest) in published.items() if not outbox.is_whole(settings.paths.outbox, day, manifest)]
    standing = found_results.look(settings.paths)
    # Days that a newer state wrote are not damaged, and to write them again would lose what it knew.
    newer = (
        {str(edition.day) for edition in standing if not edition.is_noted}
        if standing_editions.find_missing(settings, standing)
        else set[str]()
    )
    newer |= {day for day in changed if _is_later(ledger, settings, day)}
    count = len(published.keys() - newer - {*changed})
    changed = sorted({*changed} - newer)
    halves = (path for folder in (settings.paths.outbox, settings.paths.periods) for path in folder.glob(".*"))
    left = sorted(path.name for path in halves if path.name.endswith((".new", ".old")) and path.is_dir())
    problems = []
    if changed:
        problems.append(f"{len(changed)} 天的结果缺失或被改过：{_first(sorted(changed))}。请{_REPAIR}，按台账重新写出（被改过的会另存）。")
    if left:
        problems.append(f"有 {len(left)} 个上次中断留下的文件夹。下次运行会自动清理。")
    strange = [shorten(name) for name in outbox.strangers(settings.paths.outbox, (settings.paths.periods.name,))]
    notes = (
        [f"outbox 里有 {len(strange)} 个不是本程序写的，原样留着，不影响结果：{_first(strange)}。不该在那里的，请移走。"] if strange else []
    )
    if boxes := [f"{day}（{''.join(lacking)}）" for day in published if (lacking := _without_font(settings.paths.outbox / day))]:
        notes.append(f"{len(boxes)} 天的 PDF 专报里有字印成了方框：{_first(boxes)}。装上字体以后，可以 run.py --rewrite 重写。")
    if edited := sorted(folder.name for folder in periods.folders(settings) if not outbox.is_as_written(folder, periods.LISTED_IN)):
        notes.append(f"{len(edited)} 份阶段报告缺损或被改过：{_first(edited)}。要原样的，再运行一次 run.py period（改过的会另存）。")
    if newer:
        notes.insert(0, f"{len(newer)} 天的结果比台账新，没有与台账比对，见“各版”：{_first(sorted(newer))}。")
    return Check("结果", f"{count} 天的结果与台账里记的完全一致", tuple(problems), tuple(notes))


def _is_later(ledger: Ledger, settings: Settings, day: str) -> bool:
    """Whether the day's folder is whole and of an edition that the journal knows and the ledger, being older, does not."""
    if not outbox.is_as_written(settings.paths.outbox / day):
        return False
    in_ledger = {note.manifest for note in editions.notes(ledger)}
    later = [note for note in journal.editions(settings.paths.archive) if str(note.day) == day and note.manifest not in in_ledger]
    return any(outbox.has(settings.paths.outbox, note.day, note.manifest) for note in later)


def _without_font(folder: Path) -> list[str]:
    """Return the characters that the day's PDF could not show, as its manifest has them."""
    with suppress(OSError, ValueError, AttributeError, TypeError):
        return [str(character) for character in json.loads((folder / outbox.MANIFEST).read_bytes()).get("without_font", ())]
    return []


def _editions(ledger: Ledger, settings: Settings) -> Check:
    """Check that of every edition all is kept, that ledger and journal agree on them, and that the outbox holds none that is newer."""
    paths, noted = settings.paths, editions.notes(ledger)
    told = {edition.key for edition in journal.editions(paths.archive) if not edition.is_over}
    standing = found_results.look(paths)
    missing = standing_editions.find_missing(settings, standing)
    problems = standing_editions.told(settings, missing) if missing else []
    problems += unexplained_days.told(paths, unexplained_days.find(paths))
    unnoted = [edition for edition in standing if not edition.is_noted]
    if unnoted and not missing:
        days = _first(edition.day.isoformat() for edition in unnoted)
        problems.append(f"{len(unnoted)} 天的结果没有记作一版：{days}。请再运行一次汇总（python run.py），会补记，或另存被改过的。")
    if lacking := [*editions.lacking(ledger, paths.editions)]:
        named = _first(f"{edition.day} 第 {edition.number} 版" for edition in lacking)
        problems.append(
            f"{len(lacking)} 版的文件缺失或已改变：{named}。结果文件夹和数字不受影响。"
            f"请{_REPAIR}，找得到的会放回；找不到的，请从备份放回 {paths.editions}。"
        )
    if damaged := [edition.note for edition in editions.damaged(ledger)]:
        problems.append(f"{len(damaged)} 版在台账里的内容已经损坏：{_first(f'{edition.day}' for edition in damaged)}。请{_REPAIR}。")
    if told ^ {edition.key for edition in noted}:
        problems.append(f"台账和流水簿记的各版不一致。请{_REPAIR}，互相补记。")
    claims = earlier_claims.told(earlier_claims.look_everywhere(ledger, paths.editions))
    left_out = standing_editions.left_out_told(settings)
    return Check("各版", f"{len(noted)} 版都在，与写出时完全一致", tuple(problems), (*([left_out] if left_out else []), *claims))


def _checkpoints(ledger: Ledger, settings: Settings) -> Check:
    """Check that a fold of all facts comes to what the next night would go on from."""
    with suppress(NothingToConsolidateError):
        if day := plan.wrong_checkpoint(ledger, settings):
            problem = f"state/checkpoints 里 {day} 的中间结果与从头重算的不一致，下次汇总可能算错。请{_REPAIR}：会删去，从头算。"
            return Check("中间结果", "", (problem,))
    return Check("中间结果", "与从头重算的一致")


def _inbox(settings: Settings, now: datetime) -> Check:
    inbox_folder = settings.paths.inbox
    oddities = inbox.oddities(inbox_folder, now.timestamp(), settings.calendar.zone)
    named = {oddity.path for oddity in oddities}
    waiting = [shorten(name) for name in inbox.report_names(inbox_folder) if name not in named and _waits_long(inbox_folder / name, now)]
    problems = []
    if waiting:
        problems.append(f"{len(waiting)} 个文件已等待一天以上：{_first(waiting)}。请运行一次汇总，看它说为什么没有收下。")
    by_reason: dict[str, list[str]] = {}
    for oddity in oddities:
        by_reason.setdefault(oddity.reason, []).append(shorten(oddity.path))
    for reason, paths in by_reason.items():
        problems.append(f"{_first(paths)}{f' {len(paths)} 个' if len(paths) > _MOST_SHOWN else ''}：{reason}。")
    notes = () if inbox.knows_arrivals(inbox_folder) else (_NO_BIRTH,)
    return Check("收件箱", "没有滞留的文件", tuple(problems), notes)


def _night(settings: Settings, now: datetime, not_read: Sequence[str]) -> Check:
    """Say of the last night that it has no result, and what was taken in and not read; not while a run is at work."""
    failed, problems, notes = nights.look(settings, now), list[str](), list[str]()
    if failed and (failed.begun or failed.before):  # else no run was ever noted: an office that calls the program in another way
        # Whether it is to run every night, or is asked for single days, nothing tells.
        told = notes if failed.wrong is nights.Wrong.NOT_RUN else problems
        told.append(f"{failed.happened}{failed.stands}{failed.to_do}")
    if not_read and (failed or not nights.is_at_work(settings)):
        problems.append(f"{len(not_read)} 个文件已收下、还没有读，没有计入：{_first(not_read)}。请运行一次汇总，会从停下的地方继续。")
    return Check("上一次汇总", "没有没做完的，收下的文件都读过了", tuple(problems), tuple(notes))


def _waits_long(path: Path, now: datetime) -> bool:
    try:
        return now - datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo) > _LONG
    except OSError:  # taken in since
        return False
