"""A receipt whose lines did not change is not drawn again, and the outbox is byte for byte what it is without.

Covers `handed_out`: a receipt stays what was handed out where its original is lost.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from offices import Office, moment, only
from openpyxl import load_workbook
from workbooks import DAY, assignment, case_row, progress_row, report, resolved_row

from pipeline.disk import drawn
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.publishing import handed_out
from pipeline.reading.readers import Readers
from pipeline.reading.receipt_layout import Job, Obstacle
from pipeline.render.forms import report_form
from pipeline.render.papers import word
from pipeline.render.receipts import receipt_files
from pipeline.settings.config import Settings, load

STAYS = report("达拉特旗", progress=[progress_row("SJ-2020-777")])


@pytest.fixture
def written(tmp_path: Path) -> Office:
    """Two districts' reports of a day, each with its receipt; then one of them is corrected."""
    office = Office(tmp_path / "office")
    office.put_assignment(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002", 旗区="达拉特旗")]))
    office.put(report(progress=[progress_row("SJ-2020-001")]), "东胜区.xlsx")
    office.put(STAYS, "达旗.xlsx")
    _night(office)
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "东胜区更正.xlsx", f"{DAY}T16:40:00+08:00")
    return office


def _night(office: Office) -> None:
    outcome = nightly.run(office.settings, [DAY], documents=only("receipts"))
    assert not outcome.faults


def _marked(patch: pytest.MonkeyPatch) -> list[str]:
    """The originals that are marked from now on."""
    marked: list[str] = []
    mark = Readers.mark

    def noting(self: Readers, jobs: Sequence[Job]) -> list[Future[bytes | Obstacle]]:
        marked.extend(job.path.name for job in jobs)
        return mark(self, jobs)

    patch.setattr(Readers, "mark", noting)
    return marked


def _without(office: Office, folder: Path) -> dict[str, bytes]:
    """What the night writes that remembers nothing."""
    shutil.copytree(office.home, folder)
    copied = Office(folder)
    shutil.rmtree(copied.settings.paths.checkpoints / "drawn")
    _night(copied)
    return copied.everything()


def test_a_correction_draws_the_receipts_anew_whose_lines_changed_and_no_other(
    written: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _without(written, tmp_path / "without")
    marked = _marked(monkeypatch)
    _night(written)
    assert written.everything() == expected
    assert len([name for name in expected if "回执/" in name]) == 3
    assert len(marked) == 2  # the one that is replaced now, and the one in its place


def test_a_receipt_does_not_get_poorer_because_its_original_is_lost(written: Office, tmp_path: Path) -> None:
    """Where nothing is remembered, it is marked anew on the copy that was handed out; where that is gone too, the list says why."""
    sha256, name = hashlib.sha256(STAYS).hexdigest(), "达拉特旗_回执_1_达旗.xlsx"
    path = written.settings.paths.outbox / str(DAY) / "回执" / name
    before = path.read_bytes()
    (written.archive / sha256).unlink()
    shutil.copytree(written.home, tmp_path / "copy")
    shutil.copytree(written.home, tmp_path / "bare")
    _night(written)
    assert path.read_bytes() == before
    copied, bare = Office(tmp_path / "copy"), Office(tmp_path / "bare")
    again = path.relative_to(written.home)
    for office in (copied, bare):
        shutil.rmtree(office.settings.paths.checkpoints / "drawn")
    _night(copied)
    old, new = (load_workbook(io.BytesIO(content)) for content in (before, (copied.home / again).read_bytes()))
    assert new.sheetnames == old.sheetnames
    for sheet, other in zip(old, new, strict=True):
        assert [[cell.value for cell in row] for row in sheet.rows] == [[cell.value for cell in row] for row in other.rows]
        comments = [[(cell.coordinate, cell.comment.text) for row in each.rows for cell in row if cell.comment] for each in (sheet, other)]
        assert comments[0] == comments[1]
    assert any(cell.comment for row in new["案件进展"].rows for cell in row)
    (bare.settings.paths.editions / hashlib.sha256(before).hexdigest()).unlink()
    _night(bare)
    told = load_workbook(io.BytesIO((bare.home / again).read_bytes()))
    assert told.sheetnames == ["回执"]
    said = [str(cell.value) for row in told["回执"].rows for cell in row]
    assert any("原件不见了，或者已经损坏，所以没有标在原件上" in text for text in said)
    assert not any("保存期限" in text for text in said)
    assert receipt_files.tells_lost((bare.home / again).read_bytes())
    assert not receipt_files.tells_lost(before)


def test_what_went_when_its_time_was_over_is_not_called_lost(written: Office) -> None:
    sha256 = hashlib.sha256(STAYS).hexdigest()
    with Ledger(written.settings.paths.ledger_place) as ledger:
        journal.note_removal(written.archive, sha256, moment("2020-11-30 08:00"), [])
        (written.archive / sha256).unlink()
        instead = handed_out.in_place_of(ledger, written.settings, DAY)
        assert (instead(sha256), instead("0" * 64)) == (receipt_files.GONE, receipt_files.LOST)


def test_a_form_whose_rows_did_not_change_is_not_drawn_again(written: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forms = (*only("receipts"), *only("units"))

    def night(office: Office) -> None:
        assert not nightly.run(office.settings, [DAY], documents=forms).faults

    written.put(report("准格尔旗", progress=[]), "准格尔旗.xlsx", f"{DAY}T16:45:00+08:00")
    night(written)
    written.put(report(progress=[progress_row("SJ-2020-001", 今日进展="再更正")]), "东胜区再更正.xlsx", f"{DAY}T16:50:00+08:00")
    copied = Office(Path(shutil.copytree(written.home, tmp_path / "without")))
    shutil.rmtree(copied.settings.paths.checkpoints / "drawn")
    night(copied)
    made: list[str] = []
    workbook = report_form.workbook

    def noting(draft: report_form.Draft, settings: Settings) -> bytes:
        made.append(draft.district.name)
        return workbook(draft, settings)

    monkeypatch.setattr(report_form, "workbook", noting)
    night(written)
    assert written.everything() == copied.everything()
    assert made == ["东胜区"]


@pytest.mark.parametrize("harm", ["changed", "gone", "no index", "another index", "other limits"])
def test_what_is_not_there_as_it_was_drawn_is_drawn_again(
    written: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    expected = _without(written, tmp_path / "without")
    paths = written.settings.paths
    (index,) = (paths.checkpoints / "drawn").iterdir()
    match harm:
        case "changed" | "gone":
            for sha256 in json.loads(index.read_bytes()).values():
                content = paths.editions / sha256
                content.write_bytes(content.read_bytes()[:-1] + b"x") if harm == "changed" else content.unlink()
        case "no index":
            index.write_bytes(b"[")
        case "another index":
            index.write_text(json.dumps(dict.fromkeys(json.loads(index.read_bytes()), 1)))
        case _:
            config = written.home / "config.yaml"
            config.write_text(config.read_text(encoding="utf-8").replace("file_megabytes: 25", "file_megabytes: 24"), encoding="utf-8")
            assert load(config).limits != written.settings.limits
            written.settings = load(config)
    marked = _marked(monkeypatch)
    _night(written)
    assert written.everything() == expected
    assert len(marked) == 3


def test_a_receipt_whose_original_went_when_its_time_was_over_is_the_list_alone_as_without(
    written: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_before = {name: content for name, content in written.everything().items() if "达拉特旗_回执" in name}
    sha256 = hashlib.sha256(STAYS).hexdigest()
    journal.note_removal(written.archive, sha256, moment("2020-05-21 17:00"), [])
    (written.archive / sha256).unlink()
    expected = _without(written, tmp_path / "without")
    marked = _marked(monkeypatch)
    _night(written)
    assert written.everything() == expected
    assert len(marked) == 2
    assert {name: expected[name] for name in drawn_before} != drawn_before


def test_of_so_many_days_as_a_late_report_can_have_written_again_it_is_remembered(tmp_path: Path) -> None:
    for number in range(100):
        kept = drawn.Drawn()
        kept.note("a", b"b")
        drawn.keep(tmp_path / f"{DAY + timedelta(days=number)}.json", kept)
    assert len([*tmp_path.iterdir()]) == 64
    assert not (tmp_path / f"{DAY}.json").exists()


def test_notices_and_leaders_papers_whose_lines_did_not_change_are_not_drawn_again(
    written: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = (*only("notices"), *only("leaders"), *only("reconciliation"))
    late = [
        case_row("SJ-2020-001", 办结时限="2020-05-12"),
        case_row("SJ-2020-002", 旗区="达拉特旗", 办结时限="2020-05-13", 包案领导="领导三"),
    ]
    written.put_assignment(assignment(late), "新.xlsx", "2020-05-02T09:00:00+08:00")

    def night(office: Office) -> None:
        assert not nightly.run(office.settings, [DAY], documents=papers).faults

    night(written)
    written.put(report(progress=[progress_row("SJ-2020-001", 需协调事项="请市里协调")]), "东胜区再更正.xlsx", f"{DAY}T16:50:00+08:00")
    copied = Office(Path(shutil.copytree(written.home, tmp_path / "without")))
    shutil.rmtree(copied.settings.paths.checkpoints / "drawn")
    night(copied)
    made: list[str] = []
    render = word.render

    def noting(template: word.Template, fields: Mapping[str, object], *rest: Any) -> bytes:  # noqa: ANN401 - as it is called
        made.append(str(fields.get("姓名") or fields.get("旗区")))
        return render(template, fields, *rest)

    monkeypatch.setattr(word, "render", noting)
    night(written)
    assert written.everything() == copied.everything()
    assert made == ["东胜区", "领导0", "领导一"]  # its notice, and the pages of those whose case it is
