"""How many requests are answered: counted in the database, so that several processes count together.

The limits are settings: API_REQUESTS_A_MINUTE for each token or signed-in account, API_REQUESTS_A_MINUTE_UNKNOWN for
each address from which somebody asks without either, or with a token that is none.
"""

import hashlib

from django.conf import settings
from django.http import HttpRequest

from xianzhi.kernel import clock, sql
from xianzhi.kernel.access.address import address_of, house_of
from xianzhi.kernel.api.problems import Problem
from xianzhi.kernel.models import RequestCount

WINDOW = 60
"""Seconds."""
_KEPT = 60
"""Windows after which a count is swept away."""
_COUNT = """
INSERT INTO kernel_requestcount (asker, "window", count) VALUES (%s, %s, 1)
ON CONFLICT (asker) DO UPDATE SET
    count = CASE WHEN kernel_requestcount."window" = excluded."window" THEN kernel_requestcount.count + 1 ELSE 1 END,
    "window" = excluded."window"
RETURNING count
"""


def count(asker: str, most: int) -> dict[str, str]:
    """Counts a request; the headers that say how many are left. Raises Problem (429) for one too many."""
    moment = int(clock.now().timestamp())
    window, left = moment // WINDOW, WINDOW - moment % WINDOW
    with sql.cursor() as cursor:
        cursor.execute(_COUNT, (asker, window))
        found = cursor.fetchone()[0]
    headers = {"RateLimit-Limit": str(most), "RateLimit-Remaining": str(max(0, most - found))}
    headers["RateLimit-Reset"] = str(left)
    if found > most:
        raise Problem(429, headers=headers | {"Retry-After": str(left)})
    return headers


def count_unknown(request: HttpRequest) -> dict[str, str]:
    """Counts a request of somebody without a token or a session, by a digest of his address."""
    house = house_of(address_of(request))
    asker = "from:" + hashlib.sha256(f"{settings.SECRET_KEY}{house}".encode()).hexdigest()[:32]
    return count(asker, settings.API_REQUESTS_A_MINUTE_UNKNOWN)


def sweep() -> int:
    """Removes the counts of those who have not asked for an hour; gives their number."""
    oldest = int(clock.now().timestamp()) // WINDOW - _KEPT
    return RequestCount.objects.filter(window__lt=oldest).delete()[0]
