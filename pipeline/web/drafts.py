"""What was uploaded: a draft that its user looks over, and then sends or discards; once sent, it is in the inbox with a receipt number."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from pipeline.disk import storage
from pipeline.doors import upload
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Envelope
from pipeline.terms.text import mask, without_controls
from pipeline.web.accounts import User
from pipeline.web.database import Database, drafts, keep_codes, sent, users
from pipeline.web.receiving import Received
from pipeline.web.upload_limits import MOST_DRAFTS, RefusedError

FOLDER = "upload"
_KEPT_FOR: Final = timedelta(hours=24)
_LOOKED_AT: Final = timedelta(minutes=30)
"""So long somebody may still be looking at what the check found."""
_NUMBER_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None that is mistaken for another when it is read out on the telephone."""
_OFFICE: Final = "BGS"
"""办公室, where a district's receipt numbers have its code."""
_LONGEST_NAME: Final = 120
_LONGEST_UPLOAD_SECONDS: Final = 2 * 3600
"""A folder without a draft is an upload under way; `upload_seconds` ends one after an hour at most."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An uploaded file that has not been sent: it has no `Envelope` yet, and no run sees it."""

    id: str
    name: str
    """For people; never a path."""
    size: int
    is_assignment: bool
    made: datetime
    checked: Mapping[str, Any] | None
    """As `check_results` makes it; None while the check is under way."""


@dataclass(frozen=True, slots=True)
class SentUpload:
    """A view on the `Envelope` of a sent upload, and on the file that was sent in it."""

    number: str
    draft: str
    name: str
    size: int
    sha256: str
    is_assignment: bool
    district: str
    received_at: datetime
    checked: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Sending:
    """What came of sending a draft."""

    number: str
    is_first: bool
    """Whether this call put it into the inbox, and no click before or beside it."""


class Drafts:
    """The uploads of an office."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._folder = settings.paths.state / FOLDER
        self._laying = threading.Lock()
        storage.make_folder(self._folder)
        keep_codes(database, sent, settings)

    def place(self) -> tuple[str, Path]:
        """Make a place for a new draft, and return its id and the folder for its file."""
        identity = secrets.token_urlsafe(16)
        folder = self._folder / identity
        folder.mkdir()
        return identity, folder

    def path(self, identity: str, *, is_assignment: bool) -> Path:
        """Return the path of a draft's file: under a name of ours, never the one that the browser said."""
        return self._folder / identity / file_name(is_assignment=is_assignment)

    def drop(self, identity: str) -> None:
        """Remove a draft's file, or what could not be received."""
        storage.remove_folder(self._folder / identity)

    def keep(self, identity: str, user: User, received: Received, now: datetime, *, is_assignment: bool) -> None:
        """Note a draft whose file has been received whole; the user's oldest make room, but none that somebody may still be looking at.

        Raises RefusedError where there is no room.
        """
        values = {"id": identity, "user": user.id, "is_assignment": is_assignment, "name": shown(received.name)}
        values |= {"size": received.size, "sha256": received.sha256, "made": now.timestamp()}
        own = sa.select(drafts.c.id, drafts.c.made).where(drafts.c.user == user.id).order_by(drafts.c.made.desc()).offset(MOST_DRAFTS - 1)
        with self._database.write() as connection:
            beyond = connection.execute(own).all()
            if any(draft.made > (now - _LOOKED_AT).timestamp() for draft in beyond):
                raise RefusedError(409, "many")
            old = [draft.id for draft in beyond]
            connection.execute(drafts.delete().where(drafts.c.id.in_(old)))
            connection.execute(drafts.insert().values(values))
        for forgotten in old:
            self.drop(forgotten)

    def find(self, identity: str, user: User) -> Draft | None:
        """Return the draft of that id, where it is the user's own."""
        with self._database.read() as connection:
            row = connection.execute(drafts.select().where((drafts.c.id == identity) & (drafts.c.user == user.id))).one_or_none()
        return self._draft(row) if row else None

    def of(self, user: User) -> list[Draft]:
        """Return the user's drafts, the newest first; not the assignment workbook that was sent last once more, for which nobody waits."""
        last = sa.select(sent.c.sha256).where(sent.c.is_assignment).order_by(sent.c.received_at.desc()).limit(1)
        own = drafts.select().where(drafts.c.user == user.id).order_by(drafts.c.made.desc())
        with self._database.read() as connection:
            in_use = connection.scalar(last)
            return [self._draft(row) for row in connection.execute(own) if not (row.is_assignment and row.sha256 == in_use)]

    def _draft(self, row: Any) -> Draft:  # noqa: ANN401 - SQLAlchemy's row
        made = datetime.fromtimestamp(row.made, self._settings.calendar.zone)
        return Draft(row.id, row.name, row.size, row.is_assignment, made, json.loads(row.checked) if row.checked else None)

    def note_check(self, identity: str, checked: Mapping[str, Any]) -> None:
        """Remember what the check found."""
        with self._database.write() as connection:
            connection.execute(drafts.update().where(drafts.c.id == identity).values(checked=json.dumps(checked, ensure_ascii=False)))

    def forget_check(self, identity: str) -> None:
        """Have the draft checked again."""
        with self._database.write() as connection:
            connection.execute(drafts.update().where(drafts.c.id == identity).values(checked=None))

    def reports_beside(self, draft: Draft, user: User) -> dict[str, list[str]]:
        """Return the receipt numbers of what else the user's district has sent, by the day (ISO) for which it is expected to count."""
        numbers: dict[str, list[str]] = {}
        for report in self.sent_of(user, date.min):
            is_other = not report.is_assignment and report.draft != draft.id
            if is_other and report.checked and report.checked.get("accepted") and report.checked.get("day"):
                numbers.setdefault(report.checked["day"], []).append(report.number)
        return numbers

    def is_overtaken(self, draft: Draft, user: User) -> bool:
        """Whether another report of the same day was sent since the draft's check looked at what waits."""
        checked = draft.checked or {}
        return "beside" in checked and self.reports_beside(draft, user).get(checked["day"], []) != checked["beside"]

    def discard(self, draft: Draft) -> bool:
        """Forget a draft, its file too; False where another click has done it."""
        with self._database.write() as connection:
            gone = connection.execute(drafts.delete().where(drafts.c.id == draft.id)).rowcount
        self.drop(draft.id)
        return bool(gone)

    # --- sending ---

    def send(self, identity: str, user: User, now: datetime) -> Sending | None:
        """Send a draft; the receipt number is the same one where it was sent before. None where there is no such draft of the user's.

        First the number is noted, then the file put into the inbox, then that noted: killed in between, `recover` goes on where it stopped.
        """
        code = next((district.code for district in self._settings.districts if district.name == user.district), _OFFICE)
        own = (drafts.c.id == identity) & (drafts.c.user == user.id)
        with self._database.write() as connection:
            before = connection.execute(sent.select().where((sent.c.draft == identity) & (sent.c.user == user.id))).one_or_none()
            if before is not None:
                number = before.number
            else:
                row = connection.execute(drafts.select().where(own)).one_or_none()
                if row is None:
                    return None
                number = f"{code}-{_day_of(row, now):%y%m%d}-{''.join(secrets.choice(_NUMBER_LETTERS) for _ in range(6))}"
                values = {name: getattr(row, name) for name in ("user", "is_assignment", "name", "size", "sha256", "checked")}
                values |= {"number": number, "draft": identity, "district": self._settings.code_of(user.district), "laid": False}
                connection.execute(sent.insert().values(received_at=now.isoformat(timespec="seconds"), **values))
        return Sending(number, is_first=self._lay(number, user.address))

    def _lay(self, number: str, address: str) -> bool:
        """Bring a sent file into the inbox. It is no draft then, but its file stays for a day, to be marked.

        False where it is there already: of several clicks at once one puts it there.
        """
        with self._laying:
            with self._database.read() as connection:
                row = connection.execute(sent.select().where(sent.c.number == number)).one()
            if row.laid:
                return False
            envelope = Envelope(datetime.fromisoformat(row.received_at), "upload", address, number)
            path = self.path(row.draft, is_assignment=row.is_assignment)
            upload.lay(self._settings, (row.name, path), envelope, is_assignment=row.is_assignment)
            with self._database.write() as connection:
                connection.execute(sent.update().where(sent.c.number == number).values(laid=True))
                connection.execute(drafts.delete().where(drafts.c.id == row.draft))
            return True

    def sent_as(self, identity: str, user: User) -> str | None:
        """Return the receipt number under which the user sent that draft."""
        with self._database.read() as connection:
            return connection.scalar(sa.select(sent.c.number).where((sent.c.draft == identity) & (sent.c.user == user.id)))

    def sent_of(self, user: User, since: date) -> list[SentUpload]:
        """Return what the user's district (for the office: everybody) has sent since that day, the newest first."""
        whose = sa.true() if user.is_office else sent.c.district == self._settings.code_of(user.district)
        query = sent.select().where(whose & (sent.c.received_at >= since.isoformat())).order_by(sent.c.received_at.desc(), sent.c.number)
        with self._database.read() as connection:
            return [_sent(row, self._settings) for row in connection.execute(query)]

    def receipt(self, number: str, user: User) -> SentUpload | None:
        """Return what was sent under that number, where the user may know of it."""
        with self._database.read() as connection:
            row = connection.execute(sent.select().where(sent.c.number == number)).one_or_none()
        is_own = row is not None and (user.is_office or row.district == self._settings.code_of(user.district))
        return _sent(row, self._settings) if is_own else None

    def original(self, report: SentUpload) -> Path | None:
        """Return the path of the file that was sent, while it is kept."""
        path = self.path(report.draft, is_assignment=report.is_assignment)
        return path if path.is_file() else None

    # --- putting in order ---

    def recover(self) -> list[str]:
        """Go on with what a killed server had begun to send, and return its numbers; only while nothing else is being sent."""
        upload.sweep(self._settings)
        query = sa.select(sent.c.number, users.c.address).join(users, users.c.id == sent.c.user).where(~sent.c.laid)
        with self._database.read() as connection:
            waiting = list(connection.execute(query))
        return [number for number, address in waiting if self._lay(number, address)]

    def sweep(self, now: datetime) -> None:
        """Remove drafts that are a day old, and what was never received whole."""
        old = (now - _KEPT_FOR).timestamp()
        with self._database.write() as connection:
            connection.execute(drafts.delete().where(drafts.c.made < old))
            late = sent.c.received_at >= (now - _KEPT_FOR).isoformat(timespec="seconds")
            held = sa.select(sent.c.draft).where(~sent.c.laid | late)
            needed = {*connection.scalars(sa.select(drafts.c.id)), *connection.scalars(held)}
        for folder in self._folder.iterdir():
            if folder.name not in needed and abs(storage.clock_of(self._folder) - folder.stat().st_mtime) > _LONGEST_UPLOAD_SECONDS:
                storage.remove_folder(folder)


def _day_of(row: Any, now: datetime) -> date:  # noqa: ANN401 - SQLAlchemy's row
    """Return the day that a receipt number bears: the report's own where it is known, else that of the sending."""
    checked = json.loads(row.checked) if row.checked else {}
    is_known = not row.is_assignment and checked.get("accepted") and checked.get("day")
    return date.fromisoformat(checked["day"]) if is_known else now.date()


def file_name(*, is_assignment: bool) -> str:
    """Return our own name for an uploaded file: by it the check distinguishes a report from an assignment workbook."""
    return "案件包案任务分解表.xlsx" if is_assignment else "日报.xlsx"


def shown(name: str) -> str:
    """Return a file's name for people: without controls and personal numbers, and without the folders that some browsers say with it."""
    last = without_controls(name.encode("utf-8", "replace").decode()).replace("\\", "/").rpartition("/")[2]
    return mask(" ".join(last.split()))[:_LONGEST_NAME] or "未命名"


def _sent(row: Any, settings: Settings) -> SentUpload:  # noqa: ANN401 - SQLAlchemy's row
    return SentUpload(
        row.number,
        row.draft,
        row.name,
        row.size,
        row.sha256,
        row.is_assignment,
        settings.name_of(row.district),
        datetime.fromisoformat(row.received_at),
        json.loads(row.checked) if row.checked else None,
    )
