"""What other libraries do with the same workbooks, in an environment of their own (`benchmarks/requirements.txt`): no office installs it.

Each reads 案件进展 of every report; pandera and frictionless check five of its columns, know no addresses and keep no journal.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.terms import contract

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE.parent / ".benchmarks" / "peers"
_SHEET = contract.PROGRESS.name
_HEADER = 2
"""The row of the headers, from one."""
_NUMBER = r"^[A-Z]{2,8}-\d{4}-\d{5}$"


def python(folder: Path = ENVIRONMENT) -> str:
    """Return the interpreter of the peers' environment, which is made if it is not there or its list has changed."""
    wanted, said = (HERE / "requirements.txt").read_text(encoding="utf-8"), folder / "installed.txt"
    found = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not said.is_file() or said.read_text(encoding="utf-8") != wanted:
        venv.create(folder, clear=True, with_pip=True)
        install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(HERE / "requirements.txt")]
        subprocess.run([str(found), *install], check=True, stdout=sys.stderr)
        said.write_text(wanted, encoding="utf-8")
    return str(found)


def reports(office: Path) -> list[Path]:
    """Every report, without the assignment workbook."""
    return sorted(path for path in (office / "inbox").rglob("*.xlsx") if path.parent.name != "assignment")


def polars(office: Path) -> Iterator[None]:
    """Read the sheet with polars, which reads with calamine by fastexcel, and put the reports under one another."""
    library = _library("polars")
    _library("fastexcel")
    yield
    options = {"header_row": _HEADER - 1}
    read = [library.read_excel(path, sheet_name=_SHEET, engine="calamine", read_options=options) for path in reports(office)]
    library.concat(read, how="diagonal_relaxed")


def pandera(office: Path) -> Iterator[None]:
    """Read the sheet with pandas and calamine, and check five columns with pandera, all faults of a file together."""
    pandas, checks = _library("pandas"), _library("pandera.pandas")
    schema = checks.DataFrameSchema(
        {
            contract.CASE: checks.Column(str, checks.Check.str_matches(_NUMBER), unique=True),
            "当前状态": checks.Column(str, checks.Check.isin(contract.STATUSES)),
            "诉求认定": checks.Column(str, checks.Check.isin(contract.CLAIMS)),
            "包案领导": checks.Column(str),
            "办结时限": checks.Column("datetime64[us]", coerce=True),
        }
    )
    yield
    for path in reports(office):
        schema.validate(pandas.read_excel(path, engine="calamine", sheet_name=_SHEET, header=_HEADER - 1), lazy=True)


def frictionless(office: Path) -> Iterator[None]:
    """Check the same five columns with `frictionless validate`."""
    library, formats = _library("frictionless"), _library("frictionless.formats")
    descriptor = {
        "fields": [
            {"name": contract.CASE, "type": "string", "constraints": {"pattern": _NUMBER, "unique": True, "required": True}},
            {"name": "当前状态", "type": "string", "constraints": {"enum": list(contract.STATUSES)}},
            {"name": "诉求认定", "type": "string", "constraints": {"enum": list(contract.CLAIMS)}},
            {"name": "包案领导", "type": "string", "constraints": {"required": True}},
            {"name": "办结时限", "type": "date"},
        ]
    }
    yield
    for path in reports(office):
        dialect = library.Dialect(header_rows=[_HEADER], controls=[formats.ExcelControl(sheet=_SHEET)])
        schema = library.Schema.from_descriptor(descriptor)
        resource = library.Resource(path=path.name, basepath=str(path.parent), dialect=dialect, schema=schema, detector=_detector(library))
        report = resource.validate()
        if report.errors or [task for task in report.tasks if task.errors]:
            message = f"{path.name}: {report.flatten(['row_number', 'field_name', 'type', 'note'])[:3]}"
            raise SystemExit(message)


def _detector(library: Any) -> Any:  # noqa: ANN401 - a library without types
    """Columns are found by their name, not by their place."""
    return library.Detector(schema_sync=True)


def _library(name: str) -> Any:  # noqa: ANN401 - the tests' environment has it not
    return importlib.import_module(name)


WORKS = {"polars": polars, "pandera": pandera, "frictionless": frictionless}
