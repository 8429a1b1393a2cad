"""What the demo's week uses of the sheets that a workbook may lack: a late report that is excused, and a line of a notice that is answered.

Covered by tests/demo/test_made_up_office.py.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.terms import contract

Row = dict[str, str | int | date | None]
EXEMPTED: Final[dict[str, list[Row]]] = {
    contract.EXEMPTIONS.name: [
        {
            "对象": "{HJ} 2020-05-21",
            "事项": contract.LATE_EXCUSED,
            "批准人": "领导六",
            "理由": "当日机房停电检修，事先报告",
            "截止日期": date(2020, 5, 31),
        }
    ]
}
"""A sheet of Wednesday's assignment workbook: Thursday's report may come after the cut-off. A district is its code, in braces."""
_ANSWERED: Final[dict[tuple[str, int], Row]] = {
    ("ETQ", 5): {
        "通知编号": "市住建督〔2020〕16号",
        "案件编号": "ZZQ-2020-007",
        "督办事项": "超期未结",
        "办理措施": "已向自然资源部门补交土地手续资料，每日跟进",
        "完成时限": date(2020, 6, 5),
    }
}
"""By district and day: Friday's report answers the notice of Thursday."""


def answered(code: str, at: int) -> dict[str, list[Row]]:
    """Return the sheet 督办回复 of a district's report; nothing where it has none."""
    row = _ANSWERED.get((code, at))
    return {contract.ANSWERS.name: [row]} if row else {}
