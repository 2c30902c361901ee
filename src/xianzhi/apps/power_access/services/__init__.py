"""Services of 获得电力. Importing this room registers how facts are gathered and what steps do."""

from xianzhi.apps.power_access.services import (
    charges,
    company,
    defects,
    found,
    handover,
    intake,
    money,
    obligations,
    package,
    plan,
    registries,
    review,
    sheets,
    strands,
    township,
    treasury,
    works,
)
from xianzhi.apps.power_access.services.intake import apply

__all__ = [
    "apply",
    "charges",
    "company",
    "defects",
    "found",
    "handover",
    "intake",
    "money",
    "obligations",
    "package",
    "plan",
    "registries",
    "review",
    "sheets",
    "strands",
    "township",
    "treasury",
    "works",
]
