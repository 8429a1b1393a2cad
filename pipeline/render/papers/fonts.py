"""Which fonts the PDF is set in: those of official documents where this computer has them, else free ones that stand in.

They are an input of the day: the manifest names those that a PDF was set in, and a computer with others keeps published days as they are.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.disk import own_code


@dataclass(frozen=True, slots=True)
class Font:
    """The font of one role."""

    official: str
    """The font that GB/T 9704 asks for."""
    path: Path
    is_official: bool
    """False where another stands in."""


_SERIF = ("notoserifcjk-{}", "notoserifcjksc-{}", "notoserifsc-{}", "sourcehanserif-{}", "sourcehanserifsc-{}", "sourcehanserifcn-{}")
_SANS = ("notosanscjk-{}", "notosanscjksc-{}", "notosanssc-{}", "sourcehansans-{}", "sourcehansanssc-{}", "sourcehansanscn-{}")


def _weights(families: tuple[str, ...], *weights: str) -> tuple[str, ...]:
    return tuple(family.format(weight) for weight in weights for family in families)


_ROLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "title": (
        "方正小标宋",
        ("fzxbsjw", "fzxiaobiaosong-b05s", "fzxiaobiaosong-b05", "fzxbsk", "方正小标宋简体", "方正小标宋_gbk", "方正小标宋简"),
        ("stzhongs", *_weights(_SERIF, "bold", "semibold"), "simsun", "songti"),
    ),
    "body": (
        "仿宋",
        ("simfang", "仿宋_gb2312", "fangsong_gb2312", "fsgb2312", "stfangso", "fandolfang-regular"),
        (*_weights(_SERIF, "regular"), "simsun", "songti"),
    ),
    "heading": (
        "黑体",
        ("simhei", "stheiti medium", "stheiti light", "fandolhei-regular"),
        (*_weights(_SANS, "medium", "bold", "regular"), "msyh"),
    ),
    "subheading": (
        "楷体",
        ("simkai", "楷体_gb2312", "kaiti_gb2312", "stkaiti", "fandolkai-regular", "ukai", "lxgwwenkai-regular"),
        (*_weights(_SERIF, "regular"), "simsun"),
    ),
    "number": ("宋体", ("simsun", "stsong", "fandolsong-regular", "songti"), _weights(_SERIF, "regular")),
}
"""For each role: its name, files of the fonts that are asked for, and files of those that may stand in; the first there is wins."""
_RARE = (
    *("notosanssymbols2-regular", "notosanssymbols-regular", "seguisym", "apple symbols", "symbola", "symbola_hint", "dejavusans"),
    *("notoemoji-regular", "notocoloremoji", "seguiemj", "apple color emoji"),
    *("notosansmongolian-regular", "monbaiti"),
    *("simsunb", "simsunextg", "babelstonehan", "hanamina", "hanaminb", "jigmo", "jigmo2", "jigmo3"),
)
"""Files of fonts with signs, emoji, Mongolian and rare Chinese characters, in the order in which they are asked for a character."""
_HEAD_BYTES = 1 << 16
_ENDINGS = (".ttf", ".ttc", ".otf", ".otc")


@lru_cache(maxsize=1)
def chosen() -> dict[str, Font]:
    """Return the font of every role. There always is one: a package brings the last resort."""
    installed = _installed()
    return {role: _choose(*names, installed) for role, names in _ROLES.items()}


def stand_ins() -> list[str]:
    """Return what stands in for what, in words."""
    return [f"{font.official}由 {font.path.stem} 代替" for font in chosen().values() if not font.is_official]


def broadest() -> Path:
    """Return a font with every Chinese character, for those that another lacks: one that is used anyway, else the last resort."""
    used = (font.path for font in chosen().values())
    return next((path for path in used if path.stem.lower().startswith(_BROAD)), None) or last_resort()


_BROAD = ("notoserifcjk", "notosanscjk", "sourcehan")


def for_rare_characters() -> list[Path]:
    """Return the fonts of this computer for what Chinese fonts lack, in their order."""
    installed = _installed()
    return [installed[name] for name in _RARE if name in installed]


@lru_cache(maxsize=1)
def stamp() -> tuple[tuple[str, int, str], ...]:
    """Return what tells this computer's fonts from another's: name, size, and a digest of the beginning of each.

    At its beginning a font lists its tables, each with its sum; to read all of every font would cost each command a second.
    """
    paths = dict.fromkeys([*(font.path for font in chosen().values()), broadest(), *for_rare_characters()])
    return tuple((path.name, path.stat().st_size, _beginning(path)) for path in paths)


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(file.read(_HEAD_BYTES)).hexdigest()


@lru_cache
def sha256(path: Path) -> str:
    """Return the SHA-256 of a font's file: kept, since three fonts of twenty megabytes take a night as long as its PDF."""
    status = path.stat()
    name = f"{hashlib.sha256(os.fsencode(path)).hexdigest()}.font"
    stamp = repr((status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))  # git trusts these, too
    if kept := own_code.recall(name, stamp):
        return kept.decode()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    own_code.keep(name, stamp, digest.encode())
    return digest


def last_resort() -> Path:
    """Return the Chinese font that comes with the program."""
    import noto_cjk_sans_otc

    return Path(noto_cjk_sans_otc.FONT_PATH)


def _choose(official: str, names: tuple[str, ...], others: tuple[str, ...], installed: dict[str, Path]) -> Font:
    for candidates, is_official in ((names, True), (others, False)):
        for name in candidates:
            if name in installed:
                return Font(official, installed[name], is_official)
    return Font(official, last_resort(), is_official=False)


def _installed() -> dict[str, Path]:
    """Return every font file by its name; the folders' order decides where a name comes twice."""
    by_name: dict[str, Path] = {}
    for folder in _folders():
        for path in _files(folder):
            by_name.setdefault(path.stem.lower(), path)
    return by_name


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()  # os.walk goes in the order of the disk, and the same font has to win each time
        yield from (Path(place, name) for name in sorted(names) if name.lower().endswith(_ENDINGS))


def _folders() -> tuple[Path, ...]:
    home = Path.home()
    if os.name == "nt":
        local = os.environ.get("LOCALAPPDATA")
        user = (Path(local) / "Microsoft" / "Windows" / "Fonts",) if local else ()
        return (Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts", *user)
    if sys.platform == "darwin":
        return (Path("/Library/Fonts"), Path("/System/Library/Fonts"), home / "Library" / "Fonts")
    return (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local" / "share" / "fonts", home / ".fonts")
