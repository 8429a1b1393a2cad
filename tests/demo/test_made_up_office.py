"""The demo: what its week promises to show is in the files that it leaves.

Covers `made_up_office`, `made_up_week`, `made_up_extensions`, `made_up_workbooks` and `moved_week`.
"""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from offices import moment

from pipeline import cli
from pipeline.demo import made_up_office, made_up_week, moved_week
from pipeline.demo.made_up_office import MARKER, Office
from pipeline.night.outcome import Outcome, Progress
from pipeline.terms.errors import ConfigurationError

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (f"2020-05-{day}" for day in range(18, 23))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = made_up_office.build(tmp_path_factory.mktemp("office") / "demo")
    made_up_office.consolidate(made)
    return made


def summary(office: Office, day: str) -> dict[str, Any]:
    written: dict[str, Any] = json.loads((office.settings.paths.outbox / day / "summary.json").read_text(encoding="utf-8"))
    return written


def findings(office: Office) -> Iterator[dict[str, str]]:
    for day in office.days:
        with (office.settings.paths.outbox / f"{day}" / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def statuses(office: Office, day: str) -> dict[str, str]:
    return {submission["district"]: submission["status"] for submission in summary(office, day)["submissions"]}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("now", ["2026-03-03 00:20", "2026-12-31 09:00", "2028-02-29 23:00"])
def test_the_week_can_end_today_and_all_of_it_has_come_by_now(now: str) -> None:
    at = moment(now)
    reports = [moved_week.moved(report, at) for report in made_up_week.reports()]
    assignments = [moved_week.moved(edition, at) for edition in made_up_week.assignments()]
    naive = at.replace(tzinfo=None)
    assert max([*(report.arrived for report in reports), *(edition.arrived for edition in assignments)]) <= naive
    assert max(report.day for report in reports) == at.date()
    assert all(report.arrived.date() >= report.day for report in reports)
    assert "2020" not in str([*(report.rows for report in reports), *(edition.rows for edition in assignments)])


def test_a_demo_of_today_has_letters_to_show(tmp_path: Path) -> None:
    made = made_up_office.build(tmp_path / "demo", moment("2026-03-03 10:00"))
    assert str(made.days[-1]) == "2026-03-03"
    assert made.settings.outgoing_mail is not None
    assert made_up_office.is_demo(tmp_path / "demo")


def test_a_plausible_week_has_few_hints_and_only_of_new_cases_like_old_ones(office: Office) -> None:
    rows = [(office.settings.paths.outbox / f"{day}" / "hints.csv").read_text(encoding="utf-8-sig").splitlines()[1:] for day in office.days]
    codes = [code for of_day in rows for line in of_day for code in re.findall("unlikely-[a-z-]+", line)]
    assert codes == ["unlikely-alike"] * 3


def test_every_file_to_open_first_is_there(office: Office) -> None:
    assert [path.is_file() for path, _sentence in office.open_first] == [True] * 3


def test_the_region_is_two_short_and_the_other_group_has_met_its_target(office: Office) -> None:
    region, other = summary(office, FRIDAY)["targets"]
    assert (region["rate_percent"], region["met"], region["shortfall"]) == ("93.5", False, 2)
    assert (other["rate_percent"], other["met"]) == ("90.7", True)


def test_the_rates_rise_from_day_to_day(office: Office) -> None:
    for group in (0, 1):
        rates = [float(summary(office, f"{day}")["targets"][group]["rate_percent"]) for day in office.days]
        assert rates == sorted(set(rates))


def test_a_hundred_cases_or_a_few_less(office: Office) -> None:
    assert 80 <= len(summary(office, FRIDAY)["cases"]) <= 100


def test_one_district_is_missing_and_one_is_late(office: Office) -> None:
    assert [name for name, status in statuses(office, FRIDAY).items() if status == "missing"] == ["康巴什区"]
    assert [name for name, status in statuses(office, THURSDAY).items() if status == "late"] == ["杭锦旗"]


def test_one_late_report_is_excused_and_one_line_of_a_notice_is_answered(office: Office) -> None:
    beyond = json.loads((office.settings.paths.outbox / FRIDAY / "extensions.json").read_text(encoding="utf-8"))
    (excused,) = beyond["exceptions"]
    assert (excused["subject"], excused["kind"], excused["holds"]) == ("杭锦旗 2020-05-21", "迟报", True)
    assert excused["effect"] == {"received_at": "2020-05-21T18:22:00+08:00"}
    answered = [entry for entry in beyond["notices"]["cases"] if entry["answer"]]
    assert {(entry["district"], entry["case"], entry["answer"]["until"]) for entry in answered} == {
        ("鄂托克前旗", "ZZQ-2020-007", "2020-06-05")
    }
    assert (len(answered), beyond["notices"]["answered"], beyond["notices"]["unmatched"]) == (5, 5, [])


def test_one_report_is_revised_and_one_says_that_there_is_nothing(office: Office) -> None:
    submissions = {submission["district"]: submission for submission in summary(office, WEDNESDAY)["submissions"]}
    assert submissions["东胜区"]["revision"] == 2
    assert submissions["鄂托克前旗"]["zero_report"]


@pytest.mark.parametrize(
    "code",
    [
        "unreadable", "duplicate", "rows-withdrawn", "late", "read-as", "sheet-missing", "unknown-column", "case-missing",
        "unknown-case", "other-district", "not-in-list", "bad-date", "date-out-of-range", "required", "contradiction",
        "personal-information", "repeated-case", "status-went-back", "reply-missing",
    ],
)  # fmt: skip
def test_the_week_has_a_finding_of_every_promised_kind(office: Office, code: str) -> None:
    assert code in {finding["code"] for finding in findings(office)}


def test_only_promised_things_go_wrong(office: Office) -> None:
    refused = [finding["code"] for finding in findings(office) if finding["severity"] != "warning"]
    assert len(refused) == 14


@pytest.mark.parametrize(
    ("day", "flag", "cases"),
    [
        (FRIDAY, "overdue", ["ZZQ-2020-007"]),
        (FRIDAY, "due_soon", ["ZZQ-2020-019"]),
        (FRIDAY, "disputed", ["ZZQ-2020-019"]),
        (FRIDAY, "acceptance_overdue", ["SJ-2020-030"]),
        (TUESDAY, "cancelled", []),
        (WEDNESDAY, "cancelled", ["SJ-2020-023"]),
        (WEDNESDAY, "missing_from_assignment", ["SJ-2020-028"]),
    ],
)
def test_what_leaders_should_see_is_flagged(office: Office, day: str, flag: str, cases: list[str]) -> None:
    assert summary(office, day)["flags"][flag] == cases


def test_a_case_is_reopened_and_new_ones_come_in(office: Office) -> None:
    assert summary(office, THURSDAY)["changes"]["reopened"] == ["SJ-2020-014"]
    assert summary(office, TUESDAY)["changes"]["new_cases"] == ["ZGE-2020-005"]
    assert "ZZQ-2020-031" in summary(office, WEDNESDAY)["changes"]["new_cases"]
    assert summary(office, FRIDAY)["cases"]["DS-2020-003"]["status"] == "导入法定途径"


@pytest.fixture
def earlier(office: Office, tmp_path: Path) -> Path:
    """The folder of a finished demo, in another place than the one it was made in."""
    return Path(shutil.copytree(office.settings.paths.outbox.parent, tmp_path / "demo"))


def test_the_command_starts_a_second_demo_afresh_that_is_the_same_byte_for_byte_and_says_what_to_open(
    office: Office, earlier: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    consolidate = made_up_office.consolidate

    def consolidate_afresh(second: Office, progress: Progress | None = None) -> Outcome:
        assert not second.settings.paths.outbox.exists()
        outcome = consolidate(second, progress)
        assert len(outcome.written.published) == 6
        return outcome

    monkeypatch.setattr(made_up_office, "consolidate", consolidate_afresh)
    assert cli.main(["demo", str(earlier)]) == 0
    assert not list(earlier.glob("保留*"))
    assert contents(earlier / "outbox") == contents(office.settings.paths.outbox)
    assert contents(earlier / "state" / "archive") == contents(office.settings.paths.state / "archive")
    shown = capsys.readouterr().out
    assert "信访事项办理情况日报_2020-05-22.html" in shown
    assert "还差 2 件" in shown
    serve = next(line for line in shown.splitlines() if line.endswith(" serve"))
    assert shlex.split(serve) == [sys.executable, sys.argv[0], "--config", str(earlier / "config.yaml"), "serve"]


def test_what_somebody_put_into_a_demo_is_set_aside_and_not_deleted(earlier: Path) -> None:
    (earlier / "outbox" / "批注.txt").write_text("我的笔记", encoding="utf-8")
    made_up_office.build(earlier)
    assert (earlier / "保留1" / "outbox" / "批注.txt").read_text(encoding="utf-8") == "我的笔记"


def test_a_demo_that_was_broken_off_is_set_aside(tmp_path: Path) -> None:
    made_up_office.build(tmp_path / "demo")
    made_up_office.build(tmp_path / "demo")
    assert (tmp_path / "demo" / "保留1" / "inbox").is_dir()


def test_a_folder_that_is_no_demo_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "我的文件.txt").write_text("要紧", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="不是以前的演示"):
        made_up_office.build(tmp_path)
    assert contents(tmp_path) == {"我的文件.txt": "要紧".encode()}


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="不是以前的演示"):
        made_up_office.build(tmp_path / "demo")


def test_settings_that_lead_out_of_the_folder_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = made_up_office._CONFIG.read_text(encoding="utf-8")  # noqa: SLF001 - the shipped file, changed as an office would
    (tmp_path / "config.yaml").write_text(shipped.replace("inbox: inbox", f"inbox: {tmp_path / 'real'}"), encoding="utf-8")
    monkeypatch.setattr(made_up_office, "_CONFIG", tmp_path / "config.yaml")
    with pytest.raises(ConfigurationError, match="指向演示文件夹以外"):
        made_up_office.build(tmp_path / "demo")
    assert not (tmp_path / "real").exists()


def test_the_marker_lists_every_file_of_the_demo(office: Office) -> None:
    listed = json.loads((office.folder / MARKER).read_text(encoding="utf-8"))
    assert set(listed) == set(contents(office.folder)) - {MARKER}
