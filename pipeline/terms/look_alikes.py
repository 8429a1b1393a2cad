"""Characters that look alike and are not the same: which one of a cell somebody has to type again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipeline.terms.case_numbers import canonical
from pipeline.terms.text import key

# The first of each group stands for all of them. Cyrillic and Greek letters come from pasted text, kana from input methods and
# character recognition; the ideographs are those that a list value or a name of ours can be mistyped with.
_GROUPS: Final = (
    "AАΑ", "BВΒ", "CСϹ", "DᎠ", "EЕΕ", "GԌ", "HНΗ", "1ILІΙӀ", "JЈ", "KКΚ", "MМΜ", "NΝ", "0OОΟ〇○", "PРΡ", "QԚ", "SЅ", "TТΤ", "WԜ",
    "XХΧ", "YУΥҮ", "ZΖ", "已己巳", "未末", "日曰", "土士", "人入", "工エ", "口ロ囗", "二ニ", "力カ", "夕タ", "八ハ", "卜ト", "三ミ",
)  # fmt: skip
_SHAPE: Final = {ord(character): group[0] for group in _GROUPS for character in group}
_LETTERS: Final = {
    **{ord(character): group[0] for group in _GROUPS if "A" <= group[0] <= "Z" for character in group},
    **{ord(character): "O" for character in "ОΟ"},
    **{ord(character): "I" for character in "ІΙӀ"},
}
_DIGITS: Final = str.maketrans("OIL", "011")
_NUMBER = re.compile(r"([A-Z01]+?)-?([0-9OIL]{4})-?([0-9OIL]+)")
_MOST_NAMED = 3


def retype(written: str, meant: Iterable[str]) -> str:
    """Return the sentence that says which characters only look like those of the one text that is meant; '' where none is.

    `meant` are the texts that would be right.
    """
    compared = key(written)
    shape = compared.translate(_SHAPE)
    alike = [text for text in meant if len(text) == len(shape) and compared != key(text) and key(text).translate(_SHAPE) == shape]
    if len(alike) != 1:
        return ""
    wrong = dict.fromkeys((has, needs) for has, needs in zip(compared, key(alike[0]), strict=True) if has != needs)
    named = [f"“{has}”（{_code_point(has)}）只是看着像“{needs}”（{_code_point(needs)}）" for has, needs in wrong]
    more = f"等 {len(named)} 处" if len(named) > _MOST_NAMED else ""
    return f"其中{'，'.join(named[:_MOST_NAMED])}{more}，请删掉后重新输入“{alike[0]}”。"


def number_meant(number: str) -> str:
    """Return a canonical case number with the letters and digits that its characters look like; unchanged where it has another shape."""
    parts = _NUMBER.fullmatch(number.translate(_LETTERS))
    if not parts:
        return number
    letters = parts[1].replace("0", "O").replace("1", "I")
    return canonical(f"{letters}-{parts[2].translate(_DIGITS)}-{parts[3].translate(_DIGITS)}")


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"
