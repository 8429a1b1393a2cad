"""What lies in an inbox and is no report: other programs' lock files, backups, half downloads and recycle bins (contract 3).

Covered by tests/intake/test_inbox.py.
"""

from __future__ import annotations

import re

_NAMES = frozenset(
    {
        "thumbs.db", "thumbs.db:encryptable", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "wpsettings.dat",
        # Folders: what a server, a synchroniser or a system keeps beside the files, above all what was deleted.
        "@eadir", "#recycle", "@recycle", "@recently-snapshot", "#snapshot", "~snapshot", "@tmp", "$recycle.bin", "recycled", "recycler",
        "recycle.bin", "recycle bin", "network recycle bin", "回收站", "网络回收站", "system volume information", "lost+found",
        "__macosx", "network trash folder", "temporary items", "thevolumesettingsfolder", "dfsrprivate", "_gsdata_",
    }
)  # fmt: skip
_STARTS = ("~$", ".", "~wrl", "~syncthing~")
_ENDINGS = (
    ".tmp", ".temp", "~", ".swp", ".swo",  # on their way into a file, or what an editor keeps
    ".bak", ".xlk", ".wbk", ".xar",  # backups that Excel and WPS lay beside a workbook
    # half downloads: browsers, Thunder, Baidu, aria2, Internet Download Manager and their kind
    ".part", ".partial", ".crdownload", ".download", ".downloading", ".filepart", ".opdownload", ".qkdownload", ".ucdownload",
    ".td", ".td.cfg", ".xltd", ".xltd.cfg", ".tdl", ".aria2", ".fdmdownload", ".!ut", ".!qb", ".bc!", ".jc!", ".!sync", ".uploading",
    ".uploading.cfg", ".downloading.cfg",
)  # fmt: skip
_NUMBERED = re.compile(r"found\.\d{3}|network recycle bin \d+|.+\.sb-[0-9a-f]{8}-\w{6}")
"""Folders that a disk check, a server and a Mac's save make under a new number each time."""


def is_junk(name: str) -> bool:
    """Whether a file or a folder of that name is left alone, a folder with all that lies in it."""
    lower = name.lower()
    return lower in _NAMES or lower.startswith(_STARTS) or lower.endswith(_ENDINGS) or bool(_NUMBERED.fullmatch(lower))
