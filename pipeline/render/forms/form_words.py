"""What the templates say to the people who fill them in: titles, notes, a hint for every column, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.terms.contract import (
    ANSWERS,
    ASSIGNED,
    CASE,
    CONFIRMATIONS,
    COVER,
    DISPUTED,
    EXEMPTIONS,
    IN_PROGRESS,
    LIAISON,
    NEW_CASES,
    PROGRESS,
    RECEPTION,
    REGION_CASES,
    REPLIED,
    RESOLVED,
    ROTA,
    URGENT,
    URGENT_KINDS,
    VISITOR_CASES,
    Column,
    Kind,
)

INSTRUCTIONS: Final = "填写说明"
"""A sheet that is never read: its name resembles none of the contract's."""

_PREFILLED = "供填报时对照，不用填也不用改，改了也不起作用。内容有误的，请办公室改分解表。"
_FREE = "不要写身份证号、手机号、银行卡号和住址。"

_ASSIGNED_CASE: Final = {
    CASE: "字母、四位年份和序号，例如 {example}。两张案件表里都不能重复；旗区自行梳理的以旗区代码开头。",
    "旗区": "从下拉框选旗区全称。",
    "问题类别": "从下拉框选一类。",
    "案由": f"一句话写清楚是什么事。{_FREE}",
    "涉及项目或单位": "项目、小区或单位的名称，没有的空着。",
    "涉及户数": "只填整数，例如 12。不清楚的空着。",
    "涉及金额": "以万元为单位，只填数字，例如 35.5。不清楚的空着。",
    "责任单位": "由哪个单位负责办理。",
    "包案领导": "包案领导姓名。几位领导的用顿号隔开，统计时算第一位。",
    "工作专班": "专班的名称。缺了会列入督办清单的“五个一不全”。",
    "化解方案": "方案的要点。缺了会列入督办清单的“五个一不全”。",
    "交办日期": "交给旗区的日期，例如 {day}。从这一天起计入总数。",
    "办结时限": "应在哪一天以前办结，例如 {day}。不能早于交办日期。",
    "延期至": "批准延期后的日期，没有延期的空着。填了就以它为准。",
    "撤销依据": "只有撤销的案件才填，写明依据。填了就不计入总数；这一行要一直留着。",
    "备注": "其他要说明的。",
}  # fmt: skip
HINTS: Final = {
    COVER: {
        "旗区": "旗区全称。",
        "报告日期": "报的是哪一天，写成 {day} 这样。到那一天才能报送。",
        "填报人": "填报人的姓名，换了人的请改。不写电话。",
        "审核人": "审核人的姓名，没有的空着。",
        "零报告": "表里一件案件也没有、当天又没有别的要报的，选“是”；其余选“否”。",
        "模板版本": "不用改。",
    },
    PROGRESS.name: {
        CASE: "编号照分解表。预先填好的不用改；表里没有的案件（例如要重新办理的），填在下面的空行。",
        "案由": _PREFILLED,
        "包案领导": _PREFILLED,
        "办结时限": f"{_PREFILLED}已延期的，这里是延期后的日期。",
        "当前状态": "案件现在办到哪一步，从下拉框选。状态只往前走，要往回改的，填“重新办理原因”。",
        "今日进展": f"今天做了什么，写一两句。今天没有进展的空着。{_FREE}",
        "诉求认定": "从下拉框选，还没有认定的空着。已化解的案件不能选“暂时难以解决”。",
        "答复日期": "书面答复的日期，例如 {day}。报“已答复”“已化解”的必填；不能晚于报告日期，不能早于交办日期。",
        "答复文号": "书面答复的文号。报“已答复”“已化解”的必填。",
        "群众确认": "从下拉框选，还没有答复的空着。选“不认可”的，案件不计入化解，直到群众认可，或另发文号重新答复。",
        "接访下访领导": "今天接访或下访这件案件的领导姓名，没有的空着。",
        "接访下访日期": "接访或下访的日期，例如 {day}。不能晚于报告日期。",
        "重新办理原因": "状态要往回改，或已化解、已导入法定途径的案件要重新办理，在这里写原因。",
        "下一步措施": f"准备怎么办、何时办。{_FREE}",
        "需协调事项": f"需要市里协调什么、请谁协调。没有的空着。{_FREE}",
    },
    NEW_CASES.name: {
        CASE: "本旗区自己编号，以本旗区代码开头，例如 {example}。不能与已有的案件重复。",
        "问题类别": "从下拉框选一类。",
        "案由": f"一句话写清楚是什么事。{_FREE}",
        "涉及项目或单位": "项目、小区或单位的名称，没有的空着。",
        "涉及户数": "只填整数，例如 12，不写“约”。不清楚的空着。",
        "涉及金额": "以万元为单位，只填数字，例如 35.5。不清楚的空着。",
        "责任单位": "由哪个单位负责办理。",
        "包案领导": "包案领导姓名。几位领导的用顿号隔开，第一位为主。还没有定的空着，以后补报。",
        "工作专班": "专班的名称，还没有的空着，以后补报。",
        "化解方案": f"方案的要点，还没有的空着，以后补报。{_FREE}",
        "排查日期": "发现这件案件的日期，例如 {day}。不能晚于报告日期。",
        "办结时限": "应在哪一天以前办结，例如 {day}。不能早于排查日期。",
        "备注": f"其他要说明的。{_FREE}",
    },
    RECEPTION.name: {
        "问题类别": "从下拉框选，一类一行。",
        "接访批次": "当天这一类共接待多少批，只填整数。",
        "当场答复": "其中当场答复的批次，没有的填 0。当场答复加转交办理，不能大于接访批次。",
        "转交办理": "其中转交办理的批次，没有的填 0。当场答复加转交办理，不能大于接访批次。",
        "备注": f"其他要说明的。只报批次，不报来访人。{_FREE}",
    },
    URGENT.name: {
        CASE: "与哪件案件有关，填它的编号；与案件无关的空着。",
        "事项类别": "从下拉框选一类。",
        "情况说明": f"发生了什么、影响多大。{_FREE}",
        "发生时间": "写日期和时间，例如 {day} 09:30。只知道日期的，只写日期。",
        "已采取措施": f"已经做了什么。{_FREE}",
        "需协调事项": "需要市里协调什么，没有的空着。",
    },
    ANSWERS.name: {
        "通知编号": "督办通知上的编号。预先填好的不用改。",
        CASE: "通知里列的案件编号。预先填好的不用改。",
        "督办事项": "通知要求办什么，供填报时对照，不用填也不用改。",
        "办理措施": f"已经做了什么、准备怎么办。还没有回复的，这一格和“完成时限”都空着。{_FREE}",
        "完成时限": "措施在哪一天以前完成，例如 {day}。不能早于报告日期。只填了措施、没有填时限的，这一行不采用。",
    },
    LIAISON.name: {
        "旗区": "从下拉框选旗区全称。一个旗区有几位包联领导的，每位一行。",
        "包联领导": "包联领导姓名。",
        "职务": "包联领导职务，没有的空着。",
    },
    REGION_CASES.name: {**_ASSIGNED_CASE, "案件来源": "这张表只放自治区交办的案件。空着也算自治区交办。"},
    VISITOR_CASES.name: {**_ASSIGNED_CASE, "案件来源": "从下拉框选。自治区交办的案件不写在这张表里。"},
    EXEMPTIONS.name: {
        "对象": "延期、核查提示写案件编号，例如 {example}；迟报写旗区和报告日期，例如 东胜区 {day}。",
        "事项": "从下拉框选。迟报：另写明已批准；延期：时限改到截止日期；核查提示：不再提示这件案件。",
        "批准人": "批准的领导姓名。每天的专报、页面和汇总表都会列出。",
        "理由": f"为什么批准。{_FREE}",
        "截止日期": "到这一天为止（含当天），例如 {day}。过了自动结束。",
    },
    ROTA.name: {
        "日期": "哪一天，例如 {day}。",
        "领导": "排到的领导的姓名，与“包联旗区”里写的一样。",
        "安排": "从下拉框选。接访：这一天由他接访；休假：这一天不排他；替班：本来排到他，由替班领导接访。",
        "替班领导": "安排是“替班”的必填，写替他接访的领导；别的空着。",
        "备注": "其他要说明的。",
    },
}  # fmt: skip
"""By sheet and column; `{day}` and `{example}` stand for a day and a case number as they are to be written."""


REQUIRED_ON_COVER: Final = ("旗区", "报告日期", "填报人")

TITLES: Final = {
    PROGRESS.name: "案件进展",
    NEW_CASES.name: "新增案件（本旗区自行梳理）",
    RECEPTION.name: "接访情况（只报批次）",
    URGENT.name: "急报事项",
    ANSWERS.name: "督办回复",
    LIAISON.name: "包联旗区",
    REGION_CASES.name: "自治区交办案件",
    VISITOR_CASES.name: "群众来访案件",
    EXEMPTIONS.name: "豁免（没有的留空）",
    ROTA.name: "接访排班",
}
_STARS = "带 * 的列必填，一行里缺了必填的，格子会变成浅黄色。"
NOTES: Final = {
    PROGRESS.name: f"灰底的格子不用填、不用改。今天没有变化的案件留着不动。{_STARS}报“已答复”“已化解”的，要有答复日期和答复文号。",
    NEW_CASES.name: f"一案一行；没有新增的，留空。{_STARS}",
    RECEPTION.name: f"一类一行；没有接访的，留空。{_STARS}",
    URGENT.name: f"等不到明天的事，一事一行；没有的，留空。{_STARS}",
    ANSWERS.name: "督办通知里还没有回复的案件，新的在前。“办理措施”和“完成时限”要一起填；还没有回复的，两格都空着，不算填错。",
    LIAISON.name: f"一位包联领导一行。{_STARS}",
    REGION_CASES.name: f"一案一行。{_STARS}",
    VISITOR_CASES.name: f"一案一行。{_STARS}",
    EXEMPTIONS.name: f"领导批准的例外，一项一行，到截止日期自动结束；要提前结束的，删去那一行再交新的分解表。{_STARS}",
    ROTA.name: f"一位领导一天一行。不排班的，整张表可以不要。{_STARS}",
}

PLANNED: Final = "可以手工改。改好以后把各行贴到分解表的“接访排班”里，整份放进收件箱。"
"""The note of a planned 接访排班."""

WIDTHS: Final = {
    CASE: 18, "案由": 28, "包案领导": 12, "当前状态": 12, "今日进展": 32, "诉求认定": 13, "答复文号": 22, "群众确认": 10,
    "接访下访领导": 12, "重新办理原因": 18, "下一步措施": 26, "需协调事项": 22, "问题类别": 16, "涉及项目或单位": 24, "涉及户数": 9,
    "涉及金额": 12, "责任单位": 22, "工作专班": 18, "化解方案": 30, "备注": 24, "接访批次": 11, "当场答复": 11, "转交办理": 11,
    "事项类别": 16, "情况说明": 44, "发生时间": 18, "已采取措施": 36, "旗区": 14, "包联领导": 16, "职务": 30, "案件来源": 14,
    "撤销依据": 24, "对象": 26, "事项": 12, "批准人": 14, "理由": 40, "领导": 16, "安排": 10, "替班领导": 16,
    "通知编号": 24, "督办事项": 44, "办理措施": 44,
}  # fmt: skip
WIDTH: Final = 13
"""Of a column that is not in the list: a date's."""

# --- what is refused while typing --------------------------------------------------------------------------------

_WRONG: Final = {
    Kind.CHOICE: ("不在可选范围", "请从下拉框里选一项。要清空的，选中格子按 Delete。"),
    Kind.DISTRICT: ("不在可选范围", "请从下拉框里选旗区全称。"),
    Kind.DATE: ("日期不对", "请写成 {day} 这样的日期{limit}。"),
    Kind.MOMENT: ("时间不对", "请写成 {day} 09:30 这样，并看看日期是不是写错了。"),
    Kind.COUNT: ("数字不对", "请只填不小于 0 的整数，不写单位和“约”。"),
    Kind.MONEY: ("数字不对", "请只填不小于 0 的数字，以万元为单位。"),
}
UNTIL_REPORT: Final = "，不能晚于封面的报告日期"
FROM_REPORT: Final = "，不能早于封面的报告日期"
_CHOOSE = "可选："
LONGEST_HINT, LONGEST_TITLE = 255, 32
"""What Excel allows for the message and the title of a cell's hint."""


def not_before(column: str) -> str:
    """Return the message about a date that must not be before another of its row."""
    return f"，不能早于{column}"


def wrong(kind: Kind, day: str, limit: str = "") -> dict[str, object]:
    """Return the title and the sentence of a refusal, as XlsxWriter takes them."""
    title, message = _WRONG[kind]
    return {"error_title": title, "error_message": message.format_map({"day": day, "limit": limit})}


def hint(sheet: str, column: Column, day: str, example: str) -> tuple[str, str]:
    """Return the title and the message that a cell of that column shows when it is chosen."""
    sentence = HINTS[sheet][column.name].format_map({"day": day, "example": example})
    with_choices = f"{sentence}{_CHOOSE}{'、'.join(column.values)}。"
    message = with_choices if column.values and len(with_choices) <= LONGEST_HINT else sentence
    return _hint_title(column.name, is_required=column.required)[:LONGEST_TITLE], message[:LONGEST_HINT]


def hint_on_cover(label: str, day: str) -> tuple[str, str]:
    """Return the title and the message of the cell behind a label of 封面."""
    return _hint_title(label, is_required=label in REQUIRED_ON_COVER), HINTS[COVER][label].format_map({"day": day})


def _hint_title(name: str, *, is_required: bool) -> str:
    return f"{name}（必填）" if is_required else name


# --- 填写说明 -----------------------------------------------------------------------------------------------------

Block = tuple[str, tuple[tuple[str, str], ...]]
"""A heading with its lines; each line has a word in front and a sentence."""

_STATUS_MEANINGS: Final = {
    ASSIGNED: "已交到旗区，还没有受理。",
    "已受理": "已经受理，还没有开始处理。",
    IN_PROGRESS: "正在处理。",
    REPLIED: "已书面答复，事情还没有了结。要有答复日期和答复文号。",
    RESOLVED: "事情已经了结，并已书面答复。要有答复日期和答复文号。",
    "导入法定途径": "已转入诉讼、仲裁、复议等法定途径。",
}
_CLAIM_MEANINGS: Final = {
    "诉求合理": "应当解决，限期解决到位。",
    "部分合理": "合理的部分解决到位，其余说明理由。",
    "诉求不合理": "向群众解释清楚。",
    "生活困难": "按规定帮扶救助。",
    "暂时难以解决": "受政策或条件所限，现在解决不了；不能同时报“已化解”。",
}
_CONFIRMATION_MEANINGS: Final = dict(
    zip(CONFIRMATIONS, ("群众认可办理结果。", "群众不认可。案件不计入化解，直到认可，或另发文号重新答复。", "还没有回访。"), strict=True)
)


def lists(categories: Sequence[str]) -> tuple[Block, ...]:
    """Return what each choice means."""
    return (
        ("当前状态", tuple(_STATUS_MEANINGS.items())),
        ("诉求认定", tuple(_CLAIM_MEANINGS.items())),
        ("群众确认", tuple(_CONFIRMATION_MEANINGS.items())),
        ("其他下拉框", (("问题类别", f"{'、'.join(categories)}。"), ("事项类别", f"{'、'.join(URGENT_KINDS)}。"))),
    )


_FILLED: Final = (
    ("第一步", "看“封面”：旗区和报告日期已填好，填写填报人、审核人。"),
    ("第二步", "看“案件进展”：在办的和群众不认可的案件已经列好，是现在的全部情况。有变化的改白底的格子，没有变化的留着不动。"),
)
_BLANK: Final = (
    ("第一步", "填“封面”：选旗区，填写报告日期、填报人、审核人。"),
    ("第二步", "填“案件进展”：一案一行，写案件现在的全部情况。没有变化的案件可以不写，没写到的保持原来的状态。"),
)
_ELSEWHERE: Final = "新发现的案件填“新增案件”，接访的批次填“接访情况”，等不到明天的事填“急报事项”。没有的表留空，不要删。"
_UNCHANGED: Final = "当天没有变化也要报：原样送回即可，“零报告”照预先填好的。表里一件案件也没有、又没有别的要报的，“零报告”选“是”。"
_NOTHING: Final = "当天没有任何内容要报的，也要报：“零报告”选“是”，其余的表留空。"
_NOT_LISTED: Final = "已化解、已导入法定途径的案件不在表里，不用报。要重新办理的，在“案件进展”的空行写编号，填“重新办理原因”。"
_TO_ANSWER: Final = "还没有回复的案件已经列好。"
_NUMBERS: Final = ("个人号码", "身份证号、手机号、银行卡号出现在哪一行，哪一行不采用。")
_PASTING: Final = ("列和表", "不要删改表头和工作表的名称。粘贴时用“只粘贴数值”，免得冲掉下拉框；冲掉了也会在收件时核对。")


def report_steps(cut_off: str, office: str, categories: Sequence[str], *, is_filled: bool) -> tuple[Block, ...]:
    """Return what a district's clerk does, day by day."""
    sending = f"存成 .xlsx，在报告日期当天 {cut_off} 以前送到{office}（正好 {cut_off} 算按时）。文件名随意。"
    last = ("没有变化", _UNCHANGED) if is_filled else ("没有内容", _NOTHING)
    rules = (
        ("全部情况", "一行写的是案件现在的全部情况，空着的格子就是“没有”。答复日期、答复文号这些以前填过的，不要清空。"),
        ("答复", f"报“{REPLIED}”“{RESOLVED}”，要有答复日期和答复文号。还没有书面答复的，填“{IN_PROGRESS}”。"),
        ("往回改", "状态只往前走。要往回改的，填“重新办理原因”。"),
        *((("表里没有的", _NOT_LISTED),) if is_filled else ()),
        (DISPUTED, f"群众不认可的，照实填“{DISPUTED}”。空着或填“未回访”，都不会抵消以前的“{DISPUTED}”。"),
        ("督办通知", f"{_TO_ANSWER if is_filled else ''}在“{ANSWERS.name}”里写办理措施和完成时限，一案一行；没有的，空着。"),
        ("改错了", "整份改好再送一次，后到的代替先到的。不要只送改过的几行。"),
    )
    return (
        ("每天怎么做", (*(_FILLED if is_filled else _BLANK), ("第三步", _ELSEWHERE), ("第四步", sending), last)),
        ("几条要紧的", rules),
        ("不要写的", (_NUMBERS, ("个人信息", "不要加联系电话、住址、行踪这样的列：有这样的列，整份退回。"), _PASTING)),
        *lists(categories),
    )


def assignment_steps(folder: str) -> tuple[Block, ...]:
    """Return what the office does with the assignment workbook."""
    return (
        (
            "怎么填",
            (
                ("三张表", "包联旗区、自治区交办案件、群众来访案件都要有，一张也不要删。没有内容的表留着表头。"),
                ("接访排班", "可以没有。有的，按它对照日报里的接访下访；run.py rota 按它接着排。"),
                ("一案一行", "案件编号不能重复，两张案件表之间也不能重复。带 * 的列必填，缺了的那一行不采用，并列在问题清单里。"),
                ("五个一", "案由、包案领导、工作专班、化解方案、办结时限，缺哪一项都会列入督办清单。"),
                ("延期", "批准延期的，填“延期至”，不要改“办结时限”。"),
                ("豁免", "“豁免”表可以没有，也可以留空。填的是领导批准的例外：延期、迟报、核查提示，每天都会列出，到期自动结束。"),
                ("撤销", "要撤销的案件，保留那一行，填“撤销依据”。删掉那一行不算撤销：案件照原样计入，并有提醒。"),
                ("更新", f"改好后整份放进{folder}，以新的一份为准；旧的会存档。"),
            ),
        ),
        ("不要写的", (_NUMBERS, ("个人信息", "不要加联系电话、住址、行踪这样的列：这样的列不读，并有提醒。"), _PASTING)),
    )


AFTER_LIMIT: Final = "时限已过：已办结的，请在“案件进展”里报明；没有办结的，请说明原因，确需延期的，按程序报批。"
"""What is asked in place of concluding in time, of a case whose deadline has passed since its notice."""
