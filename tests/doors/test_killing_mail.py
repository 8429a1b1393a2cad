"""kill -9 at each step of `fetch` and `send`, while the server keeps its state: nothing is lost, and nothing comes twice in silence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import dovecot
import exim as mail_server
import pytest
from dovecot import Dovecot
from exim import Exim
from killing import harness, wrong
from killing.fetching import Fetching
from killing.harness import Report
from killing.sending import Sending
from killing.shim import Mode, Plan

pytestmark = pytest.mark.external
WAYS = ("flag", "move")


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Dovecot]:
    with dovecot.running() as server:
        yield server


@pytest.fixture(scope="module")
def exim() -> Iterator[Exim]:
    with mail_server.running() as server:
        yield server


def _tell(calls: Sequence[str], report: Report, more: str = "") -> None:
    print(f"{len(calls)} points, {report.runs} disturbed runs, {report.killed} killed, {len(report.bad)} bad{more}")
    assert report.bad == []
    assert report.killed >= 0.9 * report.runs  # a server may have another thing to say than in the undisturbed run


def _kinds(calls: Sequence[str]) -> Counter[str]:
    """The calls by their name, those that talk to a server apart."""
    names = [call.split("\t")[1:] for call in calls]
    return Counter(f"socket {name}" if path.startswith("socket:") else name for name, path in names)


@pytest.mark.parametrize("way", WAYS)
def test_a_fetch_killed_at_any_step_loses_and_doubles_nothing(library: Path, mailbox: Dovecot, way: str, *, everything: bool) -> None:
    """Now and then the night's run takes what lies there before the next fetch."""
    report = Report()
    with Fetching(library, mailbox, way, quick=True) as bench:
        assert bench.undisturbed.status == 0
        kinds = _kinds(bench.calls)
        assert min(kinds["socket write"], kinds["socket read"], kinds["fsync"], kinds["rename"]) >= 4, kinds
        for number, plan in enumerate(harness.some(harness.steps(bench.calls), 12, everything=everything)):
            bench.kill(plan, report, night=number % (3 if everything else 6) == 2)
        _tell(bench.calls, report)


def test_a_fetch_whose_mail_is_taken_apart_elsewhere_can_be_killed_too(library: Path, mailbox: Dovecot, *, everything: bool) -> None:
    report = Report()
    with Fetching(library, mailbox, "move") as bench:
        for plan in harness.some(harness.steps(bench.calls), 3, everything=everything):
            bench.kill(plan, report)
        _tell(bench.calls, report)


def test_a_send_killed_at_any_step_loses_nothing_and_sends_nothing_twice_in_silence(library: Path, exim: Exim, *, everything: bool) -> None:
    report = Report()
    with Sending(library, exim) as bench:
        assert sorted(bench.given.values()) == [1, 1, 1]
        assert sorted(state for _recipient, state in bench.states.values()) == ["refused", "sent", "sent", "sent"]
        kinds = _kinds(bench.calls)
        assert min(kinds["socket write"], kinds["socket read"], kinds["fdatasync"], kinds["fsync"]) >= 4, kinds
        for plan in harness.some(harness.steps(bench.calls), 12, everything=everything):
            bench.kill(plan, report)
        _tell(bench.calls, report, f"; {bench.unknown} letters of unknown fate, {bench.twice} of them sent again though they had come")
        assert bench.unknown > 0
        assert bench.twice > 0 or not everything


# --- the test of the test ----------------------------------------------------------------------------------------


CAUGHT = {
    "noted before laid": (r".*\n.*rename\t.*/inbox/", "-inbox/"),
    "marked before laid": (r".*\n.*rename\t.*/inbox/", "missing inbox/"),
    "never the same place": (r".*fsync\t.*/inbox/.*\n.*/mail/journal", r"\+inbox/"),
    "sent before answered": (r".*write\tsocket:.*\n.*write\tsocket:", "lost in silence"),
    "noted afterwards only": (r".*read\tsocket:.*\n.*/ledger", "given 2 times in silence"),
}
"""Between which two calls the order is at its worst, and what killing there brings to light."""


@pytest.mark.parametrize(("order", "way"), [*((order, "move") for order in wrong.FETCHING), ("marked before laid", "flag")])
def test_a_wrong_order_of_fetching_is_caught(library: Path, mailbox: Dovecot, order: str, way: str) -> None:
    with Fetching(library, mailbox, way, wrong=order, quick=True) as bench:
        _assert_caught(bench, order)


@pytest.mark.parametrize("order", wrong.SENDING)
def test_a_wrong_order_of_sending_is_caught(library: Path, exim: Exim, order: str) -> None:
    with Sending(library, exim, wrong=order) as bench:
        _assert_caught(bench, order)


def _assert_caught(bench: Fetching | Sending, order: str) -> None:
    """Kill between two such calls, the last ones first, until it has come to light."""
    worst, to_be_found = CAUGHT[order]
    report = Report()
    for at in range(len(bench.calls), 1, -1):
        if re.match(worst, "\n".join(bench.calls[at - 2 : at])) and not report.bad:
            bench.kill(Plan(Mode.BEFORE, at, sockets=True), report)
    print(f"{order}: {report.runs} disturbed runs, {report.bad}")
    assert re.search(to_be_found, "".join(report.bad))
