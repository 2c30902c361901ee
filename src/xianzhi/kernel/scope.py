"""Who may see what: one filter over cases, used by every list, count, search, map and export.

An account sees the cases of its own subject, and those of the procedures in which the function of one of its posts
takes part, as far as its unit reaches: the county everywhere, a township in its villages, an outside body only in the
cases assigned to it. The auditor sees all; the other two duties see none.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from xianzhi.kernel import clock, registry, sql
from xianzhi.kernel.models.assignments import Assignment
from xianzhi.kernel.models.units import UnitKind, reach_of

NOTHING = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post in force today, at a unit that holds its function today."""

    id: int
    key: str
    function: str
    unit_id: int
    unit: str
    short: str
    reach: str
    outside: bool
    """A third party: it sees only what is assigned to it."""

    def covers(self, division: str) -> bool:
        return division.startswith(self.reach)


def posts_of(account) -> tuple[HeldPost, ...]:
    """The posts that an account holds today; kept with the account object for the day, that is for one request."""
    today = clock.today()
    kept = getattr(account, "_held_posts", None)
    if kept is None or kept[0] != today:
        kept = (today, _read_posts(account, today))
        account._held_posts = kept
    return kept[1]


# Read at every step and every page, and through the ORM dearer than the step itself.
_POSTS = """
SELECT post.id, post.function, post.role, unit.id, unit.name, unit.short, unit.division, unit.kind
FROM kernel_post post
JOIN kernel_unit unit ON unit.id = post.unit_id
JOIN kernel_unitfunction held ON held.unit_id = unit.id AND held.function = post.function
WHERE post.account_id = %s
AND post.since <= %s AND (post.until IS NULL OR post.until > %s)
AND held.since <= %s AND (held.until IS NULL OR held.until > %s)
ORDER BY post.function, post.role, post.id
"""


def _read_posts(account, today) -> tuple[HeldPost, ...]:
    if not account.is_authenticated or not account.is_active or account.duty:
        return ()
    with sql.cursor() as cursor:
        cursor.execute(_POSTS, (account.pk, *[connection.ops.adapt_datefield_value(today)] * 4))
        found = cursor.fetchall()
    return tuple(
        HeldPost(
            post_id, f"{function}.{role}", function, unit_id, name, short, reach_of(division),
            kind == UnitKind.THIRD_PARTY,
        )
        for post_id, function, role, unit_id, name, short, division, kind in found
    )  # fmt: skip


def visible_cases(account) -> Q:
    """The filter over `Case` for what an account may see."""
    if not account.is_authenticated or not account.is_active:
        return NOTHING
    if account.duty:
        return Q() if account.duty == "audit" else NOTHING
    seen = Q(subject_id=account.subject_id) if account.subject_id else NOTHING
    for post in posts_of(account):
        names = [name for name, procedure in registry.procedures.items() if post.function in procedure.functions()]
        if names:
            seen |= Q(procedure_name__in=names) & within_reach(post)
    return seen


def work_of(account, through: str = "") -> Q:
    """The filter over `Case` for what waits for an account: some step that waits for it starts in the case's state.

    through: only what waits for this one of its posts (`function.post`)."""
    waiting = NOTHING
    for name, procedure in registry.procedures.items():
        if not through and account.is_authenticated and account.subject_id:
            states = _states(procedure, {"applicant"})
            if states:
                waiting |= Q(procedure_name=name, state__in=states, subject_id=account.subject_id)
        by_reach: dict[Q, set[str]] = {}
        for post in posts_of(account):
            if through in ("", post.key) and (states := _states(procedure, {post.key})):
                by_reach.setdefault(within_reach(post), set()).update(states)
        for reach, reached in by_reach.items():
            waiting |= Q(procedure_name=name, state__in=sorted(reached)) & reach
    return waiting


def within_reach(post: HeldPost) -> Q:
    """The cases at the places, or with the assignment, that a post's unit answers for."""
    if post.outside:
        return Q(pk__in=_assigned(post.unit_id))
    county_digits = 6
    return Q() if len(post.reach) == county_digits else Q(division__startswith=post.reach)


def _assigned(unit_id: int):
    return Assignment.objects.filter(unit_id=unit_id).values("case_id")


def _states(procedure, takers: set[str]) -> list[str]:
    waited = [step for step in procedure.steps.values() if any(step.waits_for(taker) for taker in takers)]
    states = {state for step in waited for state in step.source_names}
    return sorted(states - {"start"})
