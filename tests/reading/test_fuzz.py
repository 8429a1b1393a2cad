"""The gate over damaged workbooks: refused in a known way, or read exactly as before the damage.

The suite tries the same few hundred damages each time. For a longer search, with new ones each time:

    python -m pytest tests/reading/test_fuzz.py --fuzz-seconds 600
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import compound
import openpyxl
import pytest
import xlsb
import zips
from crafting import FILES, GOOD, PARTS, repacked
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from offices import SETTINGS, ZONE
from workbooks import CASES, DAY, assignment, report_pages, write

from pipeline.reading import reading, workbook
from pipeline.reading.gate.safe_workbook import UnreadableError
from pipeline.reading.readers import Readers
from pipeline.reading.reading import FileToRead
from pipeline.terms.handed_in import Envelope

pytestmark = pytest.mark.usefixtures("cold_workers")
_CODES = {"unreadable", "encrypted", "too-large", "macro-workbook"}
_LIMITS = reading.limits(SETTINGS)
_HOME = Path(__file__).resolve().parents[1]
_EXAMPLES = 150
_ROUND = 300
"""Damages between two looks at the clock."""
_UNUSED = frozenset({"docProps/app.xml", "docProps/core.xml", "xl/theme/theme1.xml"})


def _of_openpyxl() -> bytes:
    out = io.BytesIO()
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    book.save(out)
    return out.getvalue()


def _stored() -> bytes:
    return zips.pack(zips.Entry(name, data, zips.STORED) for name, data in PARTS.items())


def _of_a_week() -> bytes:
    """The largest report of the messy week."""
    return max((_HOME / "cases" / "week-messy" / "inbox").rglob("*.xlsx"), key=lambda path: path.stat().st_size).read_bytes()


BASES: Mapping[str, Callable[[], bytes]] = {
    "xlsxwriter": lambda: GOOD,
    "openpyxl": _of_openpyxl,
    "stored": _stored,
    "assignment": lambda: assignment(CASES),
    "1904": lambda: write(report_pages(), date_1904=True),
    "week": _of_a_week,
    "descriptors": lambda: zips.pack(zips.Entry(name, data, descriptor=True) for name, data in PARTS.items()),
    "xlsb": lambda: xlsb.write(report_pages()),
    "ods": (FILES / "rich.ods").read_bytes,
}
_XLS = (FILES / "rich.xls").read_bytes()


@cache
def _base(name: str) -> bytes:
    return BASES[name]()


Cells = dict[str, dict[tuple[int, int], object]]


def _cells(content: bytes) -> Cells:
    """Every filled cell of every sheet by its place."""
    book = workbook.read(content, _LIMITS)
    return {
        sheet.name: {
            (sheet.lines[r], sheet.columns[c]): str(cell) for r, row in enumerate(sheet.rows) for c, cell in enumerate(row) if cell != ""
        }
        for sheet in book.sheets
    }


@cache
def _whole(name: str) -> Cells:
    return _cells(_base(name))


# --- damage to the bytes -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Damage:
    """What happens to a file's bytes; places are shares of its length, so that they fit every file."""

    kind: str
    at: float
    length: int
    other: float
    bit: int

    def of(self, content: bytes) -> bytes:
        start, source = int(self.at * len(content)), int(self.other * len(content))
        end = start + self.length
        before, hit, after = content[:start], content[start:end], content[end:]
        match self.kind:
            case "flip":
                hit = bytes([hit[0] ^ (1 << self.bit), *hit[1:]]) if hit else hit
            case "cut":
                hit, after = b"", b""
            case "zeros":
                hit = bytes(len(hit))
            case "zero tail":
                hit, after = b"", bytes(len(hit) + len(after))
            case "lost":
                hit = b""
            case "splice":
                hit = content[source : source + self.length]
            case "twice":
                hit = content[source : source + self.length] + hit
        return before + hit + after


_share = st.floats(0, 1, exclude_max=True)
_REST = (st.integers(1, 600), _share, st.integers(0, 7))
_kinds = st.sampled_from(("flip", "flip", "flip", "cut", "zeros", "zero tail", "lost", "splice", "twice"))
_damages = st.lists(st.builds(Damage, _kinds, _share, *_REST), min_size=1, max_size=3)


def _must_be_refused_or_the_same(name: str, damages: list[Damage]) -> None:
    content = _base(name)
    for damage in damages:
        content = damage.of(content)
    try:
        read = _cells(content)
    except UnreadableError as error:
        assert error.code in _CODES  # noqa: PT017 - being refused is as good as being read right
        return
    assert read == _whole(name)


def test_damaged_bytes_are_refused_or_harm_nothing(request: pytest.FixtureRequest) -> None:
    _search(request, _must_be_refused_or_the_same, st.sampled_from(sorted(BASES)), _damages)


def _must_be_refused_or_read(damages: list[Damage]) -> None:
    """An .xls has no sums: a letter or figure may have changed unseen, but what is cut off or emptied at the end is missed."""
    content = _XLS
    for damage in damages:
        content = damage.of(content)
    try:
        read = _cells(content)
    except UnreadableError as error:
        assert error.code in _CODES  # noqa: PT017 - being refused is as good as being read right
        return
    if all(damage.kind in ("cut", "zero tail") for damage in damages):
        assert read == _cells(_XLS)


def test_a_damaged_xls_is_refused_or_read_and_never_with_its_end_missing(request: pytest.FixtureRequest) -> None:
    _search(request, _must_be_refused_or_read, _damages)
    _search(
        request, _must_be_refused_or_read, st.lists(st.builds(Damage, st.sampled_from(("cut", "zero tail")), _share, *_REST), min_size=1)
    )


def test_every_base_is_read_whole() -> None:
    assert all(_whole(name) for name in BASES)


# --- damage to the XML, every sum right --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one part, before it is packed as if it belonged there."""

    part: str
    damage: Damage
    other: str
    kind: str

    def of(self, parts: Mapping[str, bytes]) -> dict[str, bytes | None]:
        data = parts[self.part]
        match self.kind:
            case "swap":
                return {self.part: parts[self.other], self.other: data}
            case "other":
                return {self.part: parts[self.other]}
            case "gone":
                return {self.part: None}
            case "word":
                return {self.part: _respelt(data, self.damage)}
            case _:
                return {self.part: self.damage.of(data)}


_WORDS: tuple[tuple[bytes, bytes], ...] = (
    (b"<c ", b"<c t='e' "), (b"<v>", b"<v>-"), (b"</v>", b"99999999</v>"), (b"<row ", b"<row r='0' "), (b't="s"', b't="n"'),
    (b"<f>", b"<f/>"), (b'r="', b'r="X'), (b"</c>", b""), (b"<t>", b"<t><t>"), (b"</si>", b""), (b"/worksheet", b"/chartsheet"),
    (b'Target="', b'Target="../../'),
    (b"sheet2.xml", b"sheet1.xml"), (b'name="', b'name="&#0;'), (b"<sheetData>", b"<sheetData><!DOCTYPE a>"), (b'="1"', b'="-1"'),
    (b'="1"', b'="4294967296"'), (b"UTF-8", b"UTF-7"), (b">", b" >"), (b'"', b"'"), (b"<v>", b"<v><![CDATA[1]]>"), (b"2", b"1e308"),
)  # fmt: skip


def _respelt(data: bytes, damage: Damage) -> bytes:
    """The part with one word after the damage's place respelt, or all of them."""
    old, new = _WORDS[int(damage.other * len(_WORDS))]
    start = int(damage.at * len(data))
    return data[:start] + data[start:].replace(old, new, 1 if damage.bit else -1)


_names = st.sampled_from(sorted(PARTS.keys() - _UNUSED))
_one_damage = st.builds(Damage, _kinds, _share, st.integers(1, 40), _share, st.integers(0, 7))
_changes = st.lists(
    st.builds(Change, _names, _one_damage, _names, st.sampled_from(("bytes", "bytes", "word", "word", "word", "swap", "other", "gone"))),
    min_size=1,
    max_size=2,
)


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[[bytes], None]]:
    """A reader in its own process, which must answer without a fault of ours."""
    path = tmp_path / "damaged.xlsx"
    limits = SETTINGS.limits.model_copy(update={"seconds": 10})
    arrived = Envelope(_arrival())
    with Readers(SETTINGS.model_copy(update={"limits": limits}), 1) as readers:

        def ask(content: bytes) -> None:
            path.write_bytes(content)
            (transcript,) = readers.transcribe([FileToRead(path, len(content), arrived, is_assignment=False)])
            assert not transcript.fault
            assert transcript.reading.accepted or transcript.reading.findings

        yield ask


def _arrival() -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, 16, tzinfo=ZONE)


def test_damaged_xml_is_read_or_refused_but_never_a_fault(request: pytest.FixtureRequest, ask: Callable[[bytes], None]) -> None:
    def damaged(changes: list[Change]) -> None:
        parts: dict[str, bytes | None] = {}
        for change in changes:
            parts |= change.of({**PARTS, **{name: data for name, data in parts.items() if data is not None}})
        ask(repacked(parts))

    _search(request, damaged, _changes)


def test_damaged_records_are_read_or_refused_but_never_a_fault(request: pytest.FixtureRequest, ask: Callable[[bytes], None]) -> None:
    stream, binary = compound.stream(_XLS, "Workbook"), xlsb.parts(report_pages())
    open_parts = {name: entry.data for name, entry in zips.entries((FILES / "rich.ods").read_bytes()).items()}
    names = [name for name in binary if name.endswith(".bin")]

    def damaged(kind: str, damages: list[Damage], part: int) -> None:
        def harmed(data: bytes) -> bytes:
            for damage in damages:
                data = damage.of(data)
            return data

        if kind == "xls":
            return ask(compound.build({"Workbook": harmed(stream)}))
        parts, name = (binary, names[part % len(names)]) if kind == "xlsb" else (open_parts, "content.xml")
        return ask(zips.pack(zips.Entry(part, harmed(data) if part == name else data) for part, data in parts.items()))

    _search(
        request, damaged, st.sampled_from(("xls", "xls", "xlsb", "ods")), st.lists(_one_damage, min_size=1, max_size=3), st.integers(0, 9)
    )


# --- how long ----------------------------------------------------------------------------------------------------


def _search(request: pytest.FixtureRequest, check: Callable[..., None], *drawn: st.SearchStrategy[object]) -> None:
    """Try the suite's damages, and then, for as long as was asked for, others."""
    settings(max_examples=_EXAMPLES)(given(*drawn)(check))()
    seconds = float(request.config.getoption("--fuzz-seconds"))
    end, turn = time.monotonic() + seconds, time.time_ns()
    while time.monotonic() < end:
        turn += 1
        seed(turn)(settings(max_examples=_ROUND, derandomize=False)(given(*drawn)(check)))()
