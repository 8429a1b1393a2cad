"""Counts and amounts as people write them (contract 3, "Numbers"). Nothing here knows a sheet."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from pipeline.terms.text import short_line

_NUMBER = re.compile(r"(?P<sign>[-+]?)\s*(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?\s*(?P<unit>[^\d\s.,]*)")


def read_number(cell: object, units: dict[str, Decimal], default: Decimal) -> Decimal | None:
    """An amount of zero or more in the column's own unit; None if it is not understood or negative.

    `units` gives the factor of each unit that may trail the number; `default` is the header's factor, used where
    nothing trails it.
    """
    match cell:
        case bool():
            return None
        case int() | float():
            try:
                amount = Decimal(repr(cell)) * default
            except InvalidOperation:
                return None
            return _plain(amount) if amount.is_finite() and amount >= 0 else None
        case str():
            found = _NUMBER.fullmatch(short_line(cell))
            if not found or found["sign"] == "-" or (found["unit"] and found["unit"] not in units):
                return None
            amount = Decimal(found["digits"].replace(",", "") + (found["fraction"] or ""))
            return _plain(amount * (units[found["unit"]] if found["unit"] else default))
        case _:
            return None


def _plain(amount: Decimal) -> Decimal:
    """Without trailing zeros or an exponent, so that 12.0 and 12 are the same text."""
    return Decimal(format(amount.normalize(), "f")) + 0
