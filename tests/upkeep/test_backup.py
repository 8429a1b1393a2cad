"""A copy of config.yaml and state/, taken by any tool while runs go on, is the whole office."""

from __future__ import annotations

import shutil
import threading
from datetime import datetime, timedelta
from pathlib import Path

from offices import ZONE, Office, tree
from workbooks import DAY, assignment, progress_row, report

from pipeline.render.documents import FIGURES
from pipeline.settings import config
from pipeline.upkeep import repair


def test_a_copy_taken_while_runs_go_on_gives_the_same_results_elsewhere(office: Office, tmp_path: Path) -> None:
    office.put_assignment(assignment())
    stop = threading.Event()
    copies: list[Path] = []

    def copy() -> None:
        while not stop.wait(0.05) or len(copies) < 2:
            target = tmp_path / f"copy{len(copies)}"
            _copy_while_it_changes(office.home, target)
            copies.append(target)

    copier = threading.Thread(target=copy)
    copier.start()
    for number in range(4):
        day = DAY + timedelta(days=number)
        office.put(report(day=day, progress=[progress_row(今日进展=f"第{number}天")]), f"{number}.xlsx", f"{day}T16:00:00+08:00")
        office.run(day)
    stop.set()
    copier.join()
    _copy_while_it_changes(office.home, tmp_path / "last")
    for copied in [*copies[-3:], tmp_path / "last"]:
        _restore(copied, office)


def _copy_while_it_changes(home: Path, target: Path) -> None:
    """File by file, what vanishes in between left out, as a plain tool copies."""
    (target / "state").mkdir(parents=True)
    shutil.copyfile(home / "config.yaml", target / "config.yaml")
    for path in sorted((home / "state").rglob("*")) if (home / "state").exists() else ():
        to = target / path.relative_to(home)
        try:
            if path.is_dir():
                to.mkdir(parents=True, exist_ok=True)
            else:
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to)
        except FileNotFoundError:
            continue


def _restore(copied: Path, office: Office) -> None:
    """Every day that the copy knows comes out as it lies in the office, whether the copy's ledger is whole or not."""
    restored = config.load(copied / "config.yaml")
    repair.repair(restored, documents=FIGURES)
    theirs = tree(office.outbox)
    from pipeline.ledger.ledger import Ledger
    from pipeline.night import nightly

    with Ledger(restored.paths.ledger) as ledger:
        days = sorted({outline.reading.day for outline in ledger.outlines() if not outline.arrival.is_assignment})
    nightly.run(restored, days, documents=FIGURES)
    ours = {name: content for name, content in tree(restored.paths.outbox).items() if not name.startswith(".")}
    assert ours
    # An original that was copied after the journal has no arrival in the copy: it goes back to the inbox, and arrives today.
    today = datetime.now(ZONE).date().isoformat()
    known = {name: content for name, content in ours.items() if not name.startswith(today)}
    assert known
    assert [name for name, content in known.items() if theirs[name] != content] == []
