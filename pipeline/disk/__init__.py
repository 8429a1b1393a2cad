"""How bytes are kept.

In come bytes, files and folders with the place where they belong; out goes the promise that they are there, whole, after a power
cut too. `storage` writes, moves and removes; `sqlite_connections` sets up a
database's connections; `lock` lets one run at a time into a folder; `log` and `faults` keep the lines and reports that the
office may need later.

This wing understands nothing of what it keeps: no workbook, no district, no day. It asks no clock but the disk's, and what it
cannot do it says as an OSError that names the file or folder.
"""
