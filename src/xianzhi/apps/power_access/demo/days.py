"""Day by day: every project and plan takes its next steps on the day on which it did."""

import heapq
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count

from xianzhi.apps.power_access.demo.accounts import make_owners
from xianzhi.apps.power_access.demo.cast import forget_holders
from xianzhi.apps.power_access.demo.partners import walk_exchange
from xianzhi.apps.power_access.demo.places import make_layers
from xianzhi.apps.power_access.demo.plans import walk_plan
from xianzhi.apps.power_access.demo.table import wanted
from xianzhi.apps.power_access.demo.walks import walk
from xianzhi.apps.power_access.services.obligations import load_obligations
from xianzhi.kernel import clock

Walk = Iterator[date]
"""Gives the day on which it goes on, and takes its next steps when it is asked again."""


def load(say: Callable[[str], None]) -> None:
    """Loads layers, owners and tasks, then lets every project and plan take its steps, in the order of the days."""
    forget_holders()
    make_layers()
    load_obligations()
    owners = make_owners()
    projects = wanted(clock.today())
    waiting: list = []
    walks = [walk_plan(year, waiting) for year in (2024, 2025, 2026)]
    walks += [walk(one, owners.get(one.name), waiting) for one in projects]
    walks.append(walk_exchange(clock.today()))
    steps = run(walks, clock.today())
    say(f"获得电力：{len(projects)} 个项目，{steps} 段经过")


def run(walks: list[Walk], today: date) -> int:
    """Takes all walks forward together, day by day, until today; gives how often one went on."""
    order = count()
    due = [(next(one), next(order), one) for one in walks]
    heapq.heapify(due)
    steps = 0
    while due and due[0][0] <= today:
        day, _, one = heapq.heappop(due)
        with clock.at(day):
            following = next(one, None)
        steps += 1
        if following is not None:
            heapq.heappush(due, (max(day, following), next(order), one))
    return steps
