"""Reading documents in, deciding on what was read, and putting it to use."""

from xianzhi.apps.gazette.services import exports, facts, intake, items, organs, places, publish, registers, review

__all__ = ["exports", "facts", "intake", "items", "organs", "places", "publish", "registers", "review"]
