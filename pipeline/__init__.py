"""Nightly consolidation of the districts' complaint-case reports."""

from pathlib import Path

__version__ = "0.4.0"
CONTRACT_VERSION = 2

HOME = Path(__file__).resolve().parent.parent
"""The program's own folder: `run.py`, `config.yaml`, `templates/` and the packages lie in it."""
