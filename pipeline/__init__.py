"""Nightly consolidation of the districts' complaint-case reports."""

__version__ = "0.1.0"
CONTRACT_VERSION = 1
