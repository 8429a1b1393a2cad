"""What is said of 核查提示: of each kind its name, when it is told, and what to look at.

A hint is about a report, never about a person: it asks to look, and says nothing of a reason that nobody knows.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Kind(NamedTuple):
    """A kind of hint: its short name, in one sentence when it is told, and in another what to look at."""

    name: str
    rule: str
    look: str


HINTS: Final = {
    "unlikely-same-report": Kind(
        "与上一份日报相同",
        "日报各行各列与这个旗区上一份采用的日报一样，只有报告日期不同，而且报有今日进展、接访、急报或者新增案件。",
        "请问旗区当日是否确实没有变化，还是把以前的日报又报了一次。",
    ),
    "unlikely-same-progress": Kind(
        "今日进展一直不变",
        "一件案件最近 {same_progress_reports} 份日报的今日进展都一样。",
        "请看近来办到了哪一步；没有新进展的，这一格可以不填。",
    ),
    "unlikely-shared-reply": Kind(
        "不相干的案件同一个文号",
        "当日报来的答复文号别的案件也在用，其中有两件的项目或单位、问题类别都不一样。",
        "请对照答复文书，看文号是否填对，或者本来就是合并答复。",
    ),
    "unlikely-reply-number": Kind(
        "答复文号里没有数字",
        "当日第一次报来的答复文号里一个数字也没有，例如“口头”“待补”；再报同一个的不再提示。核查提示的豁免结束的次日，还是这样的，再提示一次。",
        "请看是否已经书面答复；已经答复的，请旗区补填文书上的文号。",
    ),
    "unlikely-many-resolved": Kind(
        "一天化解很多件",
        "一个旗区一天新计入化解的案件超过 {resolved_a_day} 件。",
        "请看是集中办结，还是以前办结的集中到这一天报；可以抽看几件的答复文书。",
    ),
    "unlikely-found-resolved": Kind(
        "当日新增、当日化解",
        "当日在“新增案件”里报来的案件，当日就计入化解。",
        "请看排查日期和答复日期是否填对，以前是否已在办理。",
    ),
    "unlikely-no-progress": Kind(
        "没有报过进展就化解",
        "当日新计入化解，以前各日采用的行里没有今日进展，状态也都是已交办；当日新增的，和旗区第一份日报里的，不在此列。",
        "请看答复文书；办理过程只是没有报的，不用改。",
    ),
    "unlikely-last-day": Kind(
        "到期当天才有答复",
        "在现行时限的当天新计入化解，以前各日没有报过答复文号；旗区第一份日报里的不在此列。",
        "请对照答复文书，看答复日期和文号是否填对。",
    ),
    "unlikely-alike": Kind(
        "与已有的案件相像",
        "新进台账的案件与更早的案件项目或单位、问题类别一样，案由相像（相似度 {similar_percent}% 以上）。",
        "请看是不是同一件事编了两个号；是的，留一个，另一个在分解表填撤销依据。",
    ),
    "unlikely-same-reply": Kind(
        "新案件的文号别的案件也在用",
        "进台账不到三十天的案件，当日第一次报来的答复文号，比它早或同一天进台账的案件也在用，项目或单位、问题类别至少有一样相同。",
        "请看是不是同一件事编了两个号，或者文号填错；合并答复的不用改。",
    ),
    "unlikely-to-and-fro": Kind(
        "状态来回改",
        "当日状态往回改，三十天里不是第一次。",
        "请看重新办理原因，问清现在办到了哪一步。",
    ),
    "unlikely-receptions": Kind(
        "接访批次比平时多很多",
        "当日的接访批次合计 20 以上，而且是前三十天各份日报中位数的 {receptions_times} 倍以上（至少有 5 份日报可比）。",
        "请看是不是多打了一位数，或者把累计数填成了当日数。",
    ),
}
"""By code, in the order of docs/contract-extensions.md 2."""

FACTS: Final = {
    "unlikely-same-report": "除报告日期外，与{before}的日报完全一样。",
    "unlikely-same-progress": "{case}最近 {count} 份日报的今日进展都一样。",
    "unlikely-shared-reply": "{count} 件案件用同一个答复文号：{cases}。其中{first}和{second}的项目或单位、问题类别都不一样。",
    "unlikely-shared-reply/two": "{first}和{second}用同一个答复文号，项目或单位、问题类别都不一样。",
    "unlikely-reply-number": "{case}的答复文号里没有数字。",
    "unlikely-reply-number/again": "{case}的答复文号里没有数字；它的核查提示豁免已经结束，豁免期内没有列出。",
    "unlikely-many-resolved": "当日新计入化解 {count} 件：{cases}。",
    "unlikely-many-resolved/first": "当日新计入化解 {count} 件：{cases}。这是第一天汇总，以前办结的也算在当日。",
    "unlikely-found-resolved": "当日新增、当日就计入化解 {count} 件：{cases}。",
    "unlikely-no-progress": "{case}当日计入化解，以前没有报过进展，状态也没有离开过已交办。",
    "unlikely-last-day": "{case}在现行时限当天（{deadline}）计入化解，以前没有报过答复文号。",
    "unlikely-alike": "{case}与{others}的项目或单位、问题类别一样，案由相像。",
    "unlikely-same-reply": "{case}在{entered}进台账，它的答复文号{others}也在用。",
    "unlikely-same-reply/together": "{case}和{others}同在{entered}进台账，用同一个答复文号。",
    "unlikely-to-and-fro": "{case}的状态由{before}改回{after}，三十天里往回改了 {count} 次。",
    "unlikely-receptions": "当日接访合计 {count} 批次，前三十天 {reports} 份日报的中位数是 {usual} 批次。",
}
"""By the name of a hint: its code, or its code and which case of it."""
