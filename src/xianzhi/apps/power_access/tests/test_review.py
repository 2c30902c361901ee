"""Price review: ordered with its fee in the budget, done by a third party that sees this case only."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from xianzhi.apps.power_access.procedures import PriceReview
from xianzhi.apps.power_access.services import review
from xianzhi.apps.power_access.tests import sample
from xianzhi.apps.power_access.tests.sample import file, official
from xianzhi.kernel import clock, door
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages.forms import StepForm

pytestmark = pytest.mark.django_db
DAY = date(2025, 9, 1)


@pytest.fixture(autouse=True)
def county(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with clock.at(date(2025, 12, 1)), sample.sampled_works():
        load_county()
        yield


def take(case: Case, step: str, post: str, *materials: str, **data: Any) -> Any:
    return door.take_step(
        case, step, by=official(post), on=DAY, data=data, materials=[file(kind) for kind in materials]
    )


@pytest.mark.proves("power-4-2-3")
def test_a_review_needs_its_fee_in_the_budget() -> None:
    without = sample.project(fee=False)
    with pytest.raises(door.Refused, match="预算无审价费"):
        review.order(without, "示例造价咨询公司", by=official("energy.settle"), on=DAY)
    assert review.review_standing(without) == (False, False)


def test_the_reviewer_is_a_registered_third_party() -> None:
    with pytest.raises(door.Refused, match="不是登记的第三方审价单位"):
        review.order(sample.project(), "示例工程公司", by=official("energy.settle"), on=DAY)


@pytest.mark.proves("power-4-2-2")
def test_a_review_keeps_submitted_reviewed_and_cut() -> None:
    project = sample.project()
    case = review.order(project, "示例造价咨询公司", by=official("energy.settle"), on=DAY)
    assert review.review_standing(project) == (True, False)
    with pytest.raises(door.Refused, match="缺施工价款报告"):
        take(case, "submit", "energy.settle", submitted="402000.00")
    take(case, "submit", "energy.settle", "price_report", submitted="402000.00")
    with pytest.raises(door.Refused, match="高于送审"):
        take(case, "review", "price_reviewer.review", "review_report", reviewed="402000.01")
    with pytest.raises(door.Refused, match="您没有这个岗位"):
        take(case, "review", "energy.settle", "review_report", reviewed="381500.00")
    event = take(case, "review", "price_reviewer.review", "review_report", reviewed="381500.00")
    used = event.decision["reasons"][0]["used"]
    assert (used["核减"], used["核减率"]) == ("20500.00", "5.10%")
    take(case, "return_report", "energy.settle", why="附表有误")
    take(case, "review", "price_reviewer.review", "review_report", reviewed="381500.00")
    take(case, "accept", "energy.settle")
    assert review.review_standing(project) == (True, True)


def test_a_reviewer_sees_only_what_was_ordered_from_it() -> None:
    reviewer = official("price_reviewer.review")
    case = review.order(sample.project(), "示例造价咨询公司", by=official("energy.settle"), on=DAY)
    assert list(Case.objects.visible_to(reviewer)) == [case]


def test_the_page_offers_the_review_before_anything_is_entered() -> None:
    case = review.order(sample.project(), "示例造价咨询公司", by=official("energy.settle"), on=DAY)
    assert sample.possible(case, "energy.settle") == {"submit"}
    take(case, "submit", "energy.settle", "price_report", submitted="402000.00")
    assert sample.possible(case, "price_reviewer.review") == {"review"}


def test_the_form_proposes_the_registered_reviewers_and_nobody_else() -> None:
    (control,) = StepForm(PriceReview.order).controls
    assert control.proposals == ("示例造价咨询公司",)
    client = Client()
    client.force_login(official("energy.settle"))
    page = client.get(f"/power/projects/{sample.project().case_id}/open/review/").content.decode()
    assert 'list="f-reviewer-list"' in page and '<option value="示例造价咨询公司">' in page
    assert "示例工程公司" not in page
