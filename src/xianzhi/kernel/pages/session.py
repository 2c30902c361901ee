"""The front page, signing in and out."""

from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel import clock, registry, scope
from xianzhi.kernel.models import Announcement
from xianzhi.kernel.pages import navigation
from xianzhi.kernel.pages.guard import PUBLIC, page

NEWEST = 5
_WRONG = _("账号或密码不对。请核对大小写；忘记密码由本单位的系统管理员重设。")
"""One message for whatever was wrong: it does not tell whether an account exists."""


class SignInForm(AuthenticationForm):
    error_messages = {"invalid_login": _WRONG, "inactive": _WRONG}


sign_in = page(PUBLIC, "POST")(
    views.LoginView.as_view(
        template_name="kernel/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
    )
)
sign_out = page(PUBLIC, "POST")(views.LogoutView.as_view())


@page(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """The front page for visitors; whoever has signed in goes to the work of the role."""
    account = request.user
    if account.is_authenticated:
        if account.duty:
            return redirect("audit" if account.duty == "audit" else "units")
        if account.subject_id:
            return redirect("cases")
        if scope.posts_of(account):
            return redirect("work")
    today = clock.today()
    instruments = [one.instrument for one in registry.registers.values()]
    news = Announcement.objects.filter(since__lte=today).select_related("unit")[:NEWEST]
    context = {"instruments": instruments, "offers": navigation.offers(), "news": news, "today": today}
    return render(request, "kernel/home.html", context)
