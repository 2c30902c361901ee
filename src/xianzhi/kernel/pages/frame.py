"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from xianzhi.kernel import clock, queries, scope
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Checkpoint
from xianzhi.kernel.pages import navigation
from xianzhi.kernel.pages.preferences import preferences_of
from xianzhi.kernel.posts import post_word

MOST_WAITING = 99
"""The masthead counts no further than this."""


def context(request: HttpRequest) -> dict[str, Any]:
    """For every template: the county, where one can go, who one is. What costs a query is lazy."""
    account = getattr(request, "user", None)
    return {
        "county": county(),
        "sample": settings.SAMPLE,
        "idle": settings.SESSION_IDLE_MINUTES,
        "preferences": preferences_of(request),
        "moment": clock.now(),
        "search_url": SimpleLazyObject(_search_url),
        "navigation": SimpleLazyObject(lambda: navigation.shown(request)),
        "waiting": SimpleLazyObject(lambda: _waiting(account)),
        "own_posts": SimpleLazyObject(lambda: _own_posts(account)),
        "checkpoint": SimpleLazyObject(Checkpoint.objects.first),
    }


def _search_url() -> str:
    try:
        return str(reverse("search"))
    except NoReverseMatch:
        return ""


def _waiting(account: Any) -> str:
    """How many cases wait for the account, for the masthead: 19, or 99+."""
    count = queries.count_of_work(account, most=MOST_WAITING + 1)
    return f"{MOST_WAITING}+" if count > MOST_WAITING else str(count)


def _own_posts(account: Any) -> list[str]:
    if account is None or not account.is_authenticated:
        return []
    if account.duty:
        return [str(account.get_duty_display())]
    if account.subject_id:
        return [account.subject.name]
    return list(dict.fromkeys(post_word(post.key) for post in scope.posts_of(account)))
