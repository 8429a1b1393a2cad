"""What a receipt says in words: titles of the findings, what was taken, and by when to send again."""

from __future__ import annotations

from typing import Final

from pipeline.reading.receipt_layout import Obstacle, Why
from pipeline.report.submission_lines import ArrivedReport, Waiting
from pipeline.terms import messages, words
from pipeline.terms.contract import Severity

REFUSALS: Final = "退回的内容（必须改正后重新报送）：{count} 处"
REPLACED_REFUSALS: Final = "退回的内容（这一份已被代替，不用改）：{count} 处"
MOVED_REFUSALS: Final = "退回的内容（案件已由办公室改派别的旗区，不算填错，请照说明从表中删去）：{count} 处"
OFFICES_REFUSALS: Final = "退回的内容（要由办公室改好分解表，不算填错，这一份不用改）：{count} 处"
WARNINGS: Final = "提醒（{meaning}）：{count} 处"
UNDERSTOOD: Final = f"{words.UNDERSTOOD}：{{count}} 处，不用改（点左边的“＋”展开）"
READ: Final = "读作"
FLAWLESS: Final = "没有发现问题。"
HOW: Final = (
    "单元格标红的是退回，标黄的是提醒，标蓝的是照意思读了的，鼠标停在上面看批注；点“单元格”一栏可以直接跳过去。"
    "改好后保存，把整个文件重新报送即可：本表、批注和颜色都不用删，不影响采用。"
)
HOW_REPLACED: Final = (
    "单元格标红的是退回，标黄的是提醒，标蓝的是照意思读了的，鼠标停在上面看批注。这一份已被后来的一份代替，不用改，也不用再报；"
    "要改的以后来那一份的回执为准。"
)
HOW_DUPLICATE: Final = "这一份不用改，也不用再报；要改的以算数的那一份的回执为准。"
HOW_ALONE: Final = "{why}，所以没有标在原件上，下面逐条列出。请在自己的原件上改正后重新报送。"
ALONE_REPLACED: Final = (
    "{why}，所以没有标在原件上，下面逐条列出。这一份已被后来的一份代替，不用改，也不用再报；要改的以后来那一份的回执为准。"
)
OBSTACLES: Final = {
    Why.UNREAD: "文件没有读进去（原因见下）",
    Why.GONE: "原件已过保存期限，删掉了",
    Why.LOST: "原件不见了，或者已经损坏",
    Why.FORMAT: "原件是 {detail} 格式，也做不成 .xlsx 副本",
    Why.SHEET_NAME: "工作表“{detail}”的名称 .xlsx 不允许",
    Why.BYTES: "原件超过 {detail} MB",
    Why.UNPACKED: "原件解压后超过 {detail} MB",
    Why.CELLS: "原件的单元格超过 {detail} 个",
    Why.SHEETS: "原件的工作表超过 {detail} 张",
    Why.MARKS: "要标注的单元格超过 {detail} 个",
    Why.LARGE_PART: "标注后有一张工作表超过 {detail} MB",
    Why.PERSONAL: "{detail}里有个人号码，隐去会破坏原件",
    Why.UNKNOWN: "原件里有程序不认识的写法",
    Why.DIFFERS: "标注后 {detail} 会与原件不一致",
    Why.READER: "标注用时超过 {detail} 秒或内存不够",
}
"""What stood in the way of marks on the sender's own workbook."""
MORE: Final = "其余 {count} 处：{cells}"
LEFT_OUT: Final = "问题太多，还有 {count} 处没有列出。请先改正上面的，改好后再查一次。"


def verdict(report: ArrivedReport) -> str:
    """Return in one line what was taken of the file and what was not."""
    again = "再报送" if report.use == words.UNSENT else "重新报送"
    if report.use in (words.DUPLICATE, words.REPLACED):
        return _not_counting(report)
    if not report.revision:
        reasons = "、".join(dict.fromkeys(words.FINDING_TITLES[finding.code] for finding in report.findings if finding.refuses))
        return f"整个文件{'不会采用' if _is_coming(report) else '没有采用'}：{reasons}。请按下面的说明改正后{again}。"
    if refused := _refused_parts(report):
        taken = f"{_taking(report)} {report.rows_accepted} 行，{'，'.join(refused)}"
        return f"{_against_before(report) or taken}。{_to_do(report, again)}。"
    reminders = sum(not messages.is_understood(finding) for finding in report.findings) + len(report.reminders)
    found = (
        f"；有 {reminders} 处提醒，{'请看一看' if report.reminders else '不改也行'}。"
        if reminders
        else "。"
        if report.masked
        else "，没有问题。"
    )
    if against := _against_before(report):
        return f"{against}{found}"
    rows = f"，共 {report.rows_accepted} 行" if report.rows_accepted else f"，{words.EMPTY}"
    return f"{_taken_whole(report)}{rows}{found}"


def _to_do(report: ArrivedReport, again: str) -> str:
    if report.refuses_moved_alone:
        return "退回的都是已改派别的旗区的案件，不算填错，请照说明从表中删去"
    if messages.is_offices_alone(report.findings):
        return "退回的都是办公室分解表里退回了的案件，不算填错，这一份不用改；分解表要由办公室改好"
    return f"请改正后{again}"


def _is_coming(report: ArrivedReport) -> bool:
    """Whether no run has taken it in: what is said of it will be."""
    return report.use == words.UNSENT or report.waits is not None


def _taking(report: ArrivedReport) -> str:
    if report.use == words.UNSENT:
        return "现在报送，会采用"
    return "已报送，汇总时会采用" if report.waits else "已采用"


def _taken_whole(report: ArrivedReport) -> str:
    if report.use == words.UNSENT:
        return "可以报送"
    if report.waits:
        return f"已报送，汇总时{'全部' if report.rows_accepted else ''}采用"
    return "全部采用" if report.rows_accepted else "已收到并采用"


def _not_counting(report: ArrivedReport) -> str:
    """Return why a report counts for nothing, or will, though nothing is wrong with it."""
    if report.waits:
        instead = f"（{report.waits.instead}）" if report.waits.instead else ""
        if report.use == words.DUPLICATE:
            return f"与已报送的一份{instead}完全相同，汇总时忽略。不用再报。"
        return f"这一份已由后来的一份{instead}代替，汇总时不算数。"
    if report.use == words.DUPLICATE:
        return "与目前采用的日报完全相同，没有重复计入。不用再报。"
    rows = f"当时采用 {report.rows_accepted} 行，退回 {report.rows_refused} 行"
    return f"这一份已被第 {report.in_force} 版代替，现在以第 {report.in_force} 版为准（{rows}）。"


def _against_before(report: ArrivedReport) -> str:
    """Return what this version takes and refuses against the one before; '' where there was none, and where neither is settled."""
    if report.before is None or report.waits:
        return ""
    accepted, refused = report.before
    version = f"第 {report.revision} 版"
    any_refused = refused or report.rows_refused
    if report.before == (report.rows_accepted, report.rows_refused):
        rows = f"采用 {accepted} 行{f'，退回 {refused} 行' if any_refused else ''}"
        same = f"{version}：{rows}，行数与第 {report.revision - 1} 版相同"
    else:
        same = f"{version}：采用 {accepted} 行 → {report.rows_accepted} 行"
        same += f"，退回 {refused} 行 → {report.rows_refused} 行" if any_refused else ""
    return "，".join([same, *_refused_sheets(report)])


def refusals(report: ArrivedReport) -> str:
    """Return what stands above what was refused; what a later version replaced need not be mended."""
    if report.use == words.REPLACED:
        return REPLACED_REFUSALS
    if messages.is_offices_alone(report.findings):
        return OFFICES_REFUSALS
    return MOVED_REFUSALS if report.refuses_moved_alone else REFUSALS


def warnings(report: ArrivedReport) -> str:
    """Return what stands above the reminders: what they cost, as far as anything of the file was taken and counts."""
    if report.use == words.REPLACED:
        meaning = "这一份已被代替，不用改，下次请注意"
    elif report.use == words.DUPLICATE:
        meaning = "没有重复计入，不用改"
    elif report.refuses:
        meaning = "退回不是因为这些，下次请注意"
    else:
        meaning = f"{'会' if _is_coming(report) else '已'}照常采用，不改也可以，下次请注意"
    return WARNINGS.replace("{meaning}", meaning)


def how(report: ArrivedReport, obstacle: Obstacle | None) -> str:
    """Return how to mend what is marked, or why the file itself does not come back and what to do instead."""
    is_replaced = report.use == words.REPLACED
    if report.use == words.DUPLICATE:
        return HOW_DUPLICATE
    if obstacle is None:
        return HOW_REPLACED if is_replaced else HOW
    return (ALONE_REPLACED if is_replaced else HOW_ALONE).format(why=OBSTACLES[obstacle.why].format(detail=obstacle.detail))


def _refused_parts(report: ArrivedReport) -> list[str]:
    """Return what was refused of a file that was taken: rows, then sheets."""
    parts = [f"退回 {report.rows_refused} 行"] if report.rows_refused else []
    parts += _refused_sheets(report)
    return parts or (["有内容退回"] if report.refuses else [])


def _refused_sheets(report: ArrivedReport) -> list[str]:
    sheets = dict.fromkeys(finding.sheet for finding in report.findings if finding.severity is Severity.SHEET)
    return [f"“{name}”整张表没有采用" if name else "有一张表没有采用" for name in sheets]


def masked(report: ArrivedReport) -> str:
    """Return where the stars of an earlier receipt came back, and what to do; '' where none did."""
    if not report.masked:
        return ""
    taken, again = ("照这样报送，星号会", "") if report.use == words.UNSENT else ("星号已经", "后重新报送")
    taken = "汇总时星号会" if report.waits else taken
    where = messages.listed(report.masked, "处")
    return f"回执里遮住号码的星号还在：{where}。{taken}当作内容收下。请把这一段删去或改写{again}，不要再填号码。"


def state(report: ArrivedReport) -> str:
    """Return whose report it is, for which day, and as what it counts."""
    district, day = report.whose, report.day.isoformat()
    sent = f"第 {report.sent} 次报送 · " if report.sent > 1 else ""
    if report.waits:
        return f"{district} · {f'报告日期 {day} · ' if report.use != words.REFUSED else ''}{_waiting(report, report.waits)}"
    match report.use:
        case words.REFUSED:
            return f"{district} · 归入 {day} · {sent}退回"
        case words.UNSENT:
            return f"{district} · {f'报告日期 {day} · ' if report.revision else ''}自查，尚未报送"
        case words.DUPLICATE:
            return f"{district} · 报告日期 {day} · {sent}重复"
    by_first = "（按第 1 版的收到时间）" if report.revision > 1 else ""
    why = {"mended": "（截止以前报来的全部退回）", "refused": ""}.get(report.stands, by_first)
    standing = f" · {words.STANDS[report.stands]}{why}"
    return f"{district} · 报告日期 {day} · {sent}第 {report.revision} 版{standing}"


def _waiting(report: ArrivedReport, waits: Waiting) -> str:
    """Return that a report has been sent, when it came, and what it waits for."""
    number = f"收据号 {waits.number}，" if waits.number else ""
    will_be = {words.REFUSED: "等待汇总，会整份退回", words.REPLACED: "已由后来的一份代替", words.DUPLICATE: "汇总时忽略"}
    return f"已报送，{number}{words.moment(report.received_at, report.day)} 收到，{will_be.get(report.use, '等待汇总')}"


def send_again(report: ArrivedReport) -> str:
    """Return by when to send again; '' where there is no need to."""
    if not report.refuses or report.use == words.REPLACED or report.refuses_moved_alone or messages.is_offices_alone(report.findings):
        return ""
    verb = "报送" if report.use == words.UNSENT else "重新报送"
    if report.received_at > report.unmarked_until:
        return f"{verb}：请尽快。当天的结果会重新生成，并标明“更正”。"
    latest = f"最迟{words.moment(report.unmarked_until, report.day)}以前（再晚，当天的结果会标明“更正”）"
    if report.use == words.USED:
        if report.stands == "refused" and report.taken_at is None and not report.is_late:
            return f"{verb}：{words.moment(report.on_time_until, report.day)}以前送到算按时，以后改好的记为退回后改好，{latest}。"
        return f"{verb}：请尽快，{latest}{'；不影响这一天的“按时”' if report.stands == 'on-time' else ''}。"
    if report.is_late or report.in_force:
        return f"{verb}：请尽快，{latest}。"
    return f"{verb}：{words.moment(report.on_time_until, report.day)}以前送到算按时；已过这个时间的请尽快，{latest}。"
