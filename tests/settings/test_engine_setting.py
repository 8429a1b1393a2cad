"""Where the night's work is done is read from config.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from offices import CONFIG

from pipeline.settings.config import Settings, load
from pipeline.settings.engines import Cluster
from pipeline.terms.errors import ConfigurationError


def _load(folder: Path, said: str) -> Settings:
    config = folder / "config.yaml"
    config.write_text(CONFIG.read_text(encoding="utf-8").replace("engine: local", f"engine: {said}"), encoding="utf-8")
    return load(config)


def test_an_engine_is_this_computer_or_a_clusters_scheduler(tmp_path: Path) -> None:
    assert load(CONFIG).engine is None
    for address in ("tcp://10.0.0.5:8786", "tls://diaodu.example.com:8786"):
        assert _load(tmp_path, f"{{dask: '{address}'}}").engine == Cluster(dask=address)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("dask", "应写成 local，或 {dask: tcp://调度机:端口} 这样"),
        ("{dask: 'http://a:1'}", "应写成 tcp://调度机:端口"),
        ("{dask: 'tcp://a'}", "应写成 tcp://调度机:端口"),
        ("{dask: 'tcp://a:x'}", "应写成 tcp://调度机:端口"),
        ("{dask: 'tcp://a:1/b'}", "应写成 tcp://调度机:端口"),
        ("{dask: 'tcp://甲:geheim@a:1'}", "应写成 tcp://调度机:端口"),
        ("{ray: 'tcp://a:1'}", "请检查拼写"),
    ],
)
def test_any_other_is_refused_with_its_line(tmp_path: Path, said: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        _load(tmp_path, said)
    assert re.search(rf"第 \d+ 行，engine.*{re.escape(why)}", str(refused.value))
    assert "geheim" not in str(refused.value)
