"""What can be typed on the command line, and what is said of it: argparse with its words in Chinese."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from pipeline import CONTRACT_VERSION, __version__
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.text import on_screen

if TYPE_CHECKING:
    from pipeline.settings.config import Settings

_DESCRIPTION = "旗区信访事项日报的夜间汇总。不带命令时：收下收件箱里的文件，核对、合并，写出当天的汇总结果。"
_EPILOG = """退出状态：0 完成（不论有多少行被退回）；2 用法或设置有误；3 没有可用的案件包案任务分解表；
4 另一次汇总正在运行；1 没有做完：程序自身出错（请把错误报告发给维护人员）、结果文件夹被占用，或被中断；
143 被系统要求结束（SIGTERM）。没有做完的，再运行一次会接着做。
check 的退出状态：0 没有会被退回的内容；1 有；2 用法或设置有误。
doctor 的退出状态：0 一切正常；1 有问题；2 用法或设置有误。"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command's arguments."""
    top = _Parser(prog="run.py", description=_DESCRIPTION, epilog=_EPILOG)
    version = f"旗区信访事项日报汇总 {__version__}（合同第 {CONTRACT_VERSION} 版）"
    top.add_argument("--version", action="version", version=version, help="显示程序的版本")
    _add_common(top, default=Path("config.yaml"))
    _add_days(top)
    _add_without(top)
    commands = top.add_subparsers(dest="command", title="命令", metavar="COMMAND")
    nightly = commands.add_parser("nightly", help="夜间汇总（与不带命令相同）")
    _add_common(nightly)
    _add_days(nightly)
    _add_without(nightly)
    _add_demo(commands)
    check = commands.add_parser(
        "check",
        help="报送前自查：列出文件里的问题，不收下任何东西",
        description="报送前自查：按此刻报送来核对，按种类列出问题和单元格，不收下任何东西。没有会被退回的内容时退出状态为 0，否则为 1。",
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="日报工作簿；也可以是案件包案任务分解表，或放着它们的文件夹")
    check.add_argument(
        "--receipt",
        nargs="?",
        type=Path,
        const=Path(),
        metavar="PATH",
        help="另外写出回执：带标注的日报副本，照着改好就能报送。PATH 是文件或文件夹（默认：当前文件夹），写在最后；不覆盖已有的文件",
    )
    _add_common(check)
    _add_doctor(commands)
    _add_sending(commands)
    _add_templates(commands)
    _add_fetch(commands)
    _add_urgent(commands)
    _add_serving(commands)
    _add_editions(commands)
    _add_status(commands)
    _add_explaining(commands)
    _add_period(commands)
    _add_rota(commands)
    _add_rehearsing(commands)
    return top


def chosen_days(options: argparse.Namespace) -> list[date]:
    """Return the days that were named; none where none were. Raises ConfigurationError."""
    chosen, first, last = (getattr(options, name, None) for name in ("date", "first", "last"))
    if chosen and (first or last):
        msg = "--date 不能与 --from、--to 一起用。"
        raise ConfigurationError(msg)
    if chosen:
        return [chosen]
    if not first and not last:
        return []
    if not first or not last or first > last:
        msg = "--from 和 --to 要一起给出，且 --from 不晚于 --to。"
        raise ConfigurationError(msg)
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def today(now: datetime, settings: Settings) -> date:
    """Return the day that a run without a date is about: in the morning it is yesterday."""
    return now.date() - timedelta(days=now.time() < settings.on(now.date()).calendar.day_turns)


def asked_days(options: argparse.Namespace, now: datetime, settings: Settings) -> list[str]:
    """Return the days that a run is asked for, in words; none where it is asked for more, or one is to come. Raises ConfigurationError."""
    if any(getattr(options, name, None) for name in ("rewrite", "without", "steps")):
        return []
    days = chosen_days(options)
    return [] if days and max(days) > now.date() else [f"{day}" for day in days] or [f"up to {today(now, settings)}"]


def belongs(option: object, other: object, sentence: str) -> None:
    """Raise ConfigurationError with that sentence where an option is given without the other that it belongs to."""
    if option and not other:
        raise ConfigurationError(sentence)


def _add_demo(commands: argparse._SubParsersAction[_Parser]) -> None:
    demo = commands.add_parser("demo", help="在文件夹 DIR 里造一周逼真的数据并汇总，然后说明先看哪几个文件")
    demo.add_argument("dir", nargs="?", type=Path, default=Path("demo"), metavar="DIR", help="空文件夹或还不存在的文件夹（默认 demo）")
    demo.add_argument("--today", action="store_true", help="这一周到今天为止，好试报送情况、上传和发信（不写：2020 年 5 月的一周）")


def _add_editions(commands: argparse._SubParsersAction[_Parser]) -> None:
    editions = commands.add_parser("editions", help="哪天写出过几版、什么时候写的，每一版和前一版有什么不同")
    _add_common(editions)
    _add_date(editions, "只看哪一天（默认：所有还留着各版的日子）")
    editions.add_argument("--json", action="store_true", help="写成 JSON，供程序读取")


def _add_status(commands: argparse._SubParsersAction[_Parser]) -> None:
    status = commands.add_parser("status", help="谁已报送、什么在等待、什么被退回")
    _add_common(status)
    _add_date(status, "哪一天（默认：今天，中午以前为昨天）")
    status.add_argument("--json", action="store_true", help="写成 JSON，供监控程序读取")


def _add_date(command: _Parser, meaning: str) -> None:
    command.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help=meaning)


def _add_explaining(commands: argparse._SubParsersAction[_Parser]) -> None:
    explain = commands.add_parser(
        "explain",
        help="查来历：一个案件的每一行从哪里来、改变了什么；一个数字数了哪些案件",
        description="查来历：一个案件从头到尾的每一行，和它为什么计入或不计入；一个数字数了哪些案件、没数哪些、为什么。只看台账，不收下任何东西。",
    )
    _add_common(explain)
    what = "案件编号（如 SJ-2020-014），或数字：组别（如 自治区交办），后面可以加 / 和旗区、案件来源、问题类别或包案领导"
    explain.add_argument("what", metavar="WHAT", help=what)
    _add_date(explain, "按哪一天（默认：今天，中午以前为昨天）")
    explain.add_argument("--json", action="store_true", help="写成 JSON，供程序读取")


def _add_period(commands: argparse._SubParsersAction[_Parser]) -> None:
    period = commands.add_parser(
        "period",
        help="阶段报告：一周或任意几天，期初到期末各组、各旗区、各领导的变化",
        description="阶段报告：期初和期末的数字、新化解和重新办理、余下的案件、办理用时、报送日历、更正，写成 Word、PDF、网页和工作簿。"
        "只看台账里已有的材料，不收下任何东西。",
    )
    _add_common(period)
    period.add_argument("--from", dest="first", type=_day, required=True, metavar="YYYY-MM-DD", help="从哪一天")
    period.add_argument("--to", dest="last", type=_day, required=True, metavar="YYYY-MM-DD", help="到哪一天（含），不能晚于今天")
    period.add_argument("--closing", action="store_true", help="写成结项报告")


def _add_rota(commands: argparse._SubParsersAction[_Parser]) -> None:
    rota = commands.add_parser(
        "rota",
        help="接访排班：按包联旗区里的领导轮流排，每个工作日一位",
        description="接访排班：每位领导轮过一遍，才轮第二遍；休假的跳过，回来先排；分解表“接访排班”里已有的照旧。写成可以手工改的工作簿，不收下任何东西。",
    )
    _add_common(rota)
    rota.add_argument("--from", dest="first", type=_day, required=True, metavar="YYYY-MM-DD", help="从哪一天")
    rota.add_argument("--to", dest="last", type=_day, required=True, metavar="YYYY-MM-DD", help="到哪一天（含）")
    rota.add_argument("--output", type=Path, metavar="FILE", help="写成哪个 .xlsx 文件（默认：结果文件夹旁边的“接访排班_起_止.xlsx”）")


def _add_rehearsing(commands: argparse._SubParsersAction[_Parser]) -> None:
    rehearse = commands.add_parser(
        "rehearse",
        help="规则试算：按另一份设置把过去几天重算一遍，看哪些数字、案件会不同",
        description="规则试算：把过去几天按另一份设置从头算一遍，当作它一直如此，与已发布的比，列出哪些数字、案件、标记会不同。"
        "只看，什么都不改动；NEW 里写的文件夹不用，用的是本办公室的。本办公室的设置文件用 --config 指出时，写在 rehearse 前面。",
    )
    rehearse.add_argument("--config", dest="new", type=Path, metavar="NEW", help="要试的设置文件（不写：现在的设置）")
    rehearse.add_argument("--from", dest="first", type=_day, required=True, metavar="YYYY-MM-DD", help="从哪一天")
    rehearse.add_argument("--to", dest="last", type=_day, required=True, metavar="YYYY-MM-DD", help="到哪一天（含），不能晚于今天")
    rehearse.add_argument("--json", action="store_true", help="写成 JSON，供程序读取")
    rehearse.add_argument("--workbook", type=Path, metavar="FILE", help="另外写成工作簿（.xlsx），每一件一行；不覆盖已有的文件")


def _add_sending(commands: argparse._SubParsersAction[_Parser]) -> None:
    send = commands.add_parser(
        "send",
        help="发信：给旗区的回执、督办通知、模板，给领导的专报，到点催报",
        description="把该发的信发出去，同样的内容给同一个收件人只发一次。给旗区的在当天截止时间以后发，给领导的在次日早上发。",
    )
    _add_common(send)
    send.add_argument("--dry-run", action="store_true", help="只列出现在该发的信，不发")
    send.add_argument(
        "--release",
        action="store_true",
        help="放行等着办公室看过的、给领导的信（设置了看过再发的），然后发信",
    )
    send.add_argument(
        "--unknown",
        choices=["again", "done"],
        help="下落不明的信（服务器可能收到了）核实以后怎么办：again 重发，done 对方已收到",
    )
    send.add_argument("--to", metavar="ADDRESS", help="--unknown 只指发给这个收件人的信（默认：所有下落不明的信）")


def _add_doctor(commands: argparse._SubParsersAction[_Parser]) -> None:
    doctor = commands.add_parser("doctor", help="体检：核对设置、文件夹、台账、存档和已发布的结果，并说明怎么修复")
    _add_common(doctor)
    doctor.add_argument("--repair", action="store_true", help="修复能修复的：从存档重建台账，从台账重写结果")
    doctor.add_argument(
        "--without",
        action="append",
        default=[],
        type=_archived,
        metavar="NAME",
        help="与 --repair 合用：原件已损坏或不见、备份里也没有的，决定不计入；写它在存档里的文件名或开头 12 位，可以写几次",
    )


def _add_without(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--without",
        action="append",
        default=argparse.SUPPRESS,
        type=_archived,
        metavar="NAME",
        help="现有结果用到、台账和存档却都没有、也找不回来的收件，决定不计入；写屏幕列出的编号，或来历不明的结果是哪一天的，可以写几次",
    )


def _add_fetch(commands: argparse._SubParsersAction[_Parser]) -> None:
    fetch = commands.add_parser(
        "fetch",
        help="收邮件：把邮箱里的附件放进收件箱",
        description="收邮件：把设置里写的每个邮箱的新邮件看一遍，附件放进收件箱，夜里汇总时核对。中断了再运行一次，不会丢失或重复。",
    )
    _add_common(fetch)


def _add_urgent(commands: argparse._SubParsersAction[_Parser]) -> None:
    urgent = commands.add_parser(
        "urgent",
        help="急报：把等待汇总的日报里的急报事项，马上发给当天值班的领导",
        description="急报：看收件箱里（网页上传的也在里面）等待汇总的日报，把急报事项发给分解表“接访排班”里今天值班的领导；没有排班或没有地址的，"
        "发给收专报的领导。同一件事只发一次。不收下任何东西，汇总正在运行时也可以运行，隔几分钟运行一次就行。",
    )
    _add_common(urgent)


def _add_templates(commands: argparse._SubParsersAction[_Parser]) -> None:
    templates = commands.add_parser(
        "templates",
        help="做好各旗区某一天的日报模板，在办和群众不认可的案件已预先填好",
        description="做好各旗区某一天的日报模板，预先填好在办和群众不认可的案件现在的情况。不收下任何东西，也不改动已写出的结果。",
    )
    _add_common(templates)
    _add_date(templates, "哪一天的日报（默认：截止时间以前为今天，以后为明天）")
    templates.add_argument("--output", type=Path, metavar="DIR", help="写到哪个文件夹（默认：结果文件夹旁边的“日报模板_日期”）")
    templates.add_argument("--blank", action="store_true", help="改做空白的日报模板和案件包案任务分解表模板")


def _add_serving(commands: argparse._SubParsersAction[_Parser]) -> None:
    serve = commands.add_parser("serve", help="上传网页：旗区在浏览器里自查、报送，办公室看报送情况")
    _add_common(serve)
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="在哪个地址上等候（默认 127.0.0.1，只有本机能打开）")
    serve.add_argument("--port", type=_port, default=8000, metavar="N", help="端口（默认 8000）")
    user = commands.add_parser("user", help="上传网页的用户：增加、给一次性链接、停用、列出")
    _add_common(user)
    actions = user.add_subparsers(dest="action", title="操作", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="增加一个用户，并给出设置密码的一次性链接")
    add.add_argument("name", metavar="NAME", help="用户名（登录时输入）")
    whose = add.add_mutually_exclusive_group(required=True)
    whose.add_argument("--district", metavar="NAME", help="哪个旗区的填报人")
    whose.add_argument("--office", action="store_true", help="办公室的人")
    add.add_argument("--address", metavar="ADDRESS", help="邮箱，记作报送的发件人；填报人的必须在 config.yaml 该旗区的 senders 里")
    for name, help_ in (("link", "给出新的一次性链接（忘了密码、链接过期、停用后恢复）"), ("disable", "停用：立即不能再登录")):
        action = actions.add_parser(name, help=help_)
        action.add_argument("name", metavar="NAME", help="用户名")
        _add_common(action)
    for action in (add, actions.add_parser("list", help="列出所有用户")):
        _add_common(action)


def _port(written: str) -> int:
    if not written.isdecimal() or not 1 <= int(written) <= 65535:  # noqa: PLR2004 - what TCP knows
        message = f"端口“{written}”应为 1 到 65535 的整数"
        raise argparse.ArgumentTypeError(message)
    return int(written)


def _add_common(parser: argparse.ArgumentParser, default: Path | None = None) -> None:
    fallback = default or argparse.SUPPRESS
    parser.add_argument("--config", type=Path, default=fallback, metavar="FILE", help="设置文件（默认：当前文件夹的 config.yaml）")


def _add_days(parser: argparse.ArgumentParser) -> None:
    fallback = argparse.SUPPRESS
    parser.add_argument("--date", type=_day, default=fallback, metavar="YYYY-MM-DD", help="汇总哪一天（默认：今天，中午以前为昨天）")
    parser.add_argument(
        "--rewrite",
        action="store_true",
        default=fallback,
        help="设置、模板或程序改动以后，按现在的规则重写已经发布的日子（--date 或 --from、--to 给出的；都不给是全部）",
    )
    parser.add_argument("--steps", action="store_true", default=fallback, help=argparse.SUPPRESS)  # for the upload site, which reads along
    parser.add_argument("--from", dest="first", type=_day, default=fallback, metavar="YYYY-MM-DD", help="从哪一天")
    parser.add_argument("--to", dest="last", type=_day, default=fallback, metavar="YYYY-MM-DD", help="到哪一天（含）")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        message = f"日期“{written}”应写成 2020-05-21 这样"
        raise argparse.ArgumentTypeError(message) from None


def _archived(written: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{12,64}|\d{4}-\d\d-\d\d", lower := written.strip().lower().rstrip(".…")):
        message = f"“{written}”应是原件在存档里的文件名，或它的开头至少 12 位；或一天，如 2026-01-31"
        raise argparse.ArgumentTypeError(message)
    return lower


# --- argparse's own words ----------------------------------------------------------------------------------------


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """argparse with its few words for people in Chinese."""

    def __init__(self, **named: Any) -> None:  # noqa: ANN401 - handed on as they came
        super().__init__(**{**named, "formatter_class": _Formatter, "add_help": False})
        self.color = False  # from Python 3.14 on it would write control sequences
        self._optionals.title = "选项"
        self._positionals.title = "参数"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        """End with what is wrong with the arguments."""
        self.print_usage(sys.stderr)
        self.exit(2, f"用法有误：{in_chinese(message)}。用 --help 查看用法。\n")

    def _print_message(self, message: str, file: IO[str] | None = None) -> None:  # type: ignore[override]
        super()._print_message("\n".join(map(on_screen, message.split("\n"))), file)


_WORDS = (
    (r"unrecognized arguments: (?P<what>.*)", "不认识“{what}”"),
    (
        r"argument (?P<where>.*?): invalid choice: (?P<what>.*) \(choose from (?P<choices>.*)\)",
        "没有 {what} 这个命令，可以用的是：{choices}",
    ),
    (r"argument (?P<where>.*?): expected one argument", "{where} 后面要写一个值"),
    (r"argument (?P<where>.*?): expected (?:at least one|\d+) arguments?", "{where} 后面要写值"),
    (r"argument (?P<where>.*?): ignored explicit argument (?P<what>.*)", "{where} 后面不写值"),
    (r"one of the arguments (?P<what>.*) is required", "{what} 要写其中一个"),
    (r"argument (?P<where>.*?): not allowed with argument (?P<what>.*)", "{where} 不能与 {what} 一起用"),
    (r"argument (?P<where>.*?): invalid .* value: (?P<what>.*)", "{where} 不能是 {what}"),
    (r"argument (?P<where>.*?): (?P<what>.*[\u4e00-\u9fff].*)", "{where} 的{what}"),
    (r"ambiguous option: (?P<what>.*) could match (?P<choices>.*)", "{what} 可以是几个选项：{choices}，请写全"),
    (r"the following arguments are required: (?P<what>.*)", "缺少 {what}"),
)


def in_chinese(message: str) -> str:
    """Return argparse's message in Chinese; a message that is not in the table becomes a plain sentence."""
    for pattern, sentence in _WORDS:
        match = re.fullmatch(pattern, message, re.DOTALL)
        if match:
            return sentence.format_map(match.groupdict())
    return "写法不对"
