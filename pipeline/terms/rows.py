"""A sheet's rows as understood, and how the ledger keeps them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields

Value = str | None
"""An understood cell: text, a list's value, an ISO date (`--05-21` where the year is not yet known), a plain number."""


@dataclass(slots=True)
class Rows:
    """A sheet's rows as understood, with the way back to every cell."""

    sheet: str
    """The contract's name of the sheet."""
    name: str
    """The sheet's name in the workbook."""
    letters: dict[str, int]
    """Where each column stands, from 0."""
    lines: list[int]
    """The row numbers, as Excel counts."""
    values: dict[str, list[Value]]
    """Every column of the contract, one value for each row."""
    unread: dict[str, list[int]] = field(default_factory=dict)
    """Positions of cells that a finding refuses: they count as filled and are not judged again."""
    refused: list[int] = field(default_factory=list)
    """Positions of rows that a finding refuses."""


_ROWS_FIELDS = tuple(each.name for each in fields(Rows) if each.name != "values")


def write_rows(rows: tuple[Rows, ...]) -> str:
    """The rows as the ledger keeps them: JSON, a column at a time; a column that says one thing throughout says it once."""
    sheets = [
        {
            **{name: getattr(one, name) for name in _ROWS_FIELDS},  # asdict would copy every cell
            "values": {
                name: values if len({*values}) > 1 else {"all": values[0] if values else None} for name, values in one.values.items()
            },
        }
        for one in rows
    ]
    return json.dumps(sheets, ensure_ascii=False, separators=(",", ":"))


def read_rows(written: str) -> tuple[Rows, ...]:
    """The rows that `write_rows` wrote."""
    sheets = json.loads(written)
    for sheet in sheets:
        count = len(sheet["lines"])
        sheet["values"] = {
            name: values if isinstance(values, list) else [values["all"]] * count for name, values in sheet["values"].items()
        }
    return tuple(Rows(**sheet) for sheet in sheets)
