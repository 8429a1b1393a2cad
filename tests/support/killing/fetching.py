"""`run.py fetch` killed at each step, while the mail server lives on and keeps what it has."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, Self

import dovecot
from dovecot import Dovecot
from mails import OURS, attached, message, zipped
from offices import Office, moment, tree
from workbooks import DAY, assignment, progress_row, reception_row, report

from killing import harness, office
from killing.harness import Program, Report, Run
from killing.shim import Plan
from pipeline.intake import envelopes, inbox

ARRIVED = moment("2020-05-21 16:42")
_FORGED = {"Authentication-Results": f"{OURS}; dmarc=fail header.from=example.com"}
_JOURNAL = "state/mail/journal.jsonl"
_OWN = frozenset({_JOURNAL, "state/logs/run.log", "state/mail/run.lock"})
"""Files that tell of a run how it went, not what came of it."""


def _mails() -> list[bytes]:
    """Some of everything: three attachments, a zip, nothing, something to leave, one that nobody vouches for, one that came before."""
    books = [report(progress=[progress_row()]), report(reception=[reception_row()]), report(progress=[progress_row("SJ-2020-002")])]
    three = [attached(content, f"日报{number}.xlsx") for number, content in enumerate(books)]
    return [
        message(*three, number=1),
        message(attached(zipped({"甲.xlsx": books[0] + b" ", "乙.xlsx": books[1] + b" "}), "打包.zip"), number=2),
        message(number=3),
        message(attached(b"Rar!\x1a\x07", "包.rar"), number=4),
        message(attached(books[2] + b"  ", "冒名.xlsx"), number=5, fields=_FORGED),
        message(attached(books[0], "又一次.xlsx"), number=6),
    ]


class Fetching:
    """A mailbox and an office before a fetch, what an undisturbed one comes to, and a place to disturb others in.

    `way` is what becomes of mail that was taken: `flag` or `move`.
    """

    def __init__(self, library: Path, server: Dovecot, way: str, *, wrong: str | None = None, quick: bool = False) -> None:
        self._base = harness.place()
        self._server, self._way, self._wrong, self._quick = server, way, wrong, quick
        self._template, self.home = self._base / "template", self._base / "office"
        self._fill()
        self._program = Program(library, self._base)
        self._fresh()
        log = self._base / "log"
        self.undisturbed = self._run("fetch", log=log)
        if self.undisturbed.err:
            raise RuntimeError(self.undisturbed.err)
        self.calls = log.read_text(encoding="utf-8").splitlines()
        self.after = self._state()
        self._files = self._files_of()
        self._nights: dict[str, Any] = {}

    def _fill(self) -> None:
        template = Office(self._template)
        template.put_assignment(assignment())
        more = {"when_done": "move", "done_folder": "Done"} if self._way == "move" else {}
        dovecot.configure(template, self._server, folders=["INBOX", "Daily"], **more)
        self._server.empty()
        mails = _mails()
        self._server.pour(mails, ARRIVED)
        self._server.deliver(mails[0], ARRIVED, "Daily")
        self._server.lying()
        self._server.keep(self._base / "mail")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._program.end()
        shutil.rmtree(self._base, ignore_errors=True)

    def _fresh(self) -> None:
        """Mailbox and office as they were."""
        self._server.restore(self._base / "mail")
        office.copy(self._template, self.home)

    def _run(self, *command: str, plan: Plan | None = None, log: Path | None = None) -> Run:
        """A command, or the night's run, as planned or undisturbed, until the server has done what it was told."""
        job = {**harness.job_for(self.home, self._base, *command), "wrong": self._wrong, "quick": self._quick}
        (ended,) = self._program.runs(job, self.home, plan or Plan(sockets=bool(command)), log)
        self._server.quiet()
        return ended

    # --- what came of it ---

    def _state(self) -> dict[str, Any]:
        names = sorted(path.relative_to(self.home).as_posix() for path in self.home.rglob("*"))
        files = {name: content for name, content in tree(self.home).items() if name not in _OWN}
        return {"names": names, "files": files, "mailbox": self._server.stored(), "journal": self._noted()}

    def _noted(self) -> tuple[list[str], list[str]]:
        """The messages that the journal knows, each once, and those whose mark is set."""
        mails, settled = Counter[str](), set()
        for line in (self.home / _JOURNAL).read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:  # torn
                continue
            mails.update([line] if "mail" in entry else [])
            settled |= {f"{entry['settled']} {uid}" for uid in entry.get("uids", ())}
        return sorted(mails.elements()), sorted(settled)

    def _facts(self) -> dict[str, Any]:
        """What the night has taken in, and what it says of the day."""
        summary = json.loads((self.home / "outbox" / str(DAY) / "summary.json").read_text(encoding="utf-8"))
        facts = {"arrivals": office.facts_of(self.home / "state/ledger.sqlite")["arrivals"], "summary": summary}
        return {**facts, "left": inbox.report_names(self.home / "inbox"), "mailbox": self._server.stored(), "journal": self._noted()}

    def _files_of(self) -> dict[str, dict[str, bytes]]:
        """What lies in the inbox by the Message-ID that it came in."""
        files: dict[str, dict[str, bytes]] = {}
        for name, content in self.after["files"].items():
            if name.endswith(envelopes.SIDECAR) and (message_id := json.loads(content)["message_id"]):
                file = name.removesuffix(envelopes.SIDECAR)
                files.setdefault(message_id, {}).update({name: content, file: self.after["files"][file]})
        return files

    def _missing(self) -> list[str]:
        """What is nowhere at this very moment: a message bears its mark and its files are not in the inbox."""
        lying = tree(self.home / "inbox")
        marked = {known for folder, known, flags in self._server.stored() if "S" in flags or folder == ".Done"}
        return [
            name
            for message in sorted(marked)
            for name, content in self._files.get(message, {}).items()
            if lying.get(name.removeprefix("inbox/")) != content
        ]

    # --- many ---

    def kill(self, plan: Plan, report: Report, *, night: bool = False) -> None:
        """Kill a fetch there, let the night take in what lies there if it is to, and fetch once more: the same as undisturbed?"""
        self._fresh()
        report.runs += 1
        report.killed += self._run("fetch", plan=plan).status == harness.KILLED
        wrong = [f"missing {name}" for name in self._missing()]
        if night:
            self._run()
        last = self._run("fetch")
        if last.status != self.undisturbed.status:
            wrong.append(f"then {last.status} {last.err}")
        now = self._counted() if night else self._state()
        expected = self._undisturbed_night() if night else self.after
        wrong += [f"{key}: {_difference(value, now[key])}" for key, value in expected.items() if now[key] != value]
        report.bad += [f"{plan}{' and the night' * night}: {wrong}"] if wrong else []

    def _undisturbed_night(self) -> dict[str, Any]:
        """What the night comes to after an undisturbed fetch."""
        if not self._nights:
            self._fresh()
            self._run("fetch")
            self._nights = self._counted()
        return self._nights

    def _counted(self) -> dict[str, Any]:
        self._run()
        return self._facts()


def _difference(one: object, other: object) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        return f"{[key for key in {**one, **other} if one.get(key) != other.get(key)]}"
    if isinstance(one, list) and isinstance(other, list):
        return f"{[f'-{item}' for item in one if item not in other] + [f'+{item}' for item in other if item not in one]}"
    return f"{one!r:.600} is {other!r:.600}"
