"""Who may open a page. Every view is wrapped by `page`; a test walks all addresses and fails on one that is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _

from xianzhi.kernel import scope
from xianzhi.kernel.access.kept import keep
from xianzhi.kernel.county import county
from xianzhi.kernel.models.accounts import Duty
from xianzhi.law.parameters import NoValue

View = Callable[..., HttpResponse]
READ = ("GET", "HEAD")


@dataclass(frozen=True)
class Who:
    """Whom a page admits. `words` says, when asked, who they are: 县财政局的岗位."""

    admits: Callable[[Any], bool]
    words: Callable[[], str]

    def __or__(self, other: "Who") -> "Who":
        return Who(
            lambda account: self.admits(account) or other.admits(account),
            lambda: _("{one}或{other}").format(one=self.words(), other=other.words()),
        )


PUBLIC = Who(lambda account: True, lambda: _("任何人"))
SIGNED_IN = Who(lambda account: account.is_authenticated, lambda: _("已登录的人员"))
STAFF = Who(lambda account: bool(scope.posts_of(account)), lambda: _("担任岗位的工作人员"))
SUBJECT = Who(
    lambda account: account.is_authenticated and account.subject_id is not None, lambda: _("办事的单位和个人")
)


def by_function(*functions: str) -> Who:
    """Whoever holds a post of one of the functions today."""
    return Who(
        lambda account: any(post.function in functions for post in scope.posts_of(account)),
        lambda: _("{units}的岗位").format(units="、".join(county().function_word(one) for one in functions)),
    )


def by_duty(*duties: str) -> Who:
    """Whoever has one of the duties that are kept apart: system, security, audit."""
    return Who(
        lambda account: account.is_authenticated and account.is_active and account.duty in duties,
        lambda: "、".join(str(Duty(one).label) for one in duties),
    )


def refused(request: HttpRequest, who: Who) -> HttpResponse:
    """The page that says whom another page is for."""
    words = _("这个页面供{needed}使用。").format(needed=who.words())
    return render(request, "403.html", {"exception": words}, status=HTTPStatus.FORBIDDEN)


def _holds_null(request: HttpRequest, named: Mapping[str, Any]) -> bool:
    """Whether what was sent holds the null character: nobody types it, and PostgreSQL keeps no text with it."""
    sent = (*request.GET.lists(), *request.POST.lists(), ("", [str(part) for part in named.values()]))
    return any("\x00" in text for name, values in sent for text in (name, *values))


def page(who: Who, *methods: str) -> Callable[[View], View]:
    """Wraps a view: a stranger is sent to sign in, somebody whom `who` does not admit gets 403, an object outside the
    account's scope is the view's own 404. Only GET is answered unless other methods are named."""
    allowed = (*READ, *methods)

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            if _holds_null(request, kwargs):
                raise BadRequest("a null character was sent")
            if not who.admits(request.user):
                if not request.user.is_authenticated:
                    if request.method == "POST" and (ended := getattr(request, "ended", None)):
                        keep(request, ended[0])  # what was entered is there again after signing in
                    return redirect_to_login(request.get_full_path())
                return refused(request, who)
            try:
                return view(request, *args, **kwargs)
            except NoValue as error:  # officials may end a parameter that a page rests on
                said = {"said": str(error)}
                return render(request, "kernel/no_value.html", said, status=HTTPStatus.SERVICE_UNAVAILABLE)

        guarded.who = who  # type: ignore[attr-defined]
        return guarded

    return wrap
