"""The words that people read for one thing, each set of them in one table for everybody who shows them.

Where two of them call a thing by different words, its table has a column for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pipeline.terms.contract import CONFIRMED, NOT_ASKED, Severity

YES, NO, NONE = "是", "否", "—"
UNKNOWN_DISTRICT: Final = "未识别"
"""Stands for the district of a file that names none."""

# --- what became of a district's report --------------------------------------------------------------------------

REPORTED: Final = {"on-time": "按时", "late": "迟报", "missing": "未报"}
NOT_YET: Final = "还没有报"
"""What "missing" is called until the cut-off: who has not reported by then can still be on time."""
"""By `status` of summary.json: how a district reported for the day."""
STANDS: Final = {
    "on-time": "按时",
    "mended": "退回后改好",
    "late": "迟报",
    "excused": "迟报（已批准）",
    "refused": "全部退回",
    "returned": "整份退回",
    "lost": "原件遗失",
    "missing": "未报",
}
"""By `day.submissions.Stands`: how a district's report of a day stands, for board, 汇总 and calendars."""
ATTENDED: Final = {
    **{stands: STANDS[stands] for stands in ("on-time", "mended", "late", "excused", "refused", "returned")},
    "coming": "已到待收",
    "coming-late": "已到待收，迟报",
    "coming-refused": "已到，按现在会全部退回",
    "open": "还没到截止",
    "missing": STANDS["missing"],
    "lost": STANDS["lost"],
}
"""The same where what waits in the inbox and what is not due yet are looked at too: for board, desk and strips, in the order of tiles."""
STANDS_IN_LETTERS: Final = {**STANDS, "on-time": "按时报送"}

ASKED, RESTATED, WORST = "请决定", "更正", "需帮助"
"""The names of the lines of a day's answer that tell what is asked of leaders, and which figures of earlier days have become others."""
USED, REPLACED, DUPLICATE, REFUSED = "采用", "已被替换", "重复", "退回"
"""What became of one handed-in report."""
UNSENT: Final = "自查"
"""In the same place: somebody asks about a file before sending it."""
OF_ASSIGNMENT: Final = "分解表"
"""In the same place: the file is the assignment workbook."""


def whose(named: str, sent_by: str, *, is_own: bool) -> str:
    """Return whose a file is; of a stranger's (`is_own` false) who sent it and for whom.

    `named`: the district that it names; `sent_by`: the district whose registered sender sent it. '' where there is none.
    """
    if named and is_own:
        return named
    if sent_by:
        return f"{sent_by}送来，{f'封面写的是{named}' if named else '文件看不出写的是哪个旗区'}"
    return f"不能确认是谁送来，封面写的是{named}" if named else UNKNOWN_DISTRICT


# --- whether a target is met -------------------------------------------------------------------------------------

MET, MISSED, PROVISIONALLY = "达标", "未达标", "暂计"


def verdict(*, is_met: bool, is_certain: bool) -> str:
    """Return whether a target is met; while missing reports or refused rows could turn it, only provisionally."""
    return f"{'' if is_certain else PROVISIONALLY}{MET if is_met else MISSED}"


NO_ANSWER: Final = "none"
NAMED_NO_MORE: Final = "那份通知发出后按迟来的材料重新算过，现在没有这一件；按已经发出的算作回复"
"""Stands for an empty 群众确认 (contract 6, `confirmation`)."""
CONFIRMATIONS: Final = {CONFIRMED: "群众认可", NOT_ASKED: "未回访", NO_ANSWER: "没有填写"}
"""By `confirmation` of summary.json."""


# --- findings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CostWords:
    """What a finding of one severity costs, as each place says it."""

    document: str
    """In workbook and receipt."""
    terminal: str
    page: str
    """On the upload page, before sending."""


COSTS: Final = {
    Severity.FILE: CostWords("退回整个文件", "整份退回", "整份会退回"),
    Severity.SHEET: CostWords("退回整张表", "整表退回", "整张表会退回"),
    Severity.ROW: CostWords("退回这一行", "这些行会被退回", "这些行会退回"),
    Severity.WARNING: CostWords("提醒", "提醒（不会因此退回）", "提醒：不会因此退回"),
}
"""What costs most comes first."""
UNDERSTOOD: Final = "写法与模板不同，已经照意思读了"
"""Above what was read though it is written in another way (`messages.is_understood`): it costs nothing, and nothing is to be mended."""

FINDING_TITLES: Final = {
    "unreadable": "文件打不开",
    "encrypted": "文件加了密",
    "too-large": "文件过大",
    "macro-workbook": "带有宏",
    "not-the-template": "与模板不符",
    "unknown-district": "旗区不明",
    "bad-report-date": "报告日期有误",
    "sender-not-allowed": "发件人不在名单",
    "personal-column": "个人信息列",
    "duplicate": "重复报送",
    "rows-withdrawn": "再次报送时少了内容",
    "older-revision": "又报了旧的一版",
    "dispute-withdrawn": "不认可没有再报上",
    "reply-before-dispute": "答复早于不认可",
    "sidecar-outdated": "信封已过时",
    "wrong-place": "放错了地方",
    "unknown-case": "台账没有此案",
    "other-district": "不属于本旗区",
    "required": "必填未填",
    "not-in-list": "不在可选范围",
    "bad-date": "日期看不懂",
    "date-out-of-range": "日期不合理",
    "bad-number": "数字有误",
    "reply-missing": "缺少答复",
    "contradiction": "前后矛盾",
    "status-went-back": "状态倒退",
    "repeated-case": "案件重复",
    "case-exists": "新增案件的编号不能用",
    "personal-information": "个人信息",
    "late": "截止以后收到",
    "read-as": "照意思读了",
    "sheet-missing": "缺少工作表",
    "old-template": "模板较旧",
    "zero-report-with-rows": "零报告有内容",
    "prefilled-changed": "改了预填内容",
    "unknown-column": "没有读的列或表",
    "error-value": "错误值",
    "no-cached-value": "公式没有结果",
    "cover-incomplete": "封面不完整",
    "case-missing": "分解表少了案件",
    "deadline-beyond-statute": "时限过长",
    "extension-shortens": "延期反而提前",
    "assignment-postponed": "交办日期改晚",
}
"""Each code in a few characters, as the head of a comment. The sentences are in `messages.CATALOGUE`."""

# --- readers that the system does not shut in ----------------------------------------------------------------------

READER_NOT_SHUT: Final = {
    "calls": (
        "这台电脑的系统不能把读取日报的进程关起来（能关的是 x86_64 或 aarch64 处理器上的 Linux）。日报照常读取，时间有限制；"
        "但是特制的文件如果攻破了读取的程序，就能做运行汇总的这个用户能做的一切。请让汇总用一个只能进收件箱、结果和台账文件夹的用户运行。"
    ),
    "memory": "读取日报的进程不能限制内存，只限制时间：特大的文件可能占满这台电脑的内存。",
    "opening": "读取日报的进程还能打开运行汇总的这个用户能打开的文件。",
    "user": "汇总以 root 运行，读取日报的进程没能换成没有权限的用户。请换一个普通用户运行汇总。",
}
"""By what could not be taken away from a reader (`Confinement.lacking`)."""

# --- what needs following up -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FlagWords:
    """How one flag is described; `{days}` stands for the office's own span (`supervision.days_allowed`)."""

    name: str
    meaning: str
    """Beside the figures of page and workbook."""
    advice: str = ""
    """In the workbook's 督办清单; '' where nothing is asked."""
    rule: str = ""
    """In a 督办通知: by which rule the case stands there; '' where the flag is no matter for a notice."""
    asked: str = ""
    """In a 督办通知: what is asked of the district."""


FLAGS: Final = {
    "overdue": FlagWords(
        "超期未结",
        meaning="在办，且已过办结时限（有延期的按延期至）。",
        advice="请包案领导过问，限期办结；确需延期的，按程序办理延期。",
        rule="已过办结时限（有延期的按延期后的时限），仍未办结。",
        asked="请说明原因，抓紧办结；确需延期的，按程序报批。",
    ),
    "due_soon": FlagWords(
        "临近到期",
        meaning="在办，且距办结时限不超过 {days} 天（含当天；有延期的按延期至）。",
        advice="请责任单位在时限前办结并书面答复；预计不能按期的，提前办理延期。",
        rule="尚未办结，距办结时限不超过{days}天。",
        asked="请抓紧办理，确保按期办结。",
    ),
    "stalled": FlagWords(
        "停滞",
        meaning="在办，且状态没有变化、也没有今日进展已达 {days} 天。化解后群众又不认可的，天数写重新在办以来的。",
        advice="请旗区说明停滞原因，报送进展和下一步措施。",
        rule="尚未办结，连续{days}天以上没有状态变化，也没有报告进展。",
        asked="请说明办理情况，明确下一步措施。",
    ),
    "disputed": FlagWords(
        "群众不认可",
        meaning="报了“已化解”，但群众不认可且尚未解决；不计入已化解，仍算在办。",
        advice="请包案领导了解不认可的原因，重新答复或重新办理。",
        rule="已报化解，但群众不认可；群众认可、重新答复或重新办理以前，不计入化解。",
        asked="请包案领导与群众见面，重新研究答复意见。",
    ),
    "incomplete_assignment": FlagWords(
        "五个一不全",
        meaning="案由、包案领导、工作专班、化解方案、办结时限缺任何一项，不论办到哪一步。",
        advice="请旗区补齐所缺事项，办公室更新分解表。",
        rule="案由、包案领导、工作专班、化解方案、办结时限，缺少一项或几项。",
        asked="请尽快补齐并报备。",
    ),
    "acceptance_overdue": FlagWords(
        "超期未受理",
        meaning="交办后超过 {days} 天仍是“已交办”。",
        advice="请旗区尽快受理；已经受理的，及时更新状态。",
        rule="交办后超过{days}天，仍为“已交办”，没有受理。",
        asked="请立即受理，并告知信访人。",
    ),
    "cancelled": FlagWords("已撤销", meaning="分解表填有撤销依据；不计入总数。"),
    "missing_from_assignment": FlagWords(
        "分解表缺失",
        meaning="新分解表中不见了、又没有撤销依据；仍按原内容计入总数。",
        advice="请办公室核对分解表：确需撤销的，保留该行并填写撤销依据。",
    ),
}
"""Every flag (contract 6, `flags`), in the order in which they are shown."""

# --- what changed, and what leaders decide -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KindWords:
    """What one kind of change, step or decision is called, and what it means beside the figures."""

    name: str
    meaning: str
    asked: str = ""
    """What the rules ask of leaders where the district asks nothing itself."""


STEPS: Final = {
    "restated": KindWords("前一日更正", "次日12:00（可以另设）以后才收到的日报或更正，改变了前一日的数字。"),
    "given": KindWords("改派", "案件从别的单位改派来，或改派到别的单位；只在一个单位自己的报表里有。"),
    "regrouped": KindWords("分组调整", "考核分组从当日起改变，案件来源转入或转出这一组。"),
    "new": KindWords("新交办", "前一日不在台账，由分解表交办。"),
    "found": KindWords("旗区新排查", "前一日不在台账，由旗区排查报送。"),
    "back": KindWords("恢复（不再撤销）", "前一日已撤销，现行分解表不再写撤销依据，重新计入。"),
    "missing_again": KindWords(
        "恢复（分解表漏列或该行被退回，撤销失效）", "前一日已撤销，现行分解表漏列或该行被退回，撤销失效，重新计入。"
    ),
    "back_moved_in": KindWords("恢复并由别组改入", "前一日已撤销、来源属另一组，当日不再撤销，来源改入这一组。"),
    "moved_in": KindWords("来源改入", "案件来源改动，由另一组转入。"),
    "newly_resolved": KindWords("新化解", "当日计入化解，前一日没有计入；恢复计入、由别组改入的，前一日还没有化解的才算。"),
    "cancelled": KindWords("撤销", "当日写有撤销依据，不再计入。"),
    "moved_out": KindWords("来源或交办日期改出", "案件来源改动，转到另一组；或交办日期改到以后。"),
    "reopened": KindWords("重新办理", "前一日计入化解，当日状态不再是“已化解”。"),
    "disputed": KindWords(FLAGS["disputed"].name, "前一日计入化解，当日群众不认可尚未解决。"),
    "other": KindWords("其他", "前一日计入化解，当日因其他原因不再计入。"),
}
"""The steps from yesterday's figures to today's, those that add first."""

WINDOWS: Final = {
    "due_soon_days": KindWords("临近到期的天数", "天"),
    "stalled_days": KindWords("停滞的天数", "天"),
    "acceptance_days": KindWords("超期未受理的天数", "天"),
    "conclude_days": KindWords("办结时限提醒的天数", "天"),
    "extension_days": KindWords("延期提醒的天数", "天"),
    "new_cases_per_report": KindWords("缺报的日报可能新增的件数", "件"),
}
"""What the office's windows are called, with their unit."""
CALENDAR: Final = {
    "cut_off": KindWords("当日报送截止时间", ""),
    "correction_after": KindWords("次日起算更正的时刻", ""),
    "oldest_report_days": KindWords("补报最多可以晚的天数", "天"),
}

DECISIONS: Final = {
    "urgent": KindWords("急报事项", "旗区当日报来、有请求的急报事项；没有请求的另列，请知悉。"),
    "disputed": KindWords(FLAGS["disputed"].name, "在办，报了“已化解”而群众不认可。", "请包案领导与群众见面，研究新的答复意见"),
    "overdue": KindWords(FLAGS["overdue"].name, FLAGS["overdue"].meaning, "请确定办结办法和时间，符合规定的按程序延期"),
    "coordination": KindWords("需协调事项", "在办，旗区在“需协调事项”里有请求。"),
}
"""Why a matter stands among those that need a decision, in their order."""
BEYOND: Final = "（超过法定延长上限，请核）"
"""Behind a deadline that is extended by more days than the regulation allows."""

CHANGES: Final = {
    "newly_resolved": KindWords("新化解", "当日计入化解、前一日没有计入的案件；恢复计入的不在此列。"),
    "counted_again": KindWords("恢复计入", "前一日已撤销、撤销前后报过已化解，当日不再撤销而重新计入化解的案件：不是当日化解的。"),
    "reopened": KindWords("重新办理", "当日由“已化解”退回办理的案件，均写明了原因。"),
    "no_longer_counted": KindWords("不再计入化解", "前一日计入化解、当日不再计入的案件（重新办理、群众不认可等），撤销的不在此列。"),
    "new_cases": KindWords("新增案件", "前一日不在台账、当日列入台账的案件。"),
    "withdrawn_cases": KindWords("报来又撤下的新增案件", "旗区当日先报、再次报送时又撤下的新增案件，前一日和当日的总数里都没有。"),
    "refused_new_cases": KindWords(
        "报来又退回的新增案件", "旗区当日先报、再次报送时没有采用（退回）的新增案件，前一日和当日的总数里都没有。"
    ),
    "former": KindWords("不再在台账", "前一日的专报里有，而后来收到的更正不再包含的案件，总数因此减少。"),
    "withdrawn_disputes": KindWords(
        "不认可没有再报上", "旗区报过“不认可”，更正以后采用的内容里没有、也没有“认可”的案件：去掉了，或者所在的行退回。"
    ),
    "ended_disputes": KindWords(
        "原不认可、现计入化解", "此前报群众不认可、现在计入化解的案件：群众认可，更正为认可，或者另行答复而群众尚未认可。"
    ),
    "newly_disputed": KindWords("群众不认可", "当日成为“已化解”而群众不认可的案件，不计入化解；前一日计入的，也在“不再计入化解”里。"),
    "newly_overdue": KindWords("新超期", "前一日在台账里还没有超期、当日成为超期未结的案件。"),
    "newly_stalled": KindWords("新停滞", "前一日在台账里还没有停滞、当日成为停滞的案件。"),
    "referred": KindWords("导入法定途径", "当日导入法定途径的案件：仍在总数里，不计入化解，不再由旗区办理。"),
    "referred_back": KindWords("从法定途径回来办理", "前一日已导入法定途径、当日又回来办理的案件。"),
    "status": KindWords("状态变化", "当前状态与前一日不同、又不属于以上各类的案件。"),
}
"""What changed on the day, case by case."""

BY_TIME: Final = {"newly_overdue": "overdue", "newly_stalled": "stalled"}
"""Of these the kinds that need no report to come about, each with its flag."""

PASSING: Final = "报来又撤下或退回的新增案件"
"""The two kinds of new cases that a later report of the day no longer has."""

ENDED_DISPUTES: Final = {
    "answered": "另行答复后计入，群众尚未认可",
    "corrected": "更正为认可",
    "confirmed": "群众已认可",
}
"""How a 不认可 ended that had been told; one that a correction takes back without 认可 is told apart."""

# --- lists -------------------------------------------------------------------------------------------------------


def first_of(names: Sequence[str], most: int, between: str = "、") -> str:
    """Return the names in a list, of many the first of them: A、B、C等."""
    return f"{between.join(names[:most])}{'等' if len(names) > most else ''}"


# --- when a report came ------------------------------------------------------------------------------------------


AHEAD: Final = "的收到时间写得比现在还晚，在那以前再报的不算数，请打电话告诉办公室"
"""After a report whose envelope gives a time to come: why it counts and a later one does not."""


def near(day: date, anchor: date | None) -> str:
    """Return a day as sentences say it, such as 5月21日; with its year where that is not the anchor's."""
    year = "" if anchor is None or day.year == anchor.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def moment(at: datetime, anchor: date | None = None) -> str:
    """Return a moment as sentences say it: 5月22日08:30; with its year where that is not the anchor's."""
    return f"{near(at.date(), anchor)}{at:%H:%M}"


def clock(at: datetime, day: date) -> str:
    """Return when something came for that day, such as 16:59, with its own day where that is another: 5月22日08:30."""
    return f"{at:%H:%M}" if at.date() == day else moment(at, day)


def mended(came: datetime, first: datetime) -> str:
    """Return how a report stands of which nothing was taken by the cut-off, with when it was mended: 退回后改好（18:20）."""
    return f"{STANDS['mended']}（{clock(came, first.date())}）"


ZERO: Final = "零报告"
EMPTY: Final = "没有内容行"
"""Of a report in which no row is filled, whatever its cover says."""


def without_rows(*, is_zero: bool) -> str:
    """Return what a report without rows is called: by its cover a zero report, or one in which nothing is filled."""
    return ZERO if is_zero else EMPTY


def zero_report(rows: int | None, *, is_zero: bool) -> str:
    """Return what a report is called whose cover says that there is nothing to report; `rows`: of it so many count, where that is known."""
    return ZERO if is_zero else f"封面写{ZERO}，{f'采用{rows}行' if rows else '表里有内容'}"


def first_and_last(day: date, first: tuple[datetime, bool], last: tuple[datetime | None, bool]) -> str:
    """Return when the first report of a day came and when the one in force did: 首报 16:59 零报告，23:00 更正.

    Each comes with whether it is a zero report; without a last moment the first one is in force.
    """
    (came, was_zero), (replaced, is_zero) = first, last
    came_first = f"首报 {clock(came, day)}{f' {ZERO}' if was_zero else ''}"
    return f"{came_first}，{clock(replaced, day)} 更正{f'为{ZERO}' if is_zero else ''}" if replaced else came_first
