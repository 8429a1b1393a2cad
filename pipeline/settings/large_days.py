"""From when on a day has too many cases for one page, one file and one workbook (docs/contract-extensions.md 12).

Covered by tests/render/test_large_days.py.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.settings.rules import Frozen


class LargeDay(Frozen):
    """From when on a day's documents are split by unit: a district, or what stands above several."""

    cases: Annotated[int, Field(ge=1, strict=True)] = 3000
    workbook_rows: Annotated[int, Field(ge=1, strict=True)] = 20_000
