"""What only we or the office can mend. What a district can mend is a finding, never an exception."""

from __future__ import annotations


class PipelineError(Exception):
    """A run that cannot go on; `str()` is a sentence for people, `exit_status` what the command line returns."""

    exit_status = 1


class ConfigurationError(PipelineError):
    """config.yaml cannot be used."""

    exit_status = 2


class NothingToConsolidateError(PipelineError):
    """There is no usable case-assignment workbook."""

    exit_status = 3


class AnotherRunError(PipelineError):
    """Another run holds the lock."""

    exit_status = 4


class LedgerError(PipelineError):
    """The ledger is of another version, or damaged."""
