"""How often a password may be wrong: a stranger's guesses cost strangers, never a browser that the user has signed in with before.

Counting by name alone would let anybody lock a clerk out just before the cut-off (docs/decisions/0013).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

import sqlalchemy as sa

from pipeline.terms.text import key
from pipeline.web.database import devices, digest, failures, familiar

SPAN: Final = timedelta(minutes=15)
"""Wrong passwords count for so long."""
_ADDRESS_TIMES: Final = 5
"""From one network five times as much may be wrong as for one name: an office shares its address."""
_NAME_TIMES: Final = 10
"""For one name ten times as much, from strangers everywhere: so guessing from a thousand networks is slow too."""
_FAMILIAR: Final = timedelta(days=60)
"""So long a network is the user's after a sign-in there."""
DEVICE: Final = timedelta(days=180)
"""So long a browser is known after its last sign-in."""
_MOST_DEVICES: Final = 20
_IPV6_NETWORK: Final = 64
"""Bits of an IPv6 address that name its network: whoever has one address has all that begin like it (RFC 4291, 2.5.1)."""


@dataclass(frozen=True, slots=True)
class Client:
    """From where somebody tries to sign in."""

    address: str
    """The network address, as the server or a trusted proxy saw it."""
    device: str = ""
    """What a browser says that has been signed in with before; it opens nothing."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What a wrong password is counted under."""

    key: str
    times: int
    """How many times the settings' limit it may reach."""
    is_own: bool
    """Whether the right password clears it; else it takes back the one try alone."""


def counters_of(connection: sa.Connection, name: str, user: int | None, client: Client, now: datetime) -> list[Counter]:
    """Return all that count this try; it is refused where one is full.

    A browser that the user has signed in with has a counter of its own and no other. For strangers there are three: the network, the name
    from that network, and the name from everywhere; the last not where the user has signed in from lately.
    """
    plain, client_network = _plain(name), network(client.address)
    if user is not None and _is_known(connection, user, client.device, now):
        return [Counter(f"device {digest(client.device)} {plain}", 1, is_own=True)]
    strangers = [
        Counter(f"address {client_network}", _ADDRESS_TIMES, is_own=False),
        Counter(f"name {plain} from {client_network}", 1, is_own=True),
    ]
    is_familiar = user is not None and _is_familiar(connection, user, client_network, now)
    return strangers if is_familiar else [*strangers, Counter(f"name {plain}", _NAME_TIMES, is_own=False)]


def may_try(connection: sa.Connection, counters: Sequence[Counter], limit: int, now: datetime) -> bool:
    """Count one more try before the password is looked at, so that many at once count too; False where there were too many."""
    connection.execute(failures.delete().where(failures.c.at < (now - SPAN).timestamp()))
    for counter in counters:
        query = sa.select(sa.func.count()).select_from(failures).where(failures.c.key == counter.key)
        if (connection.scalar(query) or 0) >= counter.times * limit:
            return False
    connection.execute(failures.insert(), [{"key": counter.key, "at": now.timestamp()} for counter in counters])
    return True


def forgive(connection: sa.Connection, counters: Sequence[Counter]) -> None:
    """Take the try back, since the password was right; a counter of the user's own begins anew.

    One that is shared keeps what others have guessed: a stranger with one account could clear it again and again.
    """
    for counter in counters:
        which = failures.c.key == counter.key
        if not counter.is_own:
            which = failures.c.id == sa.select(sa.func.max(failures.c.id)).where(which).scalar_subquery()
        connection.execute(failures.delete().where(which))


def forget(connection: sa.Connection, user: int, name: str) -> None:
    """Forget what was counted for the name and which browsers are known, since there is a new password."""
    plain = _plain(name)
    connection.execute(failures.delete().where((failures.c.key == f"name {plain}") | failures.c.key.startswith(f"name {plain} from ")))
    connection.execute(devices.delete().where(devices.c.user == user))


def remember_browser(connection: sa.Connection, user: int, client: Client, now: datetime) -> str:
    """Know that browser and network from now on; return the token for its cookie. One that was not given out here is replaced."""
    client_network = network(client.address)
    connection.execute(familiar.delete().where((familiar.c.user == user) & (familiar.c.address == client_network)))
    connection.execute(familiar.insert().values(user=user, address=client_network, at=now.timestamp()))
    connection.execute(devices.delete().where(devices.c.at < (now - DEVICE).timestamp()))
    is_ours = bool(connection.execute(devices.select().where(devices.c.token == digest(client.device))).first())
    token = client.device if is_ours else secrets.token_urlsafe(32)
    connection.execute(devices.delete().where((devices.c.user == user) & (devices.c.token == digest(token))))
    connection.execute(devices.insert().values(user=user, token=digest(token), at=now.timestamp()))
    newest = sa.select(devices.c.token).where(devices.c.user == user).order_by(devices.c.at.desc()).limit(_MOST_DEVICES)
    connection.execute(devices.delete().where((devices.c.user == user) & devices.c.token.not_in(list(connection.scalars(newest)))))
    return token


def _plain(name: str) -> str:
    return hashlib.sha256(key(name).encode("utf-8", "replace")).hexdigest()[:32]


def network(address: str) -> str:
    """Return what belongs to one client: an address, of IPv6 its network. `::ffff:192.0.2.1` is an IPv4 address (RFC 4291, 2.5.5.2)."""
    try:
        parsed = ip_address(address.partition("%")[0])  # what follows % is an interface of this computer
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, _IPV6_NETWORK), strict=False))


def _is_known(connection: sa.Connection, user: int, device: str, now: datetime) -> bool:
    here = (devices.c.user == user) & (devices.c.token == digest(device)) & (devices.c.at > (now - DEVICE).timestamp())
    return bool(device) and connection.execute(devices.select().where(here)).one_or_none() is not None


def _is_familiar(connection: sa.Connection, user: int, client_network: str, now: datetime) -> bool:
    since = (now - _FAMILIAR).timestamp()
    here = (familiar.c.user == user) & (familiar.c.address == client_network) & (familiar.c.at > since)
    return connection.execute(familiar.select().where(here)).one_or_none() is not None
