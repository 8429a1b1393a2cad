"""A cell of an OpenDocument sheet: from its attributes and text to what a worksheet would hold.

The elements and attributes are those of ODF 1.2 part 1, 9.1 (tables) and 6.1 (text).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.reading.gate import number_formats, plain_worksheet
from pipeline.reading.gate.cell_values import ANY_ERROR, KNOWN_ERRORS, is_number, is_picture
from pipeline.reading.gate.plain_workbook import Format
from pipeline.reading.gate.plain_worksheet import Cell
from pipeline.reading.gate.safe_workbook import damaged

TABLE, OFFICE, TEXT = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0 " for name in ("table", "office", "text"))
_FORMULA = f"{TABLE}formula"
_TYPE, _VALUE, _TRUTH, _STRING = (f"{OFFICE}{name}" for name in ("value-type", "value", "boolean-value", "string-value"))
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_ERROR_BEGINS = ("#", "E", "错")
"""The first characters of #N/A, Err:502 and 错误:502, which is how LibreOffice shows errors."""
_DAY, _MOMENT, _TIME, _SPAN = "1", "2", "3", "4"
FORMATS: tuple[Format, ...] = (0, 14, 22, 20, 46)
"""The formats of cells, by their styles: plain, a day, a day with a time, a time of day, a span of time."""
NULL_DATES = {"1899-12-30": False, "1904-01-01": True}
"""The days from which a workbook may count, and whether it is the later one (table:null-date)."""
_EPOCHS = (date(1899, 12, 30), date(1904, 1, 1))
_DAYS_TO_1904 = (_EPOCHS[1] - _EPOCHS[0]).days
_SPAN_OF_TIME = re.compile(r"(-?)P(?:(\d{1,9})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d+)?)S)?")
_OWN_ERROR = re.compile(r"(?:Err|错误):(\d{3})")
_NUMBERS = ("float", "percentage", "currency")
_IS_OTHER_WRITING = re.compile(r"[Ee]|\d\s*/\s*\d")
"""Numbers with an exponent, and fractions."""
_TRUTHS = ("of:=TRUE()", "of:=FALSE()")
"""How LibreOffice writes a truth that was typed; its result is a number there."""
_NO_NUMBER = "503"
_FIRST_PLAUSIBLE_DAY = 36_526
"""The serial number of 2000-01-01: a "time" of so many days is a day with a time, of which the time alone is shown."""


@dataclass(slots=True)
class OdsCell:
    """A cell as it is written: attributes, and the text that is shown."""

    attributes: dict[str, str]
    paragraphs: int = 0
    texts: list[str] = field(default_factory=list)

    @property
    def has_formula(self) -> bool:
        """Return whether it is calculated."""
        return _FORMULA in self.attributes

    @property
    def is_filled(self) -> bool:
        """Return whether something stands in it; an empty text is nothing, however often it is repeated."""
        is_value = self.attributes.get(_TYPE, "string") != "string" or bool(self.attributes.get(_STRING))
        return self.has_formula or bool(self.texts) or is_value

    def as_cell(self, *, is_1904: bool) -> Cell | None:
        """Return what it holds, at no place yet; None for an empty text."""
        if is_picture(self.attributes.get(_FORMULA, "")):
            return Cell(0, 0, "n", "", "", has_formula=True, is_picture=True)
        kind, style, value = self._content(is_1904=is_1904)
        if kind == "str" and not value and not self.has_formula:
            return None
        return Cell(0, 0, kind, style, value, self.has_formula, format=self._format(kind, value))

    def _content(self, *, is_1904: bool) -> tuple[str, str, str]:
        """Return kind, style and value."""
        shown, kind = "".join(self.texts), self.attributes.get(_TYPE, "")
        if error := self._error(shown, kind):
            return "e", "", error
        if kind == "date":
            return self._date(self.attributes.get(f"{OFFICE}date-value", ""), shown, is_1904=is_1904)
        if kind == "time":
            return self._time(self.attributes.get(f"{OFFICE}time-value", ""), shown, is_1904=is_1904)
        if kind in _NUMBERS or kind == "boolean":
            return self._number(kind)
        if not kind and not self.paragraphs:  # a formula without a result
            return "n", "", ""
        return "str", "", plain_worksheet.text(self.attributes.get(_STRING) or shown)

    def _error(self, shown: str, kind: str) -> str:
        """Return the error that it holds; '' where it holds none.

        ODF knows no errors. LibreOffice says so in an attribute of its own; other programs leave only the text that is shown,
        which counts where nobody can have typed it: in a formula's cell, or in one whose declared type is no text.
        """
        is_declared = self.attributes.get(_CALC_TYPE) == "error"
        if not is_declared and shown[:1] not in _ERROR_BEGINS:
            return ""
        own = _OWN_ERROR.fullmatch(shown)
        if not (is_declared or ((self.has_formula or kind != "string") and (own or shown.encode() in KNOWN_ERRORS))):
            return ""
        if shown.encode() in KNOWN_ERRORS:
            return shown
        return "#NUM!" if own and own[1] == _NO_NUMBER else ANY_ERROR

    def _format(self, kind: str, value: str) -> str:
        """Return a number format that shows what the cell shows; '' where that is its value."""
        # The text of a cell is what its style made of it; programs that write no text for a number say nothing of it.
        shown = "".join(self.texts).strip()
        if kind != "n" or self.attributes.get(_TYPE) not in _NUMBERS or not self.paragraphs or _IS_OTHER_WRITING.search(shown):
            return ""
        digits = number_formats.without_signs(shown)
        readings = {digits.replace(",", ""), digits.replace(".", "").replace(",", ".")}  # in some countries a comma is the point
        if any(_is_near(written, abs(float(value))) for written in readings):
            return ""
        return number_formats.of_words(shown)

    def _number(self, kind: str) -> tuple[str, str, str]:
        number = self.attributes.get(_TRUTH) or self.attributes.get(_VALUE, "")
        if kind == "boolean" or self.attributes.get(_FORMULA) in _TRUTHS:
            return "b", "", str(int(number in ("true", "1")))
        if not is_number(number) or not math.isfinite(float(number)):
            raise damaged()
        return "n", "", repr(float(number))

    def _date(self, written: str, shown: str, *, is_1904: bool) -> tuple[str, str, str]:
        # A zone may stand behind it, as XML Schema has dates; a cell of a workbook knows none.
        try:
            moment = datetime.fromisoformat(written.removesuffix("Z")).replace(tzinfo=None)
        except ValueError:  # for example a year beyond 9999: what is shown goes on as text, and is judged as such
            return "str", "", plain_worksheet.text(shown or written)
        days = (moment.date() - _EPOCHS[is_1904]).days
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1_000_000
        return "n", _MOMENT if seconds else _DAY, repr(days + seconds / 86400)

    def _time(self, written: str, shown: str, *, is_1904: bool) -> tuple[str, str, str]:
        span = _SPAN_OF_TIME.fullmatch(written)
        if not span:
            return "str", "", plain_worksheet.text(shown or written)
        days, hours, minutes = (int(part or 0) for part in span.group(2, 3, 4))
        seconds = hours * 3600 + minutes * 60 + float((span[5] or "0").replace(",", "."))
        value = days + seconds / 86400
        if span[1]:
            return "n", "", repr(-value)
        if value < 1:
            return "n", _TIME, repr(value)
        return "n", _MOMENT if value >= _FIRST_PLAUSIBLE_DAY - _DAYS_TO_1904 * is_1904 else _SPAN, repr(value)


def _is_near(written: str, number: float) -> bool:
    """Whether a number is this one, but for its last place."""
    _whole, _point, part = written.partition(".")
    return is_number(written) and abs(float(written) - number) <= 10.0 ** -len(part)
