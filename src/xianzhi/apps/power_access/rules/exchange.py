"""Messages of 供电公司's system: whether their time can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from xianzhi.apps.power_access.rules.reasons import condition, sentence
from xianzhi.law.decision import ALLOW, REFUSE, Decision
from xianzhi.law.parameters import Parameters


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """When a message says it was sent, and when it came."""

    sent_at: datetime
    received_at: datetime


def clock_ok(facts: ClockFacts, p: Parameters) -> Decision:
    """A time needs its zone; a clock too far ahead is flagged. [power-3-2-2-2-1]

    Outcome: ALLOW, flag or REFUSE; value: the seconds by which the sender's clock is ahead. A message may wait in an
    outbox, so a time in the past proves nothing against the clock.
    """
    used: dict[str, object] = {"来文时间": facts.sent_at.isoformat(), "收到时间": facts.received_at.isoformat()}
    if facts.sent_at.tzinfo is None or facts.received_at.tzinfo is None:
        bare = condition(False, "power-3-2-2-2-1", "", "来文时间没有时区", cure="时间写明时区，如 +08:00", used=used)
        return Decision.of(REFUSE, bare)
    ahead = int((facts.sent_at - facts.received_at).total_seconds())
    allowed = p.get("power.clock.skew", on=facts.received_at.date())
    used["允许偏差"] = allowed
    if ahead > allowed.as_int():
        text = f"来文时钟快{ahead}秒，超过{allowed}，请核对对方时钟"
        return Decision.of("flag", sentence(text, "power-3-2-2-2-1", used), value=ahead)
    return Decision.of(ALLOW, sentence("来文时间可信", "power-3-2-2-2-1", used), value=ahead)
