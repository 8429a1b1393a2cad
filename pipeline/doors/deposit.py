"""Lays files into the inbox, each with its envelope: all that came together at once or nothing, and on the disk when it is done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.disk import storage
from pipeline.doors import attachment_names
from pipeline.intake import inbox
from pipeline.terms.nouns import Envelope


def lay(place: Path, files: Sequence[tuple[str, bytes | Path]], envelope: Envelope) -> list[str]:
    """Lay files (a name as the sender wrote it, and bytes or a file to copy) into a folder of their own; the names that they bear there.

    The same place must always be given for the same files. Where it is there already, they lie in it or have been taken in.
    Nobody sees the folder before everything in it is on the disk: its name until then is one that the inbox passes over.
    """
    given = attachment_names.apart(_allowed(name, number) for number, (name, _content) in enumerate(files, 1))
    if place.exists():
        _see(place)
        return given
    storage.make_folder(place.parent)
    aside = place.with_name(f".{place.name}.part")
    sidecar = _written(envelope)
    content: dict[str, bytes | Path] = {}
    for name, (_called, bytes_) in zip(given, files, strict=True):
        content |= {name: bytes_, f"{name}{inbox.SIDECAR}": sidecar}
    storage.write_folder(aside, content)
    storage.replace_folder(aside, place)
    _see(place)
    return given


def _see(place: Path) -> None:
    """See the way to the place on the disk, also where it was a killed run that made it."""
    for above in (place.parent, place.parent.parent):
        storage.sync_folder(above)


def _allowed(name: str, number: int) -> str:
    """A safe name that the inbox takes for a file to read."""
    one = attachment_names.safe(name, f"附件{number}")
    return f"{one}.bin" if inbox.is_junk(one) or one.lower().endswith(inbox.SIDECAR) else one


def _written(envelope: Envelope) -> bytes:
    said = {
        "received_at": envelope.received_at.isoformat(),
        "channel": envelope.channel,
        "sender": envelope.sender,
        "message_id": envelope.message_id,
    }
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def tidy(folder: Path) -> None:
    """Remove what killed deposits left, and the folders whose files have all been taken in."""
    for left in folder.glob("*/.*.part") if folder.exists() else ():
        storage.remove_folder(left)
    storage.prune(folder)
