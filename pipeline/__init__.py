"""Nightly consolidation of the districts' complaint-case reports."""

from pathlib import Path

__version__ = "0.5.0"
CONTRACT_VERSION = 2

HOME = Path(__file__).resolve().parent.parent
"""The program's own folder: `run.py`, `config.yaml`, `templates/` and the packages lie in it."""

from pipeline.disk import own_code  # noqa: E402 - it asks for the names above

own_code.keep_compiled()  # before the first of them is made
