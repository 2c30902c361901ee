"""The official documents of 获得电力: which kinds there are, and what stands in each, with their templates."""

from xianzhi.apps.power_access.documents import assets, determinations, money, orders, plans, works

__all__ = ["assets", "determinations", "money", "orders", "plans", "works"]
