"""The front page, signing in and out."""

from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel import scope
from xianzhi.kernel.pages.guard import PUBLIC, page


class SignInForm(AuthenticationForm):
    """One message for whatever was wrong: it does not tell whether an account exists."""

    error_messages = {
        "invalid_login": _("账号或密码不对。请核对大小写；忘记密码由本单位的系统管理员重设。"),
        "inactive": _("账号或密码不对。请核对大小写；忘记密码由本单位的系统管理员重设。"),
    }


sign_in = page(PUBLIC, "POST")(
    views.LoginView.as_view(
        template_name="kernel/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
    )
)
sign_out = page(PUBLIC, "POST")(views.LogoutView.as_view())


@page(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """The front page for visitors; whoever has signed in goes to the work of the role."""
    return render(request, "kernel/home.html")
