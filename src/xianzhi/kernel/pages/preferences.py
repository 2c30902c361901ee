"""大字, 深色 and the language: kept with the account, for visitors in a cookie."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation

from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.kernel.pages.proof import safe_next

COOKIE = "xianzhi_look"
THEMES = ("light", "dark", "auto")
SIZES = {"large": True, "normal": False}
CHINESE = "zh-hans"
LANGUAGES = (CHINESE, "en")
TAGS = {CHINESE: "zh-CN"}
"""How HTML calls a language, where that differs from Django's name of it."""
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody wants pages to look, and in which language."""

    theme: str = "light"
    large: bool = False
    language: str = CHINESE

    @classmethod
    def read(cls, text: str) -> "Preferences":
        """From a cookie such as "dark.large" or "light..en"; anything unknown is the plain look in Chinese."""
        theme, size, language = (*text.split("."), "", "", "")[:3]
        return cls(
            theme if theme in THEMES else "light", size == "large", language if language in LANGUAGES else CHINESE
        )

    def __str__(self) -> str:
        kept = f"{self.theme}.{'large' if self.large else ''}"
        return kept if self.language == CHINESE else f"{kept}.{self.language}"

    @property
    def tag(self) -> str:
        """The language as HTML calls it: zh-CN, en."""
        return TAGS.get(self.language, self.language)


def preferences_of(request: HttpRequest) -> Preferences:
    account = getattr(request, "user", None)
    if account is not None and account.is_authenticated:
        return Preferences(account.theme, account.large_text, account.language)
    return Preferences.read(request.COOKIES.get(COOKIE, ""))


class LanguageMiddleware:
    """Speaks the language that the account, or a visitor's cookie, has chosen; Chinese until one is chosen.

    What a browser asks for is not heeded: many an office computer was set up in English.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = preferences_of(request)
        request.LANGUAGE_CODE = wanted.language
        with translation.override(wanted.language):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        response.headers.setdefault("Content-Language", wanted.tag)
        return response


@page(PUBLIC, "POST")
def preferences(request: HttpRequest) -> HttpResponse:
    """Changes what was sent (`text`, `theme`, `language`) and returns to the page one came from."""
    back = HttpResponseRedirect(safe_next(request))
    if request.method != "POST":
        return back
    new = preferences_of(request)
    if (theme := request.POST.get("theme", "")) in THEMES:
        new = replace(new, theme=theme)
    if (size := request.POST.get("text", "")) in SIZES:
        new = replace(new, large=SIZES[size])
    if (language := request.POST.get("language", "")) in dict(settings.LANGUAGES):
        new = replace(new, language=language)
    if request.user.is_authenticated:
        request.user.theme, request.user.large_text, request.user.language = new.theme, new.large, new.language
        request.user.save(update_fields=["theme", "large_text", "language"])
    else:
        back.set_cookie(COOKIE, str(new), max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return back
