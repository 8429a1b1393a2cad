"""A software bill of materials (CycloneDX 1.6, JSON) of every library that is pinned, made from the lock files alone.

    python docs/bill_of_materials.py [FILE]

It asks neither the network nor what is installed: versions and hashes stand in the three lock files (`LOCKED`), licences in
`docs/third-party.md`. The same files give the same bytes. Covered by tests/test_bill_of_materials.py.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
_PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[\w.+!-]+)(?: ; (?P<marker>[^\\\n]+?))? *\\\n(?P<hashes>(?: +--hash=.*\n?)+)", re.MULTILINE
)
_LICENCE = re.compile(r"^\| ([\w.-]+) \| ([^|]+) \| (?:run|run with servers|work on it) \|$", re.MULTILINE)
_NAMES = {"PSFL": "PSF-2.0", "Apache 2.0": "Apache-2.0", "BSD 2-Clause License": "BSD-2-Clause"}
"""What some packages write for a licence that SPDX knows by another name."""
LOCKED = {"required": "requirements.txt", "optional": "requirements-servers.txt", "excluded": "requirements-dev.txt"}
"""The lock files by CycloneDX's words for what the office needs, what it needs to use servers, and what tests alone need."""
_SPDX = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "LGPL-2.1-only", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0", "OFL-1.1", "PSF-2.0"}


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of a library, as a lock file has it."""

    name: str
    version: str
    marker: str
    """Where it is installed; '' for everywhere."""
    hashes: tuple[str, ...]
    """The SHA-256 of each of its files."""


def pins(lock_file: str) -> Iterator[Pin]:
    """Yield every pin of a lock file's text, in its order."""
    for match in _PIN.finditer(lock_file):
        hashes = re.findall(r"sha256:([0-9a-f]{64})", match["hashes"])
        yield Pin(match["name"], match["version"], match["marker"] or "", tuple(hashes))


def bill(project: dict[str, Any], locked: Mapping[str, Sequence[Pin]], licences: dict[str, str]) -> dict[str, Any]:
    """Return the document; `locked`: the pins by their scope, a pin's first one counts."""
    scopes: dict[Pin, str] = {}
    for scope, listed in locked.items():
        for pin in listed:
            scopes.setdefault(pin, scope)
    components = [_component(pin, licences, scope) for pin, scope in scopes.items()]
    components.sort(key=lambda component: str(component["bom-ref"]))
    own = {"type": "application", "bom-ref": project["name"], "name": project["name"], "version": project["version"]}
    content = json.dumps([own, components], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}",
        "version": 1,
        "metadata": {"component": own},
        "components": components,
    }


def _component(pin: Pin, licences: dict[str, str], scope: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{pin.name}@{pin.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": pin.name,
        "version": pin.version,
        "purl": purl,
        "scope": scope,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in pin.hashes],
    }
    if written := licences.get(pin.name):
        component["licenses"] = [_licence(written)]
    if pin.marker:
        component["properties"] = [{"name": "pip:marker", "value": pin.marker}]
    return component


def _licence(written: str) -> dict[str, Any]:
    name = _NAMES.get(written, written)
    if " OR " in name:
        return {"expression": name}
    return {"license": {"id" if name in _SPDX else "name": name}}


def of_project(home: Path) -> dict[str, Any]:
    """Return the document of the project in that folder."""
    project = tomllib.loads((home / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {scope: tuple(pins((home / name).read_text(encoding="utf-8"))) for scope, name in LOCKED.items()}
    licences = dict(_LICENCE.findall((home / "docs" / "third-party.md").read_text(encoding="utf-8")))
    return bill(project, locked, licences)


if __name__ == "__main__":
    written = json.dumps(of_project(HOME), ensure_ascii=False, indent=1) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(written, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(written)
