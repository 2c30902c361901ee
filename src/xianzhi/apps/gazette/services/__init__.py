"""Reading documents in, deciding on what was read, and putting it to use."""

from xianzhi.apps.gazette.services import facts, intake, items, organs, places, publish, registers, review

__all__ = ["facts", "intake", "items", "organs", "places", "publish", "registers", "review"]
