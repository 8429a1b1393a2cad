"""What each figure means: one wording, which the page and the workbook print beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.day import supervision
from pipeline.day.earlier_matters import DAYS_WITHOUT_CASE
from pipeline.settings.config import Settings
from pipeline.settings.rules import Windows
from pipeline.settings.units import Tree
from pipeline.terms import words

TOTAL: Final = "当日及以前交办、未撤销的全部案件，即化解率的分母（含导入法定途径的）。"
RESOLVED: Final = "当前状态为“已化解”，有答复日期和答复文号，且没有未解决的群众不认可。"
OPEN: Final = "未计入已化解、未导入法定途径、未撤销的案件（群众不认可的算在办）。"
REFERRED: Final = "已导入诉讼、仲裁、复议等法定途径；单列，不计入已化解，仍在总数内。"
TARGET: Final = (
    "达标：已化解 × 100 ≥ 目标 × 总数。还差：再化解多少件即可达标。化解率保留一位小数，只舍不入，不满即不显示为满；是否达标按件数算。"
)
PROVISIONAL: Final = "暂计达标、暂计未达标：缺报的日报、退回的内容补齐以后，达标与否还可能改变。"
UNMOVED: Final = (
    "不让台账的改动影响化解率：案件来源按最先交办的算，撤销的案件仍计入总数、不算已化解。与化解率不同的才列出，并列出有关的案件。"
)
CONFIRMATION: Final = "已化解的案件按最近一行日报的“群众确认”分：群众认可、未回访、没有填写；三项相加就是已化解的件数。"
_CITY, SUM = "全市", "合计"
DISTRICTS: Final = f"旗区按固定次序排列，不排名次。还差按各旗区自己的总数计算，逐个取整，相加可能大于{_CITY}还差的件数。"
"""Of districts that lie directly under the reader."""
LEADER: Final = "一案有几位包案领导的，计入第一位；没有写明的，列为“未明确”。"

WAY: Final = (
    "按办结时限排的是在办的案件。最近的报送日：近七天里当天和前一天都有日报采用的日子（全部退回的不算），至少三天才推算；"
    "新化解：各天日报所说的新化解相加（又化解一次的又算一次）；推算只用其中前一天报过未化解、当天第一次报为已化解、次日12:00（可以另设）以前就已收到、此后没有退出计入的，再减去这些日子以前已计入、现在重新办理或不认可的；报来时已经化解、补报或更正后才知道、恢复计入的不算。停下来比化解一件平均用的日子还久的，或者不靠等领导决定的案件（不认可、超期、请求协调）就补不足的，不推算哪天达标。只按同样快慢推算，不是预测。"
    "最接近办结的：在办，“已答复”（已书面答复，等群众确认）的，或临近到期的。"
)
TREND: Final = "各日的数字按现在收到的全部材料、按当日的目标计算；没有案件的日子没有化解率，图上空着；考核分组改变以前的日子不列。"
TREND_RESTATED: Final = "空心点、※：今天才知道有更正的日子，原报的数字在表里；以前的日报已经说过的更正，数字里有，不再标。"
RESTATED: Final = (
    "次日12:00（可以另设）以后，又收到以前某日的日报或更正，那一日以来的数字就按新的材料重算。这里列出原来所知和现在所知，以及两者相差的案件，"
    "每次更正列在知道的那一天；当日24:00以后、次日12:00以前知道的，算当日知道，次日再说一句；这以后又有更正的，两次合成一次，与前一日24:00所知比较；本期是更正的，当日的数字与当日24:00所知比较。达标与否只比较件数。"
)
SILENT_DAYS: Final = "没有旗区报送的日子写“未报”，送来的都整份退回的写“整份退回”，图上不画：那天的数字只是沿用此前的报送。"
BRIDGE: Final = "前一日的件数，加上减去以下各项变化，就是当日的件数；每件有变化的案件在每个数里只出现一次。"
EARLIER_URGENT: Final = (
    "以前日期的急报，到有下文为止：以后的日报里，案件有了今日进展或状态变化，或者同一案件的同类急报又报来，算有下文，当日再列一次；只有进展的，办结的那天还要列一次；其中工程安全隐患列到案件办结为止。"
    f"没有案件编号的、案件已撤销的、报急报以前已办结的，列到报后第{DAYS_WITHOUT_CASE}日；情况相同或发生时刻相同的急报又报来，也算有下文。"
)
EDITS: Final = (
    "当日与前一日不同的案件来源、旗区、问题类别、案由、责任单位、包案领导、交办日期、办结时限、延期至、撤销依据。"
    "影响：与不改动时的当日相比。"
)
NO_BOUNDS: Final = "没有缺报的日报、退回的内容会改变本表的数字，所以没有“补报后最低、最高”。"
NO_BOUNDS_HERE: Final = "“补报后最低、最高”空白的，没有缺报的日报、退回的内容会改变它。"

CHANGES: Final = {kind: change.meaning for kind, change in words.CHANGES.items()}
STEPS: Final = {kind: step.meaning for kind, step in words.STEPS.items()}
DECISIONS: Final = {kind: decision.meaning for kind, decision in words.DECISIONS.items()}
"""By kind. The page's templates ask for them under these names, and an office may have templates of its own."""


def flags(windows: Windows) -> dict[str, str]:
    """What each flag means, with the office's own spans of days."""
    return {flag: entry.meaning.format(days=supervision.days_allowed(flag, windows)) for flag, entry in words.FLAGS.items()}


def on_time(settings: Settings) -> str:
    """What on time means in this office."""
    until = f"报告日期当天 {settings.calendar.cut_off:%H:%M} 及以前收到（含）"
    later = "以后再次报送不算迟报；全部退回的、退回以后在截止以后才改好的，各算一种，不算按时、迟报"
    return f"按时：{until}，以第一份采用的日报为准，{later}。"


NOT_ZERO: Final = "未报不等于没有事：案件沿用此前的状态，不按零处理。零报告是已经报送、当日没有新情况。"
ROWS: Final = "采用、退回的行数按现行版本的全部工作表计；整张退回的表不计行数，整份退回的文件另计份数。"
RECEPTION: Final = "接访批次、当场答复、转交办理按各旗区当日被采用的日报合计；未报的旗区不在内。"


def total(settings: Settings) -> str:
    """What the row of all districts is called: the whole is no city where there are levels above the districts."""
    return SUM if settings.tree or settings.way else f"{_CITY}{SUM}"


def districts(settings: Settings) -> str:
    """What the rows of a table of all districts are."""
    return DISTRICTS.replace(_CITY, SUM) if settings.tree or settings.way else DISTRICTS


def rows_below(tree: Tree, way: Sequence[str] = ()) -> str:
    """What the rows of a table are that shows what lies directly under the reader; `way`: the names down to the reader's unit."""
    if not tree:
        return DISTRICTS.replace(_CITY, SUM) if way else DISTRICTS
    word = tree.word()
    return f"各{word}的数字是下面各旗区之和，按固定次序排列，不排名次。还差按各{word}自己的总数计算，逐个取整，相加可能大于合计还差的件数。"
