"""A day's folder, as letters are written about it: by its manifest, its editions, and the files that its receipts answer.

Covered by tests/post/test_sending.py and tests/post/test_editions_in_letters.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from pipeline.ledger import edition_files
from pipeline.ledger.editions import Edition
from pipeline.post import letters
from pipeline.post.come_since import NoticeSince
from pipeline.post.letters import Delivery, Item
from pipeline.publishing import edition_changes, told_editions
from pipeline.render import extension_files, file_names
from pipeline.render.forms import report_form
from pipeline.render.papers import notice
from pipeline.render.receipts import receipt_files
from pipeline.settings.units import District
from pipeline.terms.contract import LATE_EXCUSED
from pipeline.terms.handed_in import Filed

NOTICE = f"{notice.FOLDER}/{{district}}_督办通知_"
PATHS = (
    f"{receipt_files.FOLDER}/{{district}}_回执_",
    NOTICE,
    f"{report_form.FOLDER}/{{district}}_日报_",
)
"""How the paths of what a district gets begin."""

_TOLD_OF_DISTRICTS: Final = {
    "withdrew": ("left_out", "told"),
    "turned_back": ("turned_back", "told"),
    "unanswered": ("unanswered", "told"),
    "refused_sheets": ("refused_sheets", "sheets"),
    "to_mend": ("to_mend", "told"),
    "behind": ("behind", "days"),
}
"""What letters tell of a district: its name beside the submission, the key in `extensions.json`, and the key of its lines there."""


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """A day's folder as its manifest describes it."""

    day: date
    folder: Path
    outputs: Mapping[str, str]
    """SHA-256 by path."""
    is_correction: bool
    answers: Mapping[str, Filed]
    """Which file each receipt answers, by the receipt's path. Names alone do not tell: a stranger can choose his file's name."""
    manifest: str
    """The SHA-256 of the manifest."""
    editions: tuple[Edition, ...]
    """The day's editions, in order."""
    left_out: frozenset[str] = frozenset()
    """The districts of which a report of the day is lost and left out by the office's decision."""
    headline: tuple[tuple[str, str], ...] = ()
    """The lines that the day's papers begin with, each with its name; none where an older program wrote the folder."""
    named_then: Mapping[str, str] = field(default_factory=dict)
    """By its present name: what a district was called when the folder was written, where that is another name."""
    units: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By folder: whether the day is a correction for a level above the districts, and the lines that its papers begin with."""
    unit: str = ""
    """The level above the districts whose part of the day it is; '' for the whole day."""
    senders: Mapping[str, str] = field(default_factory=dict)
    """By the path of a receipt of a file that names no district: the district whose sender it came from, where that is one."""

    def of_unit(self, way: Sequence[str], kept: Path) -> PublishedDay | None:
        """Return the part of a level above the districts, by the names down to it; None where the day was written without it."""
        folder = file_names.unit_folder(way)
        if folder not in self.units:
            return None
        told, begins = self.units[folder], f"{folder}/"
        return replace(
            self,
            folder=self.folder / folder,
            outputs={path.removeprefix(begins): sha256 for path, sha256 in self.outputs.items() if path.startswith(begins)},
            is_correction=bool(told["correction"]),
            headline=tuple((line["name"], line["says"]) for line in told["headline"]),
            editions=tuple(told_editions.of_unit(edition, folder, kept) for edition in self.editions),
            unit=way[-1],
        )

    @property
    def newest(self) -> Edition | None:
        """The edition that this folder is; None where nobody has noted it yet."""
        return next((edition for edition in self.editions if edition.note.manifest == self.manifest), None)

    def earlier(self, had: tuple[str, frozenset[str]]) -> Edition | None:
        """Return the edition that somebody was mailed last, by its manifest or by what it brought; None where nothing tells."""
        manifest, digests = had
        mailed = [edition for edition in self.editions if edition.note.manifest == manifest]
        by_content = [edition for edition in self.editions if not manifest and digests & {*edition.outputs.values()}]
        return next(reversed(mailed or by_content), None)

    def summary(self) -> dict[str, Any]:
        """Return the day's figures, as in `summary.json` but with the districts' present names.

        Beside that of each district whether its report is left out by decision, which of its sheets were refused whole, whether it is
        approved that it came late, what replaced reports had and the one in force has not, what rows that may be of an older form take
        back, which urgent matters have no answer, what was refused and is not mended, which earlier days are lacking, and whether any
        file of it has a receipt.
        """
        figures: dict[str, Any] = json.loads((self.folder / "summary.json").read_bytes())
        excused = self._excused()
        by_district = {
            name: {line["district"]: line[told] for line in self._extensions().get(key, [])}
            for name, (key, told) in _TOLD_OF_DISTRICTS.items()
        }
        for submission in figures["submissions"]:
            submission |= {name: told.get(submission["district"], []) for name, told in by_district.items()}
            receipts = self.receipts(submission["district"], submission["district"])
            submission["has_come"] = not all(map(self.is_for_stranger, receipts))
            submission["is_excused"] = submission["status"] == "late" and submission["district"] in excused
            submission["is_left_out"] = submission["status"] == "missing" and submission["district"] in self.left_out
        now = {then: name for name, then in self.named_then.items()}
        named: dict[str, Any] = edition_changes.with_names(figures, {then: then for then in now}, now)
        return named

    def _excused(self) -> set[str]:
        """Return the districts whose late report of the day is approved; none where an older program wrote the folder."""
        told = self._extensions().get("exceptions", [])
        mine = f" {self.day.isoformat()}"
        held = (line["subject"] for line in told if line["kind"] == LATE_EXCUSED and line["holds"])
        return {subject.removesuffix(mine) for subject in held if subject.endswith(mine)}

    def _extensions(self) -> dict[str, Any]:
        path = self.folder / extension_files.NAME
        return dict(json.loads(path.read_bytes())) if path.exists() else {}

    def then(self, name: str) -> str:
        """Return what a district was called when the folder was written."""
        return self.named_then.get(name, name)

    def receipts(self, name: str, then: str) -> list[str]:
        """Return the paths of the district's receipts, also of what it sent that names no district; `then`: its name in the folder."""
        begin = PATHS[0].format(district=then)
        return sorted(path for path in self.outputs if path.startswith(begin) or self.senders.get(path) == name)

    def has_notice(self, name: str) -> bool:
        """Return whether the district has a notice of that day."""
        return any(path.startswith(NOTICE.format(district=self.then(name))) for path in self.outputs)

    def is_silent(self, district: District) -> bool:
        """Whether nothing at all came from the district for that day."""
        stands = next((each["status"] for each in self.summary()["submissions"] if each["district"] == district.name), "missing")
        came = self.receipts(district.name, self.then(district.name)) or self.sent_for_other_district(district)
        return stands == "missing" and not came and district.name not in self.left_out

    def became_of_notice(self, name: str, day: date) -> NoticeSince:
        """Return what became by this day of the cases of the district's notice of an earlier one."""
        asked = self._extensions().get("notices", {}).get("cases", [])
        own = (case for case in asked if (case["district"], case["day"]) == (self.then(name), day.isoformat()))
        return NoticeSince.of(own, self.day, json.loads((self.folder / "summary.json").read_bytes()))

    def is_for_stranger(self, path: str) -> bool:
        """Return whether it is the receipt of a file whose sender may not send for the district: it is mailed to nobody.

        Otherwise anybody could have us mail his workbook to a district under our name.
        """
        return path in self.answers and self.answers[path].reading.is_from_stranger

    def sent_for_other_district(self, district: District) -> tuple[Item, ...]:
        """Return a note about every file that a sender of this district has sent for another district."""
        return tuple(
            Item(
                filed.arrival.name,
                letters.digest_of("elsewhere", self.day, district.name, *filed.arrival.identity),
                delivery=Delivery.IN_WORDS,
            )
            for path, filed in self.answers.items()
            if self.is_for_stranger(path) and district.accepts(filed.arrival.envelope)
        )

    def says_as_sent(self, path: str, settled: frozenset[str], kept: Path) -> bool:
        """Return whether it is a notice that says what the last one that was sent says, but for its dates; `kept`: the editions' files."""
        if not path.startswith(f"{notice.FOLDER}/"):
            return False
        sent = next((sha256 for edition in reversed(self.editions) if (sha256 := edition.outputs.get(path, "")) in settled), "")
        before, now = (notice.says(content) if content else "" for content in (edition_files.read(kept, sent), self._content(path)))
        return bool(before) and before == now

    def _content(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def arrived(self, path: str) -> tuple[float, str]:
        """Return when the file of a receipt arrived, for sorting; the path settles a tie."""
        return (self.answers[path].arrival.envelope.received_at.timestamp() if path in self.answers else 0.0), path

    def items(self, paths: Iterable[str]) -> tuple[Item, ...]:
        """Return these files with their contents; only those that are still as the manifest says: people can open and save them."""
        read = [(path, (self.folder / path).read_bytes()) for path in paths]
        return tuple(
            Item(Path(path).name, self.outputs[path], content)
            for path, content in read
            if hashlib.sha256(content).hexdigest() == self.outputs[path]
        )
