"""The pieces of work that are measured, each in a process of its own. `python -m benchmarks.works WORK FOLDER`."""

from __future__ import annotations

import argparse
import gc
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import least, papers, peers, year

if TYPE_CHECKING:
    import pandas as pd


def _workbooks(office: Path) -> list[Path]:
    return sorted((office / "inbox").rglob("*.xlsx"))


def calamine(office: Path) -> Iterator[None]:
    """Read every cell of every sheet on one thread, and keep nothing."""
    import python_calamine

    yield
    for path in _workbooks(office):
        book = python_calamine.load_workbook(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def nightly(office: Path) -> Iterator[None]:
    """Read, check, fold, and write the three data files of the last day."""
    import pandas as pd

    from pipeline.night import nightly
    from pipeline.publishing import outbox
    from pipeline.render.documents import FIGURES
    from pipeline.report import compose
    from pipeline.settings import config

    del pd, outbox, compose  # what the run imports when it comes to writing
    _as_the_command()
    yield
    nightly.run(config.load(office / "config.yaml"), [_days(office)[-1]], documents=FIGURES)


def next_night(office: Path) -> Iterator[None]:
    """One more night over reports that are read already: fold, and write the three data files of the last day."""
    from pipeline.night import nightly
    from pipeline.render.documents import FIGURES
    from pipeline.settings import config

    settings, days = config.load(office / "config.yaml"), _days(office)
    _as_the_command()
    nightly.run(settings, [days[-2]], documents=FIGURES)
    yield
    nightly.run(settings, [days[-1]], documents=FIGURES)


def explain(office: Path) -> Iterator[None]:
    """Tell the story of a case that is in every report of its district."""
    from pipeline.night import nightly
    from pipeline.office import explanation
    from pipeline.render.documents import FIGURES
    from pipeline.settings import config

    settings, days = config.load(office / "config.yaml"), _days(office)
    report = nightly.run(settings, [days[-1]], documents=FIGURES).written.published[-1]
    yield
    explanation.explain(report.cases[0].number, settings, days[-1])


def _as_the_command() -> None:
    """Look for garbage as seldom as the command does."""
    gc.set_threshold(250_000, 50, 50)


def _days(office: Path) -> list[date]:
    return sorted(date.fromisoformat(path.name) for path in (office / "inbox").iterdir() if path.name.startswith("20"))


def unconfined(office: Path) -> Iterator[None]:
    """Likewise, with readers that have neither a gate nor anything taken away."""
    from pipeline.reading import readers

    readers.PROGRAM = "benchmarks.unconfined_reader"
    return nightly(office)


def one_process(office: Path) -> Iterator[None]:
    """Likewise, and each file read in the run's own process, one after the other."""
    from benchmarks import unconfined
    from pipeline.intake import desk

    unconfined.loosen()
    desk.Readers = unconfined.ReadHere  # type: ignore[assignment,attr-defined]
    return nightly(office)


def pandas_calamine(office: Path) -> Iterator[None]:
    """Read every sheet, put the reports under one another, and join them with the assignment workbook."""
    import pandas as pd

    yield
    _join([pd.read_excel(path, engine="calamine", sheet_name=None, header=1) for path in _workbooks(office)])


def pandas_openpyxl(office: Path) -> Iterator[None]:
    """What one would write without the program: glob, read_excel, concat, merge, groupby, to_excel."""
    import pandas as pd

    yield
    joined = _join([pd.read_excel(path, engine="openpyxl", sheet_name=None, header=1) for path in _workbooks(office)])
    figures = joined.groupby(["旗区", "当前状态"]).size().reset_index(name="件数")
    figures.to_excel(office / "figures.xlsx")


def _join(books: list[dict[str, pd.DataFrame]]) -> pd.DataFrame:
    import pandas as pd

    reports = pd.concat([book["案件进展"] for book in books if "案件进展" in book], ignore_index=True)
    assigned = pd.concat([book[name] for book in books for name in ("自治区交办案件", "群众来访案件") if name in book])
    return reports.merge(assigned, on="案件编号", how="left", suffixes=("", "_分解表"))


WORKS: dict[str, Callable[[Path], Iterator[None]]] = {
    "calamine": calamine,
    "nightly": nightly,
    "next_night": next_night,
    "explain": explain,
    "unconfined": unconfined,
    "one_process": one_process,
    "pandas_calamine": pandas_calamine,
    "pandas_openpyxl": pandas_openpyxl,
    "openpyxl_there_and_back": papers.openpyxl_there_and_back,
    "year_published": year.published,
    "year_night": year.night,
    "year_night_untold": year.night_untold,
    "year_explained": year.explained,
    **papers.PARTS,
    **peers.WORKS,
    **least.WORKS,
}


def main() -> None:
    """Do the work and print what it took; its imports come before the clock starts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=sorted(WORKS))
    parser.add_argument("folder", type=Path)
    said = parser.parse_args()
    work = WORKS[said.work](said.folder)
    next(work)
    wall, processor = time.perf_counter(), _processor()
    for _ in work:
        pass
    print(json.dumps({"wall": time.perf_counter() - wall, "processor": _processor() - processor}))


def _processor() -> float:
    """Seconds of processor so far, of this process and of those that it started and that have ended."""
    return time.process_time() + sum(os.times()[2:4])


if __name__ == "__main__":
    main()
