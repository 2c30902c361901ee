"""Two clerks who dispatch one project at the same moment."""

import threading

import pytest
from django.db import connection

from xianzhi.apps.power_access.models import DispatchOrder
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official, words
from xianzhi.kernel import clock, door
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Case


@pytest.mark.proves("power-3-2-2-1-4")
def test_two_clerks_at_once_make_one_order(scratch):
    with clock.at(walk.BEGAN):
        load_county()
    walk.lay_land()
    case, clerk = walk.classified(walk.factory()), official("approval.dispatch")
    together, said = threading.Barrier(2), []

    def dispatch() -> None:
        own = Case.objects.get(pk=case.pk)
        together.wait(10)
        try:
            with clock.at(walk.APPLIED):
                door.take_step(own, "dispatch", by=clerk)
            said.append("")
        except door.Refused as refusal:
            said.append(words(refusal))
        finally:
            connection.close()

    clerks = [threading.Thread(target=dispatch) for _ in range(2)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join(60)
    order = DispatchOrder.objects.get()
    first, second = sorted(said)
    assert first == ""
    assert f"已派单，派工单为{order.number}" in second
