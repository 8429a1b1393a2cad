"""Lays files into the inbox, each with its envelope: all that came together or nothing, and on the disk when it is done.

The night's run may look into the inbox at any moment, and the machine may die at any moment. A file without its envelope would count as
put there by hand, without a sender; so both appear with one renaming of their folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.disk import storage
from pipeline.doors import attachment_names
from pipeline.intake import envelopes, junk
from pipeline.terms.handed_in import Envelope


def lay(place: Path, files: Sequence[tuple[str, bytes | Path]], envelope: Envelope) -> list[str]:
    """Put files into a folder of their own, and return the names that they have there.

    Each is a name as the sender wrote it, and bytes or a file to copy.

    The same place must always be given for the same files. Where it is there already, they are in it or have been taken in.
    Nobody sees the folder before everything in it is on the disk: its name until then is one that the inbox passes over.
    """
    names = attachment_names.distinct(_allowed(name, number) for number, (name, _content) in enumerate(files, 1))
    if place.exists():
        _sync_above(place)
        return names
    storage.make_folder(place.parent)
    aside = place.with_name(f".{place.name}.part")
    content: dict[str, bytes | Path] = {}
    for name, (_called, bytes_) in zip(names, files, strict=True):
        content |= {name: bytes_, f"{name}{envelopes.SIDECAR}": _sidecar(envelope, bytes_)}
    storage.write_folder(aside, content)
    storage.replace_folder(aside, place)
    _sync_above(place)
    return names


def _sync_above(place: Path) -> None:
    """Bring the folders that lead to the place onto the disk, also where a killed run made them and did not come so far."""
    for above in (place.parent, place.parent.parent):
        storage.sync_folder(above)


def _allowed(name: str, number: int) -> str:
    """Return a safe name that the inbox takes for a file to read, and not for a lock file or an envelope."""
    safe = attachment_names.safe(name, f"附件{number}")
    return f"{safe}.bin" if junk.is_junk(safe) or envelopes.is_sidecar(safe) else safe


def _sidecar(envelope: Envelope, content: bytes | Path) -> bytes:
    fields = {
        "received_at": envelope.received_at.isoformat(),
        "channel": envelope.channel,
        "sender": envelope.sender,
        "message_id": envelope.message_id,
        envelopes.SHA256: storage.sha256(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest(),
    }
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")


def sweep(folder: Path) -> None:
    """Remove what killed deposits left, and the folders whose files have all been taken in."""
    for unfinished in folder.glob("*/.*.part") if folder.exists() else ():
        storage.remove_folder(unfinished)
    storage.prune(folder)
