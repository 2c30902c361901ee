"""The demonstration: the county's units, accounts to try, and what each service adds through its own steps."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import ModuleType

from django.contrib.auth.hashers import make_password
from django.db import transaction

from xianzhi.kernel import registry
from xianzhi.kernel.documents.issue import rendered_later
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Account, Case, Subject, Unit
from xianzhi.kernel.posts import appoint

PASSWORD = "xianzhi-2024"
SINCE = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to try: what it may do, in a few words, and the posts that let it."""

    username: str
    name: str
    what: str
    posts: tuple[tuple[str, str], ...] = ()
    """(function.post, code of the unit)"""
    duty: str = ""


ACCOUNTS = (
    DemoAccount("auditor", "示例审", "审计员：账本、检查点、全部办理记录", duty="audit"),
    DemoAccount("security", "示例安", "安全管理员：单位与岗位", duty="security"),
    DemoAccount("system", "示例系", "系统管理员：运行状况", duty="system"),
)


def loaded() -> bool:
    return Case.objects.exists()


def load(say: Callable[[str], None]) -> None:
    """Loads the county and every service's demonstration data. All of it or nothing."""
    with transaction.atomic(), rendered_later():
        load_county()
        for account in accounts():
            make_account(account)
        for module in _rooms():
            module.load(say)


def accounts() -> Iterator[DemoAccount]:
    """Every account to try, the services' first."""
    for module in _rooms():
        yield from module.ACCOUNTS
    yield from ACCOUNTS


def make_account(wanted: DemoAccount, subject: Subject | None = None) -> Account:
    """The account, made when it is missing, with its posts since the first day of the demonstration."""
    account = Account.objects.filter(username=wanted.username).first()
    if account is None:
        account = Account(username=wanted.username, name=wanted.name, duty=wanted.duty, subject=subject)
        account.password = _hashed()
        account.save()
        for key, unit in wanted.posts:
            appoint(account, key, Unit.objects.get(code=unit), since=SINCE)
    return account


@cache
def _hashed() -> str:
    """The one password, hashed once: hashing is slow on purpose."""
    return make_password(PASSWORD)


def _rooms() -> Iterator[ModuleType]:
    for service, folder in registry.services():
        if service != "xianzhi.kernel" and ((folder / "demo.py").exists() or (folder / "demo").is_dir()):
            yield importlib.import_module(f"{service}.demo")
