"""审价: a third party reviews the builder's prices before the settlement."""

from xianzhi.apps.power_access import rules
from xianzhi.law.fields import money, note, text
from xianzhi.law.procedure import START, Paper, Procedure, Step, final, states


class PriceReview(Procedure):
    """审价, ordered once its fee stands in the budget, done before the settlement papers are handed in."""

    zh = "审价"
    numbered = "绛电审〔{year}〕{serial:04d}"
    readers = ("finance", "county_office", "government")

    ordered, submitted, reviewed = states("已委托 已送审 已审定")
    accepted = final("已采纳")

    order = Step(
        "委托审价", START >> ordered, by="energy.settle", event="power_access.review.ordered",
        cites=("power-4-2-2", "power-4-2-3"), asks=(text("reviewer", "审价单位", functions=("price_reviewer",)),),
        guard=(rules.may_order_review, rules.reviewer_known),
    )  # fmt: skip
    submit = Step(
        "送审", ordered >> submitted, by=("builder.build", "energy.settle"), event="power_access.review.submitted",
        cites="power-4-2-2", needs=(Paper("price_report", "施工价款报告", cites="power-4-2-2"),),
        asks=(money("submitted", "送审金额"),),
    )  # fmt: skip
    review = Step(
        "审定", submitted >> reviewed, by="price_reviewer.review", event="power_access.review.reviewed",
        cites="power-4-2-2", needs=(Paper("review_report", "审价报告", cites="power-4-2-2"),),
        asks=(money("reviewed", "审定金额"),), guard=rules.review_cut,
        issues="power.price_review",
    )  # fmt: skip
    return_report = Step(
        "退回重审", reviewed >> submitted, by="energy.settle", event="power_access.review.returned", aside=True,
        cites="power-4-2-2", asks=(note("why", "退回原因"),),
    )  # fmt: skip
    accept = Step(
        "采纳审价", reviewed >> accepted, by="energy.settle", event="power_access.review.accepted", cites="power-4-2-2",
    )  # fmt: skip
