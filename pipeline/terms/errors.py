"""What only we or the office can mend. What a district can mend is a finding, never an exception."""

from __future__ import annotations

import errno


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
    """The ledger is of another version, damaged, or cannot be written."""


class OtherVersionError(LedgerError):
    """The ledger is of a version that this program does not know: it is not broken."""


class DamagedLedgerError(LedgerError):
    """The ledger is no longer what was written into it."""


class LostLedgerError(DamagedLedgerError):
    """The ledger is gone, or an empty one is in its place, while originals are in the archive."""


class ArchiveError(PipelineError):
    """The originals' object store cannot be used."""


# --- what the system refuses -------------------------------------------------------------------------------------

_HELD = "正被其他程序占用，请关闭打开它的程序"
_FULL = "磁盘已满，请腾出空间"
_BROKEN = "磁盘读写出错，请检查磁盘、数据线或网络连接"
_AWAY = "网络上的文件夹连不上，请检查网络和那台电脑"
_IN_THE_WAY = "应是文件夹的地方是一个文件，请移走它"
_TOO_MANY = "系统打开的文件太多，请关闭一些程序或重启电脑"
_BY_NAME = {
    "EACCES": "没有权限，请检查这个文件或文件夹的权限，或关闭正打开它的程序",
    "EPERM": "没有权限，请检查这个文件或文件夹的权限",
    "EROFS": "所在的磁盘是只读的，请换到可以写入的位置",
    "ENOSPC": _FULL,
    "EDQUOT": "磁盘配额已满，请腾出空间",
    "EFBIG": "文件太大，这个磁盘存不下，请换到其他磁盘",
    "EIO": _BROKEN,
    "ENXIO": _BROKEN,
    "ENODEV": _BROKEN,
    "EBUSY": _HELD,
    "ETXTBSY": _HELD,
    "ENOENT": "找不到，可能刚被移走或改名，请检查",
    "ENOTDIR": _IN_THE_WAY,
    "EEXIST": _IN_THE_WAY,
    "EISDIR": "应是文件的地方是一个文件夹，请移走它",
    "ENOTEMPTY": _HELD,
    "ELOOP": "是一个链接，请换成文件或文件夹本身",
    "ENAMETOOLONG": "名称太长，请改短",
    "ESTALE": _AWAY,
    "ETIMEDOUT": _AWAY,
    "EHOSTUNREACH": _AWAY,
    "EHOSTDOWN": _AWAY,
    "ENETDOWN": _AWAY,
    "ENETUNREACH": _AWAY,
    "EMFILE": _TOO_MANY,
    "ENFILE": _TOO_MANY,
}
_REASONS = {getattr(errno, name): reason for name, reason in _BY_NAME.items() if hasattr(errno, name)}
"""By the system's number; Windows does not know all of the names."""
_WINDOWS_REASONS = {32: _HELD, 33: _HELD, 39: _FULL, 112: _FULL, 53: _AWAY, 59: _AWAY, 64: _AWAY, 67: _AWAY, 1117: _BROKEN, 21: _BROKEN}
"""By Windows' own number, which says more than the one it is translated to."""


def reason_of(error: OSError) -> str | None:
    """Why the system refused and what the office does about it; None where only we could mend it."""
    return _WINDOWS_REASONS.get(getattr(error, "winerror", None) or 0) or _REASONS.get(error.errno or 0)
