"""How often a password may be wrong: a stranger's guesses cost strangers, never a browser that the user has signed in with before."""

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
"""From one network so many times as much may be wrong as for one name: an office shares its address."""
_NAME_TIMES: Final = 10
"""Likewise for one name from strangers everywhere: guessing from many networks is slow too."""
_FAMILIAR: Final = timedelta(days=60)
DEVICE: Final = timedelta(days=180)
"""So long a browser is known after its last sign-in."""
_MOST_DEVICES: Final = 20
_IPV6_NETWORK: Final = 64
"""Whoever has one address of IPv6 has all that begin with the same so many bits."""


@dataclass(frozen=True, slots=True)
class Client:
    """Where somebody tries to sign in from."""

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


def counters(connection: sa.Connection, name: str, user: int | None, client: Client, now: datetime) -> list[Counter]:
    """All that count; the try is refused where one is full.

    A browser that the user has signed in with has a counter of its own and no other. For strangers there are three: the network, the name
    from that network, and the name from everywhere; the last not where the user has signed in from lately.
    """
    plain, whose = _plain(name), network(client.address)
    if user is not None and _is_known(connection, user, client.device, now):
        return [Counter(f"device {digest(client.device)} {plain}", 1, is_own=True)]
    several = [Counter(f"address {whose}", _ADDRESS_TIMES, is_own=False), Counter(f"name {plain} from {whose}", 1, is_own=True)]
    is_familiar = user is not None and _is_familiar(connection, user, whose, now)
    return several if is_familiar else [*several, Counter(f"name {plain}", _NAME_TIMES, is_own=False)]


def may_try(connection: sa.Connection, several: Sequence[Counter], limit: int, now: datetime) -> bool:
    """Count one more try before the password is looked at, so that many at once count too; False where there were too many."""
    connection.execute(failures.delete().where(failures.c.at < (now - SPAN).timestamp()))
    for one in several:
        query = sa.select(sa.func.count()).select_from(failures).where(failures.c.key == one.key)
        if (connection.scalar(query) or 0) >= one.times * limit:
            return False
    connection.execute(failures.insert(), [{"key": one.key, "at": now.timestamp()} for one in several])
    return True


def forgive(connection: sa.Connection, several: Sequence[Counter]) -> None:
    """The password was right."""
    for one in several:
        which = failures.c.key == one.key
        if not one.is_own:
            which = failures.c.id == sa.select(sa.func.max(failures.c.id)).where(which).scalar_subquery()
        connection.execute(failures.delete().where(which))


def forget(connection: sa.Connection, user: int, name: str) -> None:
    """A new password: what was counted for the name is over, and no browser is known any more."""
    plain = _plain(name)
    connection.execute(failures.delete().where((failures.c.key == f"name {plain}") | failures.c.key.startswith(f"name {plain} from ")))
    connection.execute(devices.delete().where(devices.c.user == user))


def recognise(connection: sa.Connection, user: int, client: Client, now: datetime) -> str:
    """Know that browser and that network from now on; what the browser shall say. A word that is not ours is not taken over."""
    whose = network(client.address)
    connection.execute(familiar.delete().where((familiar.c.user == user) & (familiar.c.address == whose)))
    connection.execute(familiar.insert().values(user=user, address=whose, at=now.timestamp()))
    connection.execute(devices.delete().where(devices.c.at < (now - DEVICE).timestamp()))
    is_ours = bool(connection.execute(devices.select().where(devices.c.token == digest(client.device))).first())
    said = client.device if is_ours else secrets.token_urlsafe(32)
    connection.execute(devices.delete().where((devices.c.user == user) & (devices.c.token == digest(said))))
    connection.execute(devices.insert().values(user=user, token=digest(said), at=now.timestamp()))
    newest = sa.select(devices.c.token).where(devices.c.user == user).order_by(devices.c.at.desc()).limit(_MOST_DEVICES)
    connection.execute(devices.delete().where((devices.c.user == user) & devices.c.token.not_in(list(connection.scalars(newest)))))
    return said


def _plain(name: str) -> str:
    return hashlib.sha256(key(name).encode("utf-8", "replace")).hexdigest()[:32]


def network(address: str) -> str:
    """What belongs to one client: an address, of IPv6 its network."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network((known, _IPV6_NETWORK), strict=False))


def _is_known(connection: sa.Connection, user: int, device: str, now: datetime) -> bool:
    here = (devices.c.user == user) & (devices.c.token == digest(device)) & (devices.c.at > (now - DEVICE).timestamp())
    return bool(device) and connection.execute(devices.select().where(here)).one_or_none() is not None


def _is_familiar(connection: sa.Connection, user: int, whose: str, now: datetime) -> bool:
    since = (now - _FAMILIAR).timestamp()
    here = (familiar.c.user == user) & (familiar.c.address == whose) & (familiar.c.at > since)
    return connection.execute(familiar.select().where(here)).one_or_none() is not None
