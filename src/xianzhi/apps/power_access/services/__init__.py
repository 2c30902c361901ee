"""Services of 获得电力. Importing this room registers how facts are gathered and what steps do."""

from xianzhi.apps.power_access.services import charges, handover, obligations, plan, review, township

__all__ = ["charges", "handover", "obligations", "plan", "review", "township"]
