"""`run.py user`: the page's users, from the command line of whoever runs the server."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from pipeline.settings.config import Settings
from pipeline.settings.outgoing import is_address
from pipeline.settings.units import District
from pipeline.settings.uploading import Uploading, is_this_computer
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.handed_in import Envelope
from pipeline.terms.text import mask
from pipeline.web import database
from pipeline.web.accounts import Accounts, NameTakenError, User

_LONGEST: Final = 40


def _add(arguments: argparse.Namespace, settings: Settings, now: datetime) -> list[str]:
    """Add a user, and print the one-time link."""
    name = str(arguments.name).strip()
    if not name or len(name) > _LONGEST or not name.isprintable() or mask(name) != name:
        msg = f"用户名“{mask(name)}”不能用：1 到 {_LONGEST} 个字，不能是电话、身份证等号码。"
        raise ConfigurationError(msg)
    district = None if arguments.office else _district(arguments.district, settings)
    address = _address(arguments.address, district, settings)
    with _opened(settings) as accounts:
        try:
            user = accounts.add(name, district.name if district else "", address)
        except NameTakenError as error:
            msg = f"已经有用户“{name}”。忘了密码的，{_link_again(arguments, '给一次性链接')}。"
            raise ConfigurationError(msg) from error
        return [f"已增加用户“{user.name}”（{_whose(user)}）。", *_linked(accounts, user, settings, now)]


def _district(written: str, settings: Settings) -> District:
    district = settings.district_named(written)
    if district is None:
        msg = f"没有“{written}”这个旗区，只有：{'、'.join(settings.district_names)}。"
        raise ConfigurationError(msg)
    return district


def _address(written: str | None, district: District | None, settings: Settings) -> str:
    """Return the sender of what the user uploads; for a district one that may send for it."""
    if district is None:
        if written is not None and not is_address(written):
            msg = f"--address “{written}”不是完整的邮箱地址，应写成 name@example.com 这样。"
            raise ConfigurationError(msg)
        return written or ""
    whole = [sender for sender in district.senders if not sender.startswith("@")]
    if written is None and len(whole) != 1:
        msg = f"请用 --address 写明{district.name}的邮箱：config.yaml 里它的 senders 有 {len(whole)} 个完整地址，不知道用哪一个。"
        raise ConfigurationError(msg)
    address = written or whole[0]
    if not is_address(address) or not district.accepts(Envelope(datetime.now(settings.calendar.zone), "upload", address)):
        msg = (
            f"{address} 不在{district.name}的 senders 里，用它报送的文件会整份退回（sender-not-allowed）。"
            f"请先在 config.yaml 里把它写进{district.name}的 senders，或换一个地址；现在名单里是：{'、'.join(district.senders) or '空的'}。"
        )
        raise ConfigurationError(msg)
    return address


def _link(arguments: argparse.Namespace, settings: Settings, now: datetime) -> list[str]:
    """Print a new one-time link."""
    with _opened(settings) as accounts:
        return _linked(accounts, _user_named(accounts, arguments.name), settings, now)


def _disable(arguments: argparse.Namespace, settings: Settings, _now: datetime) -> list[str]:
    """Let a user in no more."""
    with _opened(settings) as accounts:
        user = _user_named(accounts, arguments.name)
        accounts.disable(user)
    return [f"已停用“{user.name}”：正在用的网页也已退出。要恢复，{_link_again(arguments, '恢复，给链接')}。"]


def _link_again(arguments: argparse.Namespace, button: str) -> str:
    """Return how somebody gets a new link: by the button beside his name where the page asks, else by the command."""
    in_browser = getattr(arguments, "in_browser", False)
    return f"点用户名那一行的“{button}”" if in_browser else f"运行 run.py user link {str(arguments.name).strip()}"


def _list(_arguments: argparse.Namespace, settings: Settings, now: datetime) -> list[str]:
    """Print who there is."""
    with _opened(settings) as accounts:
        users, linked = accounts.all_users(), accounts.with_links(now)
    if not users:
        return ["还没有用户。增加填报人：run.py user add 用户名 --district 东胜区；增加办公室的人：run.py user add 用户名 --office"]
    return [f"{user.name}  {_whose(user)}  {user.address}  {state(user, linked)}" for user in users]


ACTIONS: Final[Mapping[str, Callable[[argparse.Namespace, Settings, datetime], list[str]]]] = {
    "add": _add,
    "disable": _disable,
    "link": _link,
    "list": _list,
}


def _whose(user: User) -> str:
    return user.district or "办公室"


def state(user: User, linked: Collection[int]) -> str:
    """Return whether a user can sign in; `linked`: the ids of those for whom a link still holds."""
    if user.disabled or user.has_password:
        return "已停用" if user.disabled else "可以登录"
    return "还没有设置密码，链接还有效" if user.id in linked else "还没有设置密码，链接已过期，请再给一个"


def _user_named(accounts: Accounts, name: str) -> User:
    user = accounts.find(name)
    if user is None:
        msg = f"没有用户“{name}”。用 run.py user list 看有哪些。"
        raise ConfigurationError(msg)
    return user


def _linked(accounts: Accounts, user: User, settings: Settings, now: datetime) -> list[str]:
    limits = settings.upload or Uploading()
    where, source = _where(limits, accounts.served_at())
    return [
        f"请把下面的链接当面或用可靠的方式交给本人。{limits.link_hours} 小时内有效，只能用一次：",
        f"{where}/password/{accounts.new_link(user, now)}",
        source,
    ]


def _where(limits: Uploading, served_at: str | None) -> tuple[str, str]:
    """Return what a link begins with, and where that comes from."""
    if limits.public_address:
        return limits.public_address, "网址来自 config.yaml 的 upload.public_address。"
    if served_at is None:
        return _UNSERVED, f"网页还没有打开过，网址按 run.py serve 的默认写成 {_UNSERVED}。{_ELSEWHERE}"
    return served_at, f"网址是网页最近一次打开时的（run.py serve）。{_ELSEWHERE if is_this_computer(served_at) else _OTHER}"


_UNSERVED: Final = "http://127.0.0.1:8000"
_OTHER: Final = "大家用别的网址打开的，请在 config.yaml 里写 upload.public_address，再给一次链接。"
_ELSEWHERE: Final = f"它只能在这台电脑上打开；{_OTHER}"


@contextmanager
def _opened(settings: Settings) -> Iterator[Accounts]:
    """Give the accounts while a command runs."""
    page = database.opened(settings)
    try:
        with database.told(settings):
            yield Accounts(page, settings)
    finally:
        page.close()
