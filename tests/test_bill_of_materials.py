"""The software bill of materials: every pin of the lock files is in it, in the form that CycloneDX 1.6 asks for."""

from __future__ import annotations

import re
from pathlib import Path

import bill_of_materials
from house import pinned
from offices import HOME


def test_it_has_the_fields_that_the_schema_requires_each_of_its_kind() -> None:
    document = bill_of_materials.of_project(HOME)
    assert (document["bomFormat"], document["specVersion"], document["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", document["serialNumber"])
    components = document["components"]
    references = [component["bom-ref"] for component in components]
    assert len(references) == len({*references})
    for component in [document["metadata"]["component"], *components]:
        assert component["type"] in {"application", "library"}
        assert component["name"]
    for component in components:
        assert component["scope"] in {"required", "optional", "excluded"}
        assert component["hashes"]
        assert all(entry["alg"] == "SHA-256" and re.fullmatch(r"[0-9a-f]{64}", entry["content"]) for entry in component["hashes"])
        (licence,) = component["licenses"]
        assert licence.keys() in ({"expression"}, {"license"})
        assert licence.get("license", {"id": ""}).keys() in ({"id"}, {"name"})


def test_every_pin_is_in_it_with_its_version_its_licence_and_all_its_hashes() -> None:
    components = bill_of_materials.of_project(HOME)["components"]
    locked = (HOME / "requirements-dev.txt").read_text(encoding="utf-8")
    assert {component["name"] for component in components} == {*pinned("requirements.txt"), *pinned("requirements-dev.txt")}
    versions = {(component["name"], component["version"]) for component in components}
    assert versions == {*re.findall(r"^([\w.-]+)==(\S+)", locked, re.MULTILINE)}
    assert sorted(entry["content"] for component in components for entry in component["hashes"]) == sorted(
        re.findall(r"sha256:([0-9a-f]{64})", locked)
    )
    assert {component["name"] for component in components if component["scope"] == "required"} == {*pinned("requirements.txt")}
    optional = {component["name"] for component in components if component["scope"] == "optional"}
    assert optional == {*pinned("requirements-servers.txt")} - {*pinned("requirements.txt")}
    licences = {component["name"]: component["licenses"] for component in components}
    assert licences["docxtpl"] == [{"license": {"id": "LGPL-2.1-only"}}]
    assert licences["packaging"] == [{"expression": "Apache-2.0 OR BSD-2-Clause"}]


def test_no_address_of_a_registry_is_in_it_and_the_same_files_give_the_same_document(tmp_path: Path) -> None:
    assert "://" not in str(bill_of_materials.of_project(HOME))
    assert bill_of_materials.of_project(HOME) == bill_of_materials.of_project(HOME)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "third-party.md").write_text("", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "a"\nversion = "1"\n', encoding="utf-8")
    for name in bill_of_materials.LOCKED.values():
        (tmp_path / name).write_text(f"b==1 ; sys_platform == 'win32' \\\n    --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    (component,) = bill_of_materials.of_project(tmp_path)["components"]
    assert "licenses" not in component
    assert component["properties"] == [{"name": "pip:marker", "value": "sys_platform == 'win32'"}]
