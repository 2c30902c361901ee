"""大字 and 深色: kept with the account, for visitors in a cookie."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from xianzhi.kernel.pages.guard import PUBLIC, page

COOKIE = "xianzhi_look"
THEMES = ("light", "dark", "auto")
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody wants pages to look."""

    theme: str = "light"
    large: bool = False

    @classmethod
    def read(cls, text: str) -> "Preferences":
        """From a cookie such as "dark.large"; anything unknown is the plain look."""
        theme, _, size = text.partition(".")
        return cls(theme if theme in THEMES else "light", size == "large")

    def __str__(self) -> str:
        return f"{self.theme}.{'large' if self.large else ''}"


def preferences_of(request: HttpRequest) -> Preferences:
    account = getattr(request, "user", None)
    if account is not None and account.is_authenticated:
        return Preferences(account.theme, account.large_text)
    return Preferences.read(request.COOKIES.get(COOKIE, ""))


@page(PUBLIC, "POST")
def preferences(request: HttpRequest) -> HttpResponse:
    """Changes what was sent (`text`, `theme`) and returns to the page one came from."""
    back = HttpResponseRedirect(_back(request))
    if request.method != "POST":
        return back
    now = preferences_of(request)
    wanted = request.POST.get("theme", "")
    new = Preferences(
        wanted if wanted in THEMES else now.theme,
        {"large": True, "normal": False}.get(request.POST.get("text", ""), now.large),
    )
    if request.user.is_authenticated:
        request.user.theme, request.user.large_text = new.theme, new.large
        request.user.save(update_fields=["theme", "large_text"])
    else:
        back.set_cookie(COOKIE, str(new), max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return back


def _back(request: HttpRequest) -> str:
    """The page one came from, where it is one of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url("home")
