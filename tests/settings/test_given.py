"""Settings in a process that is given them: the same without pydantic as with it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from pipeline import HOME
from pipeline.reading import worker
from pipeline.settings.config import load

_TOLD = """
import pickle, sys
from datetime import date
if sys.argv[1:]:
    from pipeline.settings import given
    given.stand_in()
settings = pickle.loads(sys.stdin.buffer.read())
assert ("pydantic_core" in sys.modules) is not bool(sys.argv[1:])
def plain(part):
    if type(part) in (list, tuple):
        return [plain(each) for each in part]
    fields = getattr(type(part), "model_fields", None)
    return part if fields is None else (type(part).__name__, [(name, plain(getattr(part, name))) for name in sorted(fields)])
days = [settings.on(date(2020, month, 21)) for month in (4, 5, 6)]
assert days[1] is settings.on(date(2020, 5, 22)) and days[1].on(date(2020, 6, 21)) is days[2] and days[0] != days[1]
assert hash(days[0].windows) == hash(days[1].windows) and days[0].windows == days[1].windows != days[2].windows
part = days[2].of_unit("甲盟")
assert settings.calendar.model_copy() == settings.calendar != days[1].calendar
print([plain(each) for each in (settings, *days, part)], part.way, part.district_names, settings.file, settings.paths.ledger_place)
print(plain(settings.tree.units), settings.tree.leaves, settings.calendar.zone)
print(settings.district_named("内蒙古甲旗").code, settings.rules_kept(), days[2].rules.windows.stalled_days)
"""


_WRITTEN = """
district_prefixes: [内蒙古]
units: [{name: 甲盟}]
districts:
  - {code: JQ, name: 甲旗, parent: 甲盟}
  - {code: YQ, name: 乙区, parent: 甲盟}
groups:
  - {name: 自治区交办, sources: [自治区交办], target_percent: 100}
  - {name: 其余, sources: [市级交办, 旗区自行梳理], target_percent: 90}
changes:
  - {from: 2020-05-21, calendar: {cut_off: "18:00"}}
  - {from: 2020-06-01, windows: {stalled_days: 7}}
"""


def test_a_reader_knows_the_same_of_the_settings_as_the_run(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(_WRITTEN, encoding="utf-8")
    content = pickle.dumps(load(tmp_path / "config.yaml"))
    told = [
        subprocess.run([sys.executable, "-c", _TOLD, *how], cwd=HOME, input=content, capture_output=True, check=True).stdout.decode()
        for how in ([], ["given"])
    ]
    assert told[0] == told[1]
    assert "甲旗" in told[0]


def test_a_reader_comes_up_without_pydantic() -> None:
    program = [sys.executable, "-X", "importtime", "-m", *worker.READER]
    imported = subprocess.run(program, cwd=HOME, input=b"", capture_output=True, check=False).stderr.decode(errors="replace")
    assert "pipeline.settings.config" in imported
    assert "pydantic" not in imported
