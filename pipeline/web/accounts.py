"""Who may use the page: users, one-time links, sessions."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import sqlalchemy as sa

from pipeline.settings.config import Settings
from pipeline.settings.uploading import Uploading
from pipeline.terms.text import key
from pipeline.web import passwords, sign_in_limits
from pipeline.web.database import Database, devices, digest, keep_codes, links, sessions, users
from pipeline.web.sign_in_limits import Client

_RENEW: Final = timedelta(seconds=60)
"""So exactly is known when a session was last used: writing at every request would have requests wait for each other."""
_USED, _REPLACED = -1.0, -2.0
"""What stands as the end of a link that was used, and of one in whose place a newer one was given: whoever tries it is told so."""
_TOLD_FOR: Final = timedelta(days=90)
"""So long at least it is known of a link that it expired."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""What a link ends with: 32 bytes as `secrets.token_urlsafe` writes them."""
WhyOver = Literal["used", "replaced", "expired", "cut", "gone"]


@dataclass(frozen=True, slots=True)
class User:
    """Who is signed in."""

    id: int
    name: str
    address: str
    """The mail address that stands as the sender of what is uploaded."""
    district: str
    """The district's Chinese name; '' for the office."""
    has_password: bool
    disabled: bool

    @property
    def is_office(self) -> bool:
        """Whether it is the office's own."""
        return not self.district


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds."""

    user: User
    csrf: str
    token: str
    """Its hash, as it is kept."""


class NameTakenError(ValueError):
    """There is a user of that name already."""


class Accounts:
    """The users of an office."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._limits = settings.upload or Uploading()
        keep_codes(database, users, settings)

    # --- users ---

    def add(self, name: str, district: str, address: str) -> User:
        """Add a user, without a password yet. Raises NameTakenError."""
        values = {
            "key": key(name),
            "name": name,
            "district": self._settings.code_of(district),
            "address": address,
            "password": None,
            "disabled": False,
        }
        try:
            with self._database.write() as connection:
                connection.execute(users.insert().values(values))
        except sa.exc.IntegrityError as error:
            raise NameTakenError(name) from error
        user = self.find(name)
        if user is None:
            raise LookupError(name)
        return user

    def find(self, name: str) -> User | None:
        """Return the user of that name, in whatever width and case it is typed."""
        with self._database.read() as connection:
            row = connection.execute(users.select().where(users.c.key == key(name))).one_or_none()
        return self._user(row) if row else None

    def all_users(self) -> list[User]:
        """Return all users, the office first."""
        with self._database.read() as connection:
            return [self._user(row) for row in connection.execute(users.select().order_by(users.c.district, users.c.key))]

    def disable(self, user: User) -> None:
        """Let a user in no more; sessions and links end at once."""
        with self._database.write() as connection:
            connection.execute(users.update().where(users.c.id == user.id).values(disabled=True, password=None))
            for table in (sessions, links, devices):
                connection.execute(table.delete().where(table.c.user == user.id))

    # --- one-time links ---

    def new_link(self, user: User, now: datetime) -> str:
        """Return a new one-time token for setting the password; earlier ones end, of which the last is remembered as replaced.

        A disabled user may come in again by it.
        """
        token = secrets.token_urlsafe(32)
        expires = (now + timedelta(hours=self._limits.link_hours)).timestamp()
        with self._database.write() as connection:
            own, is_over = links.c.user == user.id, links.c.expires <= now.timestamp()
            connection.execute(links.delete().where((own & is_over) | links.c.expires.between(0, (now - _TOLD_FOR).timestamp())))
            connection.execute(links.update().where(own).values(expires=_REPLACED))
            connection.execute(links.insert().values(token=digest(token), user=user.id, expires=expires))
            connection.execute(users.update().where(users.c.id == user.id).values(disabled=False))
        return token

    def with_links(self, now: datetime) -> frozenset[int]:
        """Return the ids of the users for whom a link still holds."""
        with self._database.read() as connection:
            return frozenset(connection.execute(sa.select(links.c.user).where(links.c.expires > now.timestamp())).scalars())

    def user_of_link(self, token: str, now: datetime) -> User | None:
        """Return whose link it is; None where it is used up, too old or none. Looking does not use it up."""
        query = sa.select(users).join(links, links.c.user == users.c.id)
        holds = (links.c.token == digest(token)) & (links.c.expires > now.timestamp()) & ~users.c.disabled
        with self._database.read() as connection:
            row = connection.execute(query.where(holds)).one_or_none()
        return self._user(row) if row else None

    def why_over(self, token: str) -> WhyOver:
        """Return why a link holds no more. Whoever asks has it: a token that was never given says nothing but that."""
        if not _TOKEN.fullmatch(token):
            return "cut"
        with self._database.read() as connection:
            expires = connection.execute(sa.select(links.c.expires).where(links.c.token == digest(token))).scalar_one_or_none()
        if expires is None:
            return "gone"
        if expires == _USED:
            return "used"
        return "replaced" if expires == _REPLACED else "expired"

    def set_password(self, token: str, password: str, now: datetime) -> bool:
        """Use a link up: the password holds from now on, and the user's sessions end. False where the link holds no more."""
        user = self.user_of_link(token, now)
        if user is None:
            return False
        kept = passwords.hashed(password)
        with self._database.write() as connection:
            holds = (links.c.token == digest(token)) & (links.c.expires > now.timestamp())
            used = connection.execute(links.update().where(holds).values(expires=_USED))
            if used.rowcount != 1:
                return False
            connection.execute(sessions.delete().where(sessions.c.user == user.id))
            sign_in_limits.forget(connection, user.id, user.name)
            connection.execute(users.update().where((users.c.id == user.id) & ~users.c.disabled).values(password=kept))
        return True

    def served_at(self) -> str | None:
        """Return where the page was opened last, for what a link begins with."""
        return self._database.served_at()

    # --- signing in ---

    def sign_in(self, name: str, password: str, client: Client, now: datetime) -> User | Literal["wrong", "too-often"]:
        """Return the user, where name and password are right; an unknown name is answered like a wrong password, and as slowly."""
        with self._database.write() as connection:
            row = connection.execute(users.select().where(users.c.key == key(name))).one_or_none()
            counters = sign_in_limits.counters_of(connection, name, row.id if row is not None else None, client, now)
            if not sign_in_limits.may_try(connection, counters, self._limits.failures, now):
                return "too-often"
        kept = row.password if row is not None and not row.disabled else None
        if not passwords.is_right(password, kept) or row is None:
            return "wrong"
        with self._database.write() as connection:
            sign_in_limits.forgive(connection, counters)
        return self._user(row)

    def remember_browser(self, user: User, client: Client, now: datetime) -> str:
        """Know the browser from now on; return what its cookie says."""
        with self._database.write() as connection:
            return sign_in_limits.remember_browser(connection, user.id, client, now)

    # --- sessions ---

    def begin_session(self, user: User, now: datetime) -> str:
        """Begin a session; return what the cookie says."""
        token = secrets.token_urlsafe(32)
        values = {"user": user.id, "csrf": secrets.token_urlsafe(32), "begun": now.timestamp(), "seen": now.timestamp()}
        with self._database.write() as connection:
            connection.execute(sessions.delete().where(sessions.c.begun < self._oldest(now)))
            connection.execute(sessions.insert().values(token=digest(token), **values))
        return token

    def session(self, token: str, now: datetime) -> Session | None:
        """Return the session of that cookie, where it holds."""
        return self.session_kept_as(digest(token), now)

    def session_kept_as(self, kept: str, now: datetime) -> Session | None:
        """Return the session that is kept under that hash, where it holds."""
        query = sa.select(sessions.c.csrf, sessions.c.begun, sessions.c.seen, users).join(users, sessions.c.user == users.c.id)
        with self._database.read() as connection:
            row = connection.execute(query.where(sessions.c.token == kept)).one_or_none()
        idle = (now - timedelta(minutes=self._limits.idle_minutes)).timestamp()
        if row is None or row.disabled or row.begun < self._oldest(now) or row.seen < idle:
            return None
        if now.timestamp() - row.seen > _RENEW.total_seconds():
            with self._database.write() as connection:
                connection.execute(sessions.update().where(sessions.c.token == kept).values(seen=now.timestamp()))
        return Session(self._user(row), row.csrf, kept)

    def end_session(self, session: Session) -> None:
        """End a session."""
        with self._database.write() as connection:
            connection.execute(sessions.delete().where(sessions.c.token == session.token))

    def _oldest(self, now: datetime) -> float:
        return (now - timedelta(hours=self._limits.session_hours)).timestamp()

    def _user(self, row: sa.Row[tuple[object, ...]]) -> User:
        return User(row.id, row.name, row.address, self._settings.name_of(row.district), row.password is not None, row.disabled)
