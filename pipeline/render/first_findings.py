"""The first of very many findings: one file's flood must not bury the others', nor make a paper that nobody can open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.report.submission_lines import FindingLine
from pipeline.terms import words
from pipeline.terms.contract import Severity
from pipeline.terms.messages import shorten

_COSTS = list(Severity)
_File = tuple[str, str, str]
"""District, name and use."""


def shown(lines: Sequence[FindingLine], most: int) -> list[FindingLine]:
    """At most so many of each file, in their order: what costs most before the rest, and of every code its first ones."""
    chosen = _chosen(lines, most)
    return [line for at, line in enumerate(lines) if at in chosen]


def left_out(lines: Sequence[FindingLine], most: int) -> list[str]:
    """For each file with more of them a sentence: how many, of which kinds, and where all stand."""
    chosen = _chosen(lines, most)
    rest: dict[_File, Counter[str]] = {}
    for at, line in enumerate(lines):
        if at not in chosen:
            rest.setdefault(_file(line), Counter())[words.FINDING_TITLES[line.finding.code]] += 1
    return [_sentence(name, counted) for (_district, name, _use), counted in rest.items()]


def _chosen(lines: Sequence[FindingLine], most: int) -> frozenset[int]:
    if len(lines) <= most:
        return frozenset(range(len(lines)))
    ranked: dict[_File, list[tuple[int, int, int]]] = {}
    seen: Counter[tuple[_File, str]] = Counter()
    for at, line in enumerate(lines):
        file, finding = _file(line), line.finding
        seen[file, finding.code] += 1
        ranked.setdefault(file, []).append((_COSTS.index(finding.severity), seen[file, finding.code], at))
    return frozenset(at for places in ranked.values() for _cost, _nth, at in sorted(places)[:most])


def _file(line: FindingLine) -> _File:
    return line.district, line.file, line.use


def _sentence(name: str, counted: Counter[str]) -> str:
    kinds = "、".join(f"{title} {count} 处" for title, count in counted.most_common())
    return f"“{shorten(name)}”的问题太多，这里只列一部分，还有 {counted.total()} 处没有列出：{kinds}。全部见当日的 findings.csv。"
