"""Demonstration data: seventy-two invented projects, walked through their steps on the days on which they happened."""

from xianzhi.apps.power_access.demo.accounts import ACCOUNTS
from xianzhi.apps.power_access.demo.days import load

__all__ = ["ACCOUNTS", "load"]
