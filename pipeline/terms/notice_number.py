"""The number that a district's notice carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

WORD: Final = "督办"
"""Begins the number where the office has set no code of its agency."""

_NUMBER: Final = r"督[^\s〔［\[（(【]{0,8}[〔［\[（(【]\s*\d{4}\s*[〕］\]）)】]\s*第?\d{1,5}\s*号"
_SLIP: Final = re.compile(rf"督办通知回执|督办案件清单（回执）|{_NUMBER}")
_ANSWER: Final = re.compile(rf"督办.{{0,6}}(?:通知|回执|回复|反馈|案件清单)|{_NUMBER}")
_OURS: Final = "【回信】"
"""Begins the subject of an answer of ours: whoever replies to that answers no notice."""


def is_of_notice(called: str) -> bool:
    """Return whether a file's name or a message's subject says that it answers a notice."""
    return bool(_ANSWER.search(called)) and _OURS not in called


def has_slip(text: str) -> bool:
    """Return whether a document's text is the slip of a notice, or names a notice's number."""
    return bool(_SLIP.search(text))


@dataclass(frozen=True, slots=True, order=True)
class NoticeNumber:
    """The number of a district's notice of one day: code〔year〕number号. Once given it never changes."""

    year: int
    number: int
    day: date
    district: str

    def written(self, code: str = WORD) -> str:
        """Return it as it stands on the notice, with the agency's code that held on its day."""
        return f"{code}〔{self.year}〕{self.number}号"
