"""The districts' reports, filled in beforehand."""
