"""Who sees which cases of this service, and who may act in them: default deny, one scope."""

import pytest

from xianzhi.apps.power_access.procedures import (
    CompanyPaid,
    CountyPaid,
    Intake,
    OwnPaid,
    SharedCivil,
    SharedElectrical,
)
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.apps.power_access.tests.walk import APPLIED, owner, refused
from xianzhi.kernel import clock, registry
from xianzhi.kernel.door import options
from xianzhi.kernel.models import Account, Case

pytestmark = pytest.mark.usefixtures("jiangxian")
OURS = (CompanyPaid, CountyPaid, Intake, OwnPaid, SharedCivil, SharedElectrical)


def seen(account: Account) -> set[Case]:
    with clock.at(APPLIED):
        return set(Case.objects.visible_to(Account.objects.get(pk=account.pk)))


def test_an_owner_sees_his_own_project_only():
    mine = walk.dispatched()
    other = walk.applied(walk.factory(red_line=walk.red_line(row=1)), owner("示例铸件厂", 2))
    assert seen(owner()) == {mine, mine.root}
    assert seen(owner("示例铸件厂", 2)) == {other}
    assert "您没有这个岗位" in refused(mine, "withdraw", owner("示例铸件厂", 2), APPLIED, reason="…")


@pytest.mark.parametrize("post", ["grid.scheme", "energy.order", "finance.fund", "county_office.decide"])
def test_county_units_see_the_works(post):
    case = walk.dispatched()
    assert {case, case.root} <= seen(official(post))


def test_the_zone_sees_the_projects_of_its_own_division():
    case = walk.dispatched()
    assert not seen(official("zone.coordinate"))
    Case.objects.filter(pk__in=(case.pk, case.root.pk)).update(division="140826402000")
    assert seen(official("zone.coordinate")) == {case, case.root}


@pytest.mark.parametrize("post", ["township.coordinate", "builder.build", "auditor.audit", "price_reviewer.review"])
def test_townships_and_third_parties_see_no_project_unasked(post):
    walk.dispatched()
    assert not seen(official(post))


def test_nobody_signed_in_without_a_post_or_with_an_administrators_duty_sees_anything():
    walk.dispatched()
    for index, duty in enumerate(("", "system", "security")):
        account = Account.objects.create(username=f"plain-{index}", name="示例", duty=duty, password="!")
        assert not seen(account)


def test_an_owner_sees_what_he_may_do_and_no_officials_step_as_his():
    case = walk.dispatched()
    with clock.at(APPLIED):
        found = options(case, owner())
    assert [one.step.name for one in found if one.possible] == ["withdraw"]


@pytest.mark.parametrize("procedure", OURS, ids=lambda procedure: procedure.name)
def test_every_step_of_every_state_can_be_asked_about(procedure):
    """A page asks for the options of a case in each state: no gatherer may stumble over what is not entered yet."""
    case = {
        CompanyPaid: walk.handed_over, CountyPaid: walk.dispatched, OwnPaid: walk.wished,
        Intake: lambda: walk.applied(walk.factory()), SharedCivil: lambda: walk.shared()[1],
        SharedElectrical: lambda: walk.shared()[0],
    }[procedure]()  # fmt: skip
    officials = [official(post) for post in sorted(procedure.posts())]
    with clock.at(APPLIED):
        for state in registry.procedures[procedure.name].states:
            case.state = state
            for account in (owner(), *officials):
                options(case, account)
