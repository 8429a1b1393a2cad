"""Counts and amounts as people write them (contract 3, "Numbers"). Nothing here knows a sheet."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from pipeline.terms.text import short_line, shown_number

_NUMBER = re.compile(r"(?P<sign>[-+]?)\s*(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?\s*(?P<unit>[^\d\s.,]*)")


def read_number(cell: object, units: dict[str, Decimal], default: Decimal) -> Decimal | None:
    """An amount of zero or more in the column's own unit; None if it is not understood or negative.

    `units` gives the factor of each unit that may trail the number; `default` is the header's factor, used where
    nothing trails it.
    """
    match cell:
        case bool():  # before int(), which it is too
            return None
        case int() | float():
            try:
                amount = Decimal(shown_number(cell)) * default
            except InvalidOperation:
                return None
            return _plain(amount) if amount.is_finite() and amount >= 0 else None
        case str():
            match = _NUMBER.fullmatch(short_line(cell))
            if not match or match["sign"] == "-" or (match["unit"] and match["unit"] not in units):
                return None
            amount = Decimal(match["digits"].replace(",", "") + (match["fraction"] or ""))
            return _plain(amount * (units[match["unit"]] if match["unit"] else default))
        case _:
            return None


def shows_number(text: str, number: float, units: dict[str, Decimal], default: Decimal) -> bool:
    """Whether a text that a cell's format shows is the amount that is stored in it, but for what is rounded away."""
    shown, held = read_number(text, units, default), read_number(number, units, default)
    match = _NUMBER.fullmatch(short_line(text))
    if shown is None or held is None or match is None:
        return False
    last_place = Decimal(1).scaleb(1 - len(match["fraction"] or "."))
    return abs(shown - held) * 2 <= last_place * (units[match["unit"]] if match["unit"] else default)


def _plain(amount: Decimal) -> Decimal:
    """Without trailing zeros or an exponent, so that 12.0 and 12 are the same text."""
    return Decimal(format(amount.normalize(), "f")) + 0
