"""What the workbook says around the figures: names of sheets, headings, definitions and advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from pipeline.render import districts
from pipeline.report import exemptions, notice_words
from pipeline.report.case_lines import CaseLine, Notice, Settled, SettledSince
from pipeline.report.report import Report
from pipeline.report.submission_lines import SubmissionLine
from pipeline.terms.contract import RESOLVED
from pipeline.terms.words import NO, NONE, YES, near

SHEETS: Final = {
    "说明": "怎样看这份汇总表",
    "总览": "信访事项办理情况汇总",
    "决策事项": "需要决策的事项",
    "目标完成": "目标完成情况",
    "旗区": "各旗区办理情况",
    "包案领导": "包案领导办理情况",
    "案件台账": "案件台账",
    "数字明细": "各数字的案件明细",
    "今日变化": "今日变化",
    "更正情况": "更正情况",
    "督办清单": "督办清单",
    "接访情况": "接访情况",
    "急报事项": "急报事项",
    "报送情况": "日报报送情况",
    "报送日历": "近三十天日报报送情况",
    "问题清单": "报送材料问题清单",
    "撤销案件": "撤销案件",
    "核查提示": "核查提示",
    "对账": "分解表和日报对账",
    "豁免": "豁免",
    "法定期限": "受理、办结和提出异议的法定期限",
    "督办回复": "督办通知的回复",
    "诉求认定": "诉求认定情况",
    "接访下访": "领导接访下访情况",
}
"""Every sheet in its order, with the title at its top."""

MOVED: Final = districts.LISTS
OF_UNIT: Final = (
    "案件台账",
    "决策事项",
    "今日变化",
    "督办清单",
    "急报事项",
    "接访情况",
    "报送情况",
    "问题清单",
    "撤销案件",
    "法定期限",
    "核查提示",
    "对账",
)
"""The sheets of a unit's own workbook."""
OF_FIGURES: Final = ("说明", "目标完成", "旗区", "包案领导", "诉求认定")
"""The sheets of formulas, and the one that says how to read them."""
UNITS_FOLDER: Final = districts.WORKBOOKS
IN_UNITS: Final = f"案件很多的一天，逐案清单按旗区分开：在{{where}}“{UNITS_FOLDER}”文件夹里，一个旗区一份；逐个旗区的链接在“案件台账”里。"
BESIDE, FARTHER_UP = "本表旁边的", "当日结果文件夹（本表往上{up}级）里的"
"""Where that folder is: of the day's own workbook, and of a unit's."""
MOST_IN_WHOLE: Final = 2000
REST_IN_UNITS: Final = f"其余 {{count}} 行不列在这里：见“{UNITS_FOLDER}”文件夹里各旗区的表；督办回复和接访下访的全部在 extensions.json。"
"""Below a list of which the workbook of a large day has only the beginning."""
_VALUES: Final = "件数是程序算出的数值，不是公式（只有由件数算出的比率、结论和图用的几列是公式）"
AS_VALUES: Final = f"案件很多的一天，本表的{_VALUES}；案件在“汇总”文件夹里各旗区的表里。"

ANSWERED, ASKED_NO_MORE = "已回复", "不再督办"
FIRST_TIME: Final = ("逾期未回复", "待回复")
AGAIN: Final = ("续报逾期", "待续报")
"""A case's state in 督办回复, past a reply date and before it; the second where an earlier notice is answered and a later one is not."""

NOTES: Final = {
    "决策事项": "先列工程安全隐患和其他急报，再按请求写明的日子（没有写明的按办结时限）先后列。没有写明请求的，按规则提出。",
    "目标完成": "本表数字均为公式，取自“案件台账”；“补报后最低、最高”、“不计改动”和“暂计”由程序另行算出，不是公式。点数字，就到它的案件。",
    "旗区": "本表数字均为公式，取自“案件台账”；“补报后最低、最高”和“暂计”由程序另行算出。旗区按固定次序排列，不排名次。点数字看案件。",
    "包案领导": "本表数字均为公式，取自“案件台账”；“补报后最低、最高”和“暂计”由程序另行算出。点数字，就到它的案件。",
    "案件台账": "每案一行，按组别、旗区排列，不计入化解的在前，已撤销的在最后。打印到“最近进展”为止，以后各列在屏幕上看；"
    "“计入总数”“计入化解”等列标“是”的，即为各表公式所数的案件。",
    "数字明细": "在各表点数字，就到它的案件，不计入化解的在前；点案件编号，到“案件台账”的那一行（台账重新排序以后就对不上了）。",
    "今日变化": "与前一日相比：先是件数怎样从前一日变到当日，再是台账要素的改动和影响，最后是逐案清单。",
    "更正情况": "以前各日（本期是更正的，连同当日）原来所知和现在所知的数字；是否达标只比较件数。",
    "督办清单": "一案有几个督办事项的，每项一行。点案件编号，到“案件台账”的那一行。督办通知里的销号情况列在下面。",
    "接访情况": "各旗区当日报送的接访批次，按旗区和问题类别合计。",
    "急报事项": "各旗区当日日报所报。有没有转报领导，本表不记：程序发过的急报信见网页“发信”，电话、当面转报的由办公室另记。",
    "报送日历": "每个旗区每天一格，最右边是当日。",
    "报送情况": "按时与否以当日第一份采用的日报为准，以后再次报送不算迟报；行数为现行版本的行数。",
    "问题清单": "“是否退回”为“是”的，请旗区改正后重新报送；其余为提醒。",
    "撤销案件": "分解表中填有撤销依据的案件，不计入任何总数；其余情况见“案件台账”。",
    "核查提示": "日报里有可能、但不常见的地方，请办公室看一眼：不算问题，不改变任何数字，也不发给旗区。点案件看台账里的那一行。",
    "对账": "分解表和各旗区日报说的不一样的地方，请办公室核对；不算问题，不改变任何数字。点案件看台账里的那一行。",
    "豁免": "分解表“豁免”表里现在有效的，和今日结束的（只列这一次）。豁免只改变它写明的事项，到截止日期自动结束。",
    "法定期限": "在办的案件，最紧的在前。按设置 statute 里的条文算，起算那天不算；分解表的办结时限和督办事项另算，这里不改变任何数字。",
    "督办回复": "每件案件一行：近三十天的督办通知和日报“督办回复”表里最新的回复，逾期的在前。"
    "通知天天有，一件案件只要回复最新的一份，以前的就都接续了；逾期从没有回复的通知里最早到期的算起。"
    f"“{AGAIN[1]}”“{AGAIN[0]}”：以前的通知回复过，右边是那一次的回复，后来的通知还没有。“{ASKED_NO_MORE}”：已经办结或者不再列入，不用回复。"
    "只在纸质回执上回复的，这里看不到。",
    "诉求认定": "本表数字均为公式，取自“案件台账”：各案最近一行日报的诉求认定，已撤销的不计。旗区按固定次序排列，不排名次。点数字看案件。",
    "接访下访": "到当日为止的三十天：接访排班和各旗区日报里的接访下访领导、日期，逐日列出，不作评比。点案件看台账里的那一行。",
}
UNMATCHED: Final = "编号对不上：日报里填了回复，但通知编号不是本旗区以前的通知，或者那份通知里没有这件案件；请告诉旗区"
"""The heading above rows of 督办回复 that answer no notice."""
NO_SUCH_NUMBER: Final = "编号对不上"
ASKED_ONCE: Final = "通知要求什么，看列在最前的督办事项。"
NUMBERS_BEGIN: Final = "通知编号前面都是“{begun}”。"

FIRST_LINE: Final = 3
"""The row of every sheet's first line, from 0."""

EMPTY: Final = {
    "包案领导": "台账中暂无案件。",
    "案件台账": "台账中暂无案件。",
    "数字明细": "台账中暂无案件。",
    "今日变化": "今日无变化。",
    "更正情况": "没有次日12:00（可以另设）以后才知道的更正。",
    "督办清单": "今日无须督办的案件。",
    "接访情况": "今日无接访情况。",
    "急报事项": "今日无急报事项。",
    "报送日历": "还没有旗区报送过日报。",
    "问题清单": "今日报送材料未发现问题。",
    "撤销案件": "目前无撤销案件。",
    "核查提示": "今日没有核查提示。",
    "对账": "分解表和日报没有不一致的地方。",
    "豁免": "现在没有豁免。",
    "法定期限": "目前没有在办的案件。",
    "督办回复": "近三十天没有督办通知。",
    "诉求认定": "台账中暂无案件。",
}
DISPUTED: Final = f"{RESOLVED}（群众不认可，不计）"
LINKS_END: Final = "　　（Excel 一张表只认六万多个链接，靠后的案件点不动，请到“案件台账”里查）"
SETTLED: Final = "上次督办通知以来的销号：已经了结的，和因别的原因不再列入的"
GONE, STAYS = "不再列入", "因别的情形继续列入"
CLICK: Final = "点击看案件"
REPORTED_SHEETS: Final = ("接访情况", "急报事项")
"""Those that only reports fill: where they are empty, nobody knows of the districts that sent none."""
RULES_ELSEWHERE: Final = "“补报以后”“达到目标”的口径见“目标完成”，“按时”的见“报送情况”。"
LEVELS: Final = "上面几行是{word}，数字是它的各旗区之和；在哪个{word}，见最后一列（不打印）。"
"""Under the sheet 旗区 where there are levels above the districts."""
LIES_IN: Final = "所在{word}"
NEEDED: Final = "化解多少件达标（图用，不打印）"
TREND: Final = "近日走势"
NARROW: Final = {"还差（件）": "还差\n件数", "补报后最低": "补报后\n最低", "补报后最高": "补报后\n最高"}
"""Headers as they stand over a narrow column."""
CERTAINTIES: Final = "群众确认，和不计台账改动的化解率"
NOT_MOVED: Final = "没有改动使化解率不同"
RATE_OF: Final = "化解率："  # a series name that began with "=" would be a formula
BRIDGE: Final = "从前一日到当日（件）"
EDITS: Final = "台账要素的改动"
NOTHING: Final = "空"
CHANGES: Final = "逐案清单"
AGREES, DISAGREES = "与“目标完成”一致", "与“目标完成”不一致，请核对"
NO_DAY_BEFORE: Final = "没有前一日的数字可比。"
TOO_FEW_DAYS: Final = "走势自第二个汇总日起显示。"

GUIDE: Final = (
    "先看“总览”：两项目标达标没有、还差几件，哪些事项要领导决定，比前一日怎样，谁没有报。打印出来是两页。",
    "数字都是公式，数的是“案件台账”里的案件：点数字，看它数了哪些；在任何一张表里点案件编号，到台账的那一行。",
    "没有书面答复的、群众不认可的，报了“已化解”也不计入；写有撤销依据的不在总数里，都列在“撤销案件”。",
    "写着“暂计”、加虚线框的，缺报的日报、退回的内容补齐以后还可能改变；“补报后最低、最高”是改变的范围。",
    "要旗区改的在“问题清单”，要督办的在“督办清单”，以前的数字改了多少在“更正情况”。打印时表头每页都有。",
)
"""The first sheet's five lines."""


def guide(*, is_split: bool) -> tuple[str, ...]:
    """Return the same; of a large day that figures are values, and where the cases are."""
    return (GUIDE[0], _GUIDE_SPLIT, *GUIDE[2:]) if is_split else GUIDE


def contents(*, is_split: bool) -> dict[str, str]:
    """Return what each sheet has; of a large day which lists stand elsewhere."""
    return CONTENTS | (dict.fromkeys(MOVED, f"逐案的在“{UNITS_FOLDER}”文件夹里各旗区的表里") | _CONTENTS_SPLIT if is_split else {})


_GUIDE_SPLIT: Final = f"案件很多的一天，{_VALUES}；逐案的清单在“{UNITS_FOLDER}”文件夹里，一个旗区一份，链接在“案件台账”里。"
_CONTENTS_SPLIT: Final = {
    "案件台账": "各旗区的表在哪里，各有多少案件",
    "数字明细": "案件很多的一天没有；案件在各旗区的表里",
    "问题清单": f"认不出旗区的文件和分解表的；其余在“{UNITS_FOLDER}”文件夹里各旗区的表里",
}

ATTENDED: Final = {
    "on-time": "√",
    "mended": "改",
    "late": "迟",
    "excused": "准",
    "refused": "退",
    "returned": "整",
    "lost": "失",
    "missing": "未",
}
"""By `day.submissions.Stands`: the sign in a cell of 报送日历."""
ATTENDED_LATER: Final = (
    "按现在收到的全部日报：当天没有报、后来补来的，从“未报”变成“迟报”。有旗区报送以前的日子不列。最后一行的每一天，是报了的旗区数。"
)
ATTENDED_RETURNED: Final = "整份退回：收到了文件，整份没有采用；不算未报，也不在报了的旗区数里。"
ATTENDED_MENDED: Final = "退回后改好：截止以前报来的全部退回，截止以后报来的才采用；不算迟报，也不算按时。"
ATTENDED_OTHERWISE: Final = (
    "全部退回：收到了，但一行也没有采用；不算按时、迟报。原件遗失：收到过，后来原件遗失，办公室决定不计入；不算未报。"
)
REST_OF_DECISION: Final = "……（全文见“决策事项”）"

CONTENTS: Final = {
    "总览": "两项目标、要决策的、案件和报送的概况、图",
    "决策事项": "要领导决定的全部事项，逐件",
    "目标完成": "按组别、来源、问题类别",
    "旗区": "各旗区两组数字并列",
    "包案领导": "按领导和组别",
    "案件台账": "全部案件，各表数字的出处",
    "数字明细": "每个数字数了哪些案件",
    "今日变化": "从前一日到当日，逐项、逐案",
    "更正情况": "以前的数字原来是多少、现在是多少",
    "督办清单": "逐案逐项，附建议",
    "接访情况": "按旗区和问题类别",
    "急报事项": "当日急报",
    "报送情况": "谁报了、何时报、未报的可能改变什么",
    "报送日历": "近七天、近三十天各旗区按时、迟报、未报",
    "问题清单": "文件、工作表、单元格",
    "撤销案件": "撤销依据",
    "核查提示": "有可能、但不常见的地方，只给办公室看",
    "对账": "已交办没有报送的、报来而分解表没有的、内容不一致的、疑似同一事项的",
    "豁免": "谁批准、什么理由、到哪天为止、改变了什么",
    "法定期限": "条例规定的受理、办结、提出异议的最后一天，依据哪一条",
    "督办回复": "通知里的案件谁回复了、谁逾期没有回复",
    "诉求认定": "按组别、旗区的诉求合理、部分合理等",
    "接访下访": "接访排班和报来的接访下访",
}

PAGES: Final = "打印约几页"
_ON_PAPER: Final = ("决策事项", "旗区", "今日变化", "督办清单", "报送情况")
"""What an office prints beside 总览; the other sheets are looked things up in."""
PAGES_DIFFER: Final = "页数按本表的纸张设置估算，各台电脑的字体、打印机不同，长的表可能差一页。"
CLOCK_SPANS: Final = "离到期不超过{soon}天（含当天）的写临近，超期{serious}天及以上的写严重超期。"
RESTS_ON: Final = "依据：{articles}。逐案见最后一列“依据”（不打印）。"
NOT_JUDGED: Final = "没有认定"
CLAIMS_SAY: Final = (
    "没有认定：日报里诉求认定空着，或还没有报过的案件。点“没有认定”和“合计”，看该组、该旗区的全部案件，哪件没有认定见“诉求认定”列。",
)
TURNS: Final = "接访排班"
TURNS_SAY: Final = (
    "报来（件）：日报里写明这位领导当天接访下访的案件数。没有报来，不等于没有接访：接待的可能不是台账里的案件，旗区也可能没有填。"
)
NO_TURNS: Final = "分解表里没有接访排班，或者这三十天没有排。"
NOT_REPORTED: Final = "日报里没有这一天的"
VISITS: Final = "日报报来的接访下访（{count} 件次）"
NO_VISITS: Final = "这三十天的日报里没有填写接访下访的。"
UNDATED: Final = "未写日期，按报告日算"

NEVER_REPORTED: Final = "分解表里有、没有撤销、交办的第二天起还没有采用过旗区任何一行的案件。"
NOT_ASSIGNED: Final = "只有旗区的新增案件里有的案件；和当日日报里写了、台账里没有的编号（那一行已退回，编号可能填错了）。"
DIFFERING: Final = (
    "当日日报里带着的包案领导、办结时限与现在登记的不同（以登记的为准）；旗区第一次报新增案件时的责任单位与分解表不同"
    "（以分解表为准，旗区不用改，不写进对账说明；从不同的那天起列三十天，分解表不对的请改分解表）。"
)
TWICE: Final = "最近三十天进入台账或者有了答复文号、与更早的案件相像的（见“核查提示”）。是同一件的，请在分解表里撤销一件，写明撤销依据。"
NONE_OF_KIND: Final = "没有。"
TWICE_ON_TRIAL: Final = "核查提示试行到{day}，这一项试行期间不写进给旗区的对账说明。"

ON_TRIAL: Final = "试行到{day}的日报为止：先看这些提示准不准，别处不显示。"
CORRECTION: Final = "（更正）"
MOST_CASES: Final = 20
"""Cases that a sentence about a correction names."""
CUT: Final = "……（原文过长，以下略）"


def in_units(report: Report) -> str:
    """Where the lists of cases are of which the workbook of a large day has none, from where that workbook stands."""
    return IN_UNITS.format(where=FARTHER_UP.format(up=len(report.settings.way) + 1) if report.unit else BESIDE)


def status(line: CaseLine) -> str:
    """A case's status; of one that is reported as resolved while a 不认可 stands, that it does not count."""
    return DISPUTED if line.status == RESOLVED and line.dispute_stands else line.status


def settled(point: Settled) -> str:
    """How a point of the last notice came to hold no longer, and whether the case stands in this one."""
    return f"{notice_words.why(point)}；{STAYS if not point.is_gone else GONE}"


def last_notices(told: Iterable[Notice | SettledSince]) -> str:
    """Which notice of each district is the last one: what is settled since is told of it."""
    numbers = dict.fromkeys((notice.district, notice.before) for notice in told)
    return f"上次的通知：{'、'.join(f'{district} {number}' for district, number in numbers)}。"


def names(listed: list[str]) -> str:
    """A list as a sentence has it; a dash where it is empty."""
    return "、".join(listed) or NONE


def names_and_rule(listed: list[str], rule: str) -> str:
    """A list followed by the sentence that explains it, where there is one."""
    return f"{'、'.join(listed)}。{rule}" if listed and rule else rule or names(listed)


def waiting(flag: str, line: CaseLine, day: date) -> tuple[int | None, str]:
    """The days that matter to a flag, and the case's situation in words."""
    late, handed_over = line.days_overdue, (day - line.assigned).days
    again = near(line.open_again, day) if line.open_again else ""
    situations: dict[str, tuple[int | None, str]] = {
        "overdue": (late, f"已超期 {late} 天"),
        "due_soon": (-late, f"距到期 {-late} 天" if late else "今日到期"),
        "stalled": (line.days_idle, notice_words.open_again(line, again) or f"已 {line.days_idle} 天没有报来进展"),
        "disputed": (None, "群众不认可，尚未解决"),
        "incomplete_assignment": (None, f"缺：{names(list(line.missing_ones))}"),
        "acceptance_overdue": (handed_over, f"交办 {handed_over} 天仍未受理"),
        "missing_from_assignment": (None, "新分解表中没有此案"),
    }
    days, situation = situations[flag]
    return days, f"{situation}；{exemptions.deadline(line, day)}" if line.exempted and flag == "due_soon" else situation


def refused_files(districts: list[str]) -> str:
    """Which districts' files were refused, and where to find those of which the district is not known."""
    return names_and_rule(districts, "认不出旗区的、不能确认是该旗区送来的文件不在此列，见“问题清单”。")


def zero_report(line: SubmissionLine) -> str:
    """Whether a district's report is a zero report; a dash where it has not reported."""
    return NONE if line.status == "missing" else YES if line.is_zero else f"{NO}（封面写是）" if line.zero_report else NO


def printing(pages: Mapping[str, int], *, is_split: bool) -> str:
    """Say which sheets are worth printing and how many pages each takes; `pages`: by sheet."""
    listed = [f"“{name}”{pages[name]}页" for name in _ON_PAPER if not (is_split and name in MOVED)]
    return f"打印：总览之外，一般只需{'、'.join(listed)}；其余的表在屏幕上查，各打印几页见“说明”。页数为约数。"


def nothing_since_noon(*, has_earlier: bool) -> str:
    """Return what is said where the table is empty, but earlier days were corrected between the end of the day before and noon."""
    if has_earlier:
        return "当日12:00（可以另设）以后，以前各日的数字没有更正。在那以前有，见下；逐日的原数和现数列在前一日的汇总里。"
    return f"{EMPTY['更正情况']}前一日的数字在那以前有更正，见下。"
