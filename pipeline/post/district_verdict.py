"""How a district's report stands, in the few words with which a letter tells it.

Covered by tests/post/test_sending.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pipeline.publishing.edition_changes import Changes
from pipeline.render import files_for_programs
from pipeline.terms import words


def of(submission: dict[str, Any], changes: Changes | None = None) -> str:
    """Return what became of the report; `changes`: how a later edition of the day differs from what was mailed before."""
    verdict, district = _verdict(submission), submission["district"]
    if verdict in (words.ZERO, words.EMPTY) and changes and _is_about_more(changes, district):
        return f"{verdict}，数字、案件有更正"
    if verdict in (words.ZERO, words.EMPTY) and changes and _has_come(changes, district):
        return f"补报的收到了，{verdict}"
    return verdict


def state(submission: dict[str, Any]) -> str:
    """Return how the report stands: whether it came in time, whether nothing of it was taken, or not by then."""
    stands = files_for_programs.stands_in(submission)
    if stands == "mended":
        came = submission["mended_at"]
        return words.mended(datetime.fromisoformat(came), datetime.fromisoformat(submission["received_at"]))
    return words.STANDS_IN_LETTERS[stands]


def _verdict(submission: dict[str, Any]) -> str:
    """Return what became of the report, in a few words."""
    if submission["status"] == "missing":
        nothing = "日报整份退回，请改正后重新报送" if submission.get("returned") else "没有日报，请补报"
        return "收到的日报暂不采用，请重新报送" if submission.get("is_left_out") else nothing
    taken, refused = submission["rows_accepted"], submission["rows_refused"]
    less = "，少了先前报的内容" if submission.get("withdrew") else ""
    less += "，有的把补报的内容改了回去，请看一看" if submission.get("turned_back") else ""
    if sheets := "、".join(submission.get("refused_sheets", ())):
        return f"采用{taken}行，退回{f'{refused}行和' if refused else ''}整张表（{sheets}），请改正{less}"
    if refused and refused == submission.get("rows_moved", 0):
        return f"采用{taken}行，退回{refused}行（案件已由市局改派），请照回执删去{less}"
    if refused:
        return f"采用{taken}行，退回{refused}行{'（分解表由市局改好）' if submission.get('offices_alone') else '，请改正'}{less}"
    if not taken and submission.get("withdrew"):
        return f"{_without_rows(submission)}，原来报的不再算数"
    return f"已采用{taken}行{less}" if taken else _without_rows(submission)


def _without_rows(submission: dict[str, Any]) -> str:
    return words.without_rows(is_zero=files_for_programs.is_zero(submission))


def _is_about_more(changes: Changes, district: str) -> bool:
    """Whether a later edition says another thing of a district's cases or figures, and not of its report alone."""
    return bool(changes.cases) or any(not line.startswith(f"{district}的报送") for line in changes.figures)


def _has_come(changes: Changes, district: str) -> bool:
    """Whether the district had no report in the earlier edition, and has one in the later."""
    return any(line.startswith(f"{district}的报送：状态 {words.STANDS['missing']} → ") for line in changes.figures)
