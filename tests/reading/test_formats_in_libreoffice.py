"""Whole weeks and single reports, converted by LibreOffice: the same figures as from the .xlsx."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import richbook
import weeks
import xlsb
from offices import Office, read_report
from weeks import DAYS, WEEKS, Published
from workbooks import report_pages, write

pytestmark = pytest.mark.external

_SIDECAR = ".envelope.json"
_AT_ONCE = 100


def _converted(paths: Iterable[Path], kind: str, folder: Path) -> dict[Path, Path]:
    """Each workbook as LibreOffice saves it in that format; the same bytes are converted once."""
    hashes = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    source, target = folder / "source", folder / kind
    source.mkdir(parents=True)
    for path, name in hashes.items():
        shutil.copyfile(path, source / f"{name}{path.suffix}")
    waiting = sorted(map(str, source.iterdir()))
    while waiting:
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(target), *waiting[:_AT_ONCE]]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        waiting = waiting[_AT_ONCE:]
    return {path: target / f"{name}.{kind}" for path, name in hashes.items()}


def _lay(inbox: Path, office: Office, converted: dict[Path, Path]) -> None:
    """The inbox with its workbooks in another format, under the names that a clerk would give them."""
    for path in inbox.rglob("*.xlsx"):
        made = converted.get(path, path)
        target = (office.inbox / path.relative_to(inbox)).with_suffix(made.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, target)
        sidecar = path.with_name(path.name + _SIDECAR)
        if sidecar.exists():
            shutil.copyfile(sidecar, target.with_name(target.name + _SIDECAR))
    weeks.settle(office)


@pytest.mark.parametrize("kind", ["xls", "ods"])
@pytest.mark.parametrize("week", WEEKS)
def test_a_week_in_another_format_comes_to_the_same_figures_and_findings(
    week: str, kind: str, published: Published, tmp_path: Path
) -> None:
    inbox = weeks.inbox_of(week)
    made = _converted(inbox.rglob("*.xlsx"), kind, tmp_path)
    plain, other = published(week).office, Office(tmp_path / "other")
    _lay(inbox, other, made)
    other.run(*DAYS)
    for day in DAYS:
        assert other.summary(day) == plain.summary(day)
        findings = [{**row, "file": Path(row["file"]).stem} for row in plain.findings(day)]
        assert [{**row, "file": Path(row["file"]).stem} for row in other.findings(day)] == findings


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_the_rich_report_reads_the_same_however_it_was_saved(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "rich.xlsx"
    path.write_bytes(write(richbook.pages()))
    made = _converted([path], kind, tmp_path / "made")
    assert read_report(made[path].read_bytes()) == read_report(path.read_bytes())


def test_libreoffice_reads_our_xlsb_as_we_do(tmp_path: Path) -> None:
    for name, content in {
        "rich": xlsb.write(richbook.pages()),
        "1904": xlsb.write(report_pages(), date_1904=True),
    }.items():
        path = tmp_path / f"{name}.xlsb"
        path.write_bytes(content)
        made = _converted([path], "xlsx", tmp_path / name)
        assert read_report(made[path].read_bytes()) == read_report(content)
