"""`run.py send` killed at each step, while the mail server lives on and keeps what it was given."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Self

import exim
from exim import Exim

from killing import harness, office
from killing.harness import Program, Report, Run
from killing.shim import Plan

_RECEIPTS = {"东胜区": b"small", "康巴什区": b"refused", "达拉特旗": b"of several records " * 2_000, "杭锦旗": b"last"}
_SENT, _UNKNOWN = "sent", "under-way"


class Sending:
    """An office with letters to send and a server for them, what an undisturbed run comes to, and a place to disturb others in."""

    def __init__(self, library: Path, server: Exim, *, wrong: str | None = None) -> None:
        self._base = harness.place()
        self._server, self._wrong = server, wrong
        self._template, self.home = self._base / "template", self._base / "office"
        exim.office(self._template, server, _RECEIPTS)
        self._program = Program(library, self._base)
        self._fresh()
        log = self._base / "log"
        self.undisturbed = self._run(log=log)
        if self.undisturbed.err:
            raise RuntimeError(self.undisturbed.err)
        self.calls = log.read_text(encoding="utf-8").splitlines()
        self.given, self.states, self._lying = self._given(), self._states(), self._names()
        self.unknown = self.twice = 0
        """Letters of unknown fate in all disturbed runs, and those of them that the server then had twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._program.end()
        shutil.rmtree(self._base, ignore_errors=True)

    def _fresh(self) -> None:
        self._server.empty()
        office.copy(self._template, self.home)

    def _run(self, *options: str, plan: Plan | None = None, log: Path | None = None) -> Run:
        job = {**harness.job_for(self.home, self._base, "send", *options), "wrong": self._wrong}
        (ended,) = self._program.runs(job, self.home, plan or Plan(sockets=True), log)
        return ended

    def _given(self) -> Counter[str]:
        """How often the server has each letter, once it has done what it was told."""
        return Counter(str(message["Message-ID"]) for message in self._server.messages())

    def _states(self) -> dict[str, tuple[str, str]]:
        """Recipient and state of every letter that the office knows of."""
        with closing(sqlite3.connect(f"file:{self.home / 'state/ledger.sqlite'}?mode=ro", uri=True)) as connection:
            return {known: (recipient, state) for known, recipient, state in connection.execute(_LETTERS)}

    def _names(self) -> list[str]:
        return sorted(path.relative_to(self.home).as_posix() for path in self.home.rglob("*"))

    def kill(self, plan: Plan, report: Report) -> None:
        """Kill a run there and send once more; then let the office have sent again what is of unknown fate."""
        self._fresh()
        report.runs += 1
        report.killed += self._run(plan=plan).status == harness.KILLED
        self._given()
        second = self._run()
        given, states = self._given(), self._states()
        wrong = [f"{known} given {count} times in silence" for known, count in given.items() if count > 1]
        wrong += [sentence for known in self.states if (sentence := self._judged(known, given, states, second))]
        unknown = {known for known, (_recipient, state) in states.items() if state == _UNKNOWN}
        again = self._run("--unknown", "again")
        last = self._given()
        wrong += [f"{known} given {last[known]} times" for known in self.given if last[known] != 1 + (known in unknown) * given[known]]
        wrong += [f"in the end {self._states()}, {again.out}"] if self._states() != self.states else []
        wrong += [f"left behind {name}" for name in self._names() if name not in self._lying]
        self.unknown += len(unknown)
        self.twice += sum(count > 1 for count in last.values())
        report.bad += [f"{plan}: {wrong}"] if wrong else []

    def _judged(self, known: str, given: Counter[str], states: dict[str, tuple[str, str]], second: Run) -> str:
        """What is wrong with a letter after the second run: it is where the office says it is, or the office says that it does not know."""
        recipient, state = states.get(known, ("", "no state"))
        if state == _UNKNOWN:
            return "" if re.search(f"下落不明 {recipient} ", second.out) else f"{recipient} lost, and nothing said"
        if state != self.states[known][1]:
            return f"{recipient}: {state}"
        return f"{recipient} lost in silence" if state == _SENT and not given[known] else ""


_LETTERS = "SELECT message_id, recipient, state FROM letters"
