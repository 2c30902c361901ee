"""Scopes: what a token may do. `read:cases`, `write:webhooks`, `take:power_access.intake.accept`.

A scope of steps may end in `.*`: `take:power_access.*` is every step of a service. A scope never widens what the owner
may do: each use is judged by his posts of that day too, at the same door.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from xianzhi.kernel import registry, scope
from xianzhi.kernel.pages import guard, words
from xianzhi.kernel.pages.guard import Who
from xianzhi.law.procedure import APPLICANT, CLOCK, PUBLIC, Procedure, Step

TAKE, ALL = "take:", ".*"


@dataclass(frozen=True, slots=True)
class Scope:
    """One thing that a token may be given: its name, what it allows one to do, and to whom it may be given."""

    name: str
    zh: str | Promise
    who: Who


_declared: dict[str, Scope] = {}


def add(name: str, zh: str | Promise, who: Who) -> Scope:
    """Declares a scope that is not about steps. Raises ValueError where another one has its name."""
    made = Scope(name, zh, who)
    if _declared.setdefault(name, made) is not made:
        raise ValueError(f"接口范围 {name} 已有，请换一个名字")
    return made


add("read:work", lazy("查看待办"), guard.STAFF | guard.SUBJECT)
add("read:cases", lazy("查看办件、办理记录和查找结果"), guard.SIGNED_IN)
add("read:materials", lazy("下载材料和文书"), guard.SIGNED_IN)
add("read:units", lazy("查看单位、岗位和任务"), guard.STAFF | guard.by_duty("security", "system", "audit"))
add("read:map", lazy("查看地图上的要素"), guard.SIGNED_IN)
add("read:ledger", lazy("取账本的检查点和证明"), guard.SIGNED_IN)
add("write:materials", lazy("预先上传材料"), guard.STAFF | guard.SUBJECT)
add("write:webhooks", lazy("订阅事件推送"), guard.SIGNED_IN)


def declared() -> dict[str, Scope]:
    """Every declared scope; services declare theirs when their addresses are first looked at."""
    import_module(settings.ROOT_URLCONF)
    return _declared


def covers(held: Iterable[str], wanted: str) -> bool:
    """Whether one of the scopes held is the wanted one, or has it under its `.*`."""
    return any(one == wanted or (one.endswith(ALL) and wanted.startswith(one[:-1])) for one in held)


def of_step(step: Step) -> str:
    """The scope that taking a step needs."""
    return f"{TAKE}{step.procedure.name}.{step.name}"


def own_steps(account: Any) -> Iterator[Step]:
    """The steps that an account may take today, by its posts or as the subject of a case."""
    held = {post.key for post in scope.posts_of(account)}
    if account.is_authenticated and account.subject_id:
        held.add(APPLICANT)
    for procedure in registry.procedures.values():
        for step in procedure.steps.values():
            if CLOCK not in step.by and (held & set(step.by) or (PUBLIC in step.by and not account.duty)):
                yield step


@dataclass(frozen=True, slots=True)
class Offered:
    """A scope that may be given, as the page offers it; `below` are the single steps of a wider one."""

    name: str
    zh: str
    below: tuple["Offered", ...] = ()


def offered(account: Any) -> list[Offered]:
    """What an account may give to a token: no more than it may do itself."""
    found = [Offered(one.name, str(one.zh)) for one in declared().values() if one.who.admits(account)]
    by_procedure: dict[type[Procedure], list[Step]] = {}
    for step in own_steps(account):
        by_procedure.setdefault(step.procedure, []).append(step)
    for procedure, steps in by_procedure.items():
        below = tuple(Offered(of_step(step), step.zh) for step in steps)
        found.append(Offered(f"{TAKE}{procedure.name}{ALL}", procedure.zh, below))
    return found


def faults(account: Any, wanted: Iterable[str]) -> list[str]:
    """What is wrong with the scopes that somebody wants to give: unknown ones, and those wider than his own rights."""
    own = [of_step(step) for step in own_steps(account)]
    return [fault for one in dict.fromkeys(wanted) if (fault := _fault(account, one, own))]


def _fault(account: Any, wanted: str, own: list[str]) -> str:
    if wanted.startswith(TAKE):
        if any(covers([wanted], one) for one in own):
            return ""
        known = any(
            covers([wanted], of_step(step)) for one in registry.procedures.values() for step in one.steps.values()
        )
    else:
        found = declared().get(wanted)
        if found is not None and found.who.admits(account):
            return ""
        known = found is not None
    if known:
        return _("范围 {scope} 超出您的岗位，不能给令牌").format(scope=wanted)
    return _("没有范围 {scope}，请从列表中选择").format(scope=wanted[:80])


def word(name: str) -> str:
    """A scope in words: 查看待办; 办理 受理认定 的 受理."""
    if not name.startswith(TAKE):
        return str(declared()[name].zh) if name in declared() else name
    path = name.removeprefix(TAKE).removesuffix(ALL)
    if path in registry.procedures:
        return _("办理“{procedure}”的各步").format(procedure=registry.procedures[path].zh)
    procedure, _dot, step = path.rpartition(".")
    if procedure in registry.procedures and step in registry.procedures[procedure].steps:
        of = registry.procedures[procedure]
        return _("办理“{procedure}”的“{step}”").format(procedure=of.zh, step=of.steps[step].zh)
    return _("办理{service}的各步").format(service=words.service(path))


def every() -> list[tuple[str, str]]:
    """(name, what it allows) of every declared scope, for the description."""
    return [(one.name, str(one.zh)) for one in declared().values()]
