"""What a district's letter asks about its urgent matters of which nothing has been said, and about what was refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from offices import Office
from workbooks import DAY, assignment, progress_row, report, urgent_row

from pipeline.post import wording
from pipeline.post.come_since import Since
from pipeline.post.published_days import PublishedDay

TO = "dongsheng@example.com"


def test_a_letter_asks_about_urgent_matters_of_which_nothing_was_said(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    before = DAY - timedelta(days=1)
    danger = urgent_row("SJ-2020-001", 事项类别="工程安全隐患", 情况说明="外墙松动" * 30, 发生时间=f"{before}", 需协调事项="请派检测单位")
    office.put(report(day=before, progress=[], urgent=[danger]), "一.xlsx", f"{before}T15:00:00+08:00")
    office.put(report(progress=[]), "二.xlsx", f"{DAY}T15:00:00+08:00")
    office.run(before, DAY)
    for day, is_told in ((before, False), (DAY, True)):
        published = PublishedDay(day, office.outbox / day.isoformat(), {}, is_correction=False, answers={}, manifest="", editions=())
        letter = wording.Writer(office.settings, DAY).to_district(day, "东胜区", TO, [], published.summary(), later=None)
        told = f"SJ-2020-001 工程安全隐患（5月20日所报）：{'外墙松动' * 30}；当时请求：请派检测单位"
        assert [told in text and "还没有下文" in text for text in (letter.text, letter.html)] == [is_told] * 2
        other = wording.Writer(office.settings, DAY).to_district(day, "达拉特旗", TO, [], published.summary(), later=None)
        assert "还没有下文" not in other.text


def test_a_letter_tells_what_was_refused_on_earlier_days_and_is_not_mended(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    before = DAY - timedelta(days=1)
    asking = progress_row("SJ-2020-001", 答复日期="11.9", 需协调事项="请市里协调资金缺口")
    office.put(report(day=before, progress=[asking]), "一.xlsx", f"{before}T15:00:00+08:00")
    office.put(report(progress=[]), "二.xlsx", f"{DAY}T15:00:00+08:00")
    office.run(before, DAY)
    published = PublishedDay(DAY, office.outbox / DAY.isoformat(), {}, is_correction=False, answers={}, manifest="", editions=())
    letter, other = (
        wording.Writer(office.settings, DAY).to_district(DAY, name, TO, [], published.summary(), later=None)
        for name in ("东胜区", "达拉特旗")
    )
    for text in (letter.text, letter.html):
        assert "还没有改正的：" in text
        assert "需协调事项：5月20日1件（SJ-2020-001），请改正后重新报送" in text
        assert "资金缺口" not in text
    assert "还没有改正的" not in other.text


def test_a_letter_asks_for_earlier_days_of_which_nothing_came_but_for_those_that_it_tells_already(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    days = [DAY - timedelta(days=ago) for ago in (3, 2, 1, 0)]
    for day in (days[0], days[3]):
        office.put(report(day=day, progress=[]), f"{day}.xlsx", f"{day}T15:00:00+08:00")
    for day in days:
        office.put(report("达拉特旗", day=day, progress=[]), f"达{day}.xlsx", f"{day}T15:00:00+08:00")
    office.run(*days)
    published = PublishedDay(DAY, office.outbox / DAY.isoformat(), {}, is_correction=False, answers={}, manifest="", editions=())

    def told(name: str, lacking: tuple[date, ...] = ()) -> str:
        letter = wording.Writer(office.settings, DAY).to_district(
            DAY, name, TO, [], published.summary(), later=None, since=Since(lacking=lacking)
        )
        assert ("贵局还缺" in letter.text) is ("贵局还缺" in letter.html)
        return letter.text

    assert "贵局还缺5月19日、5月20日的日报，请补报。" in told("东胜区")
    assert "贵局还缺5月20日的日报，请补报。" in told("东胜区", (days[1],))
    assert "贵局还缺" not in told("达拉特旗")
