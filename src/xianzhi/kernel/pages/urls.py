"""Addresses of the kernel's pages, and the entries of the masthead that lead to them.

Names that templates and services rely on: home, sign-in, work, cases, case (id), step (id, name), material (id),
provision (id), instrument (id), search, map, audit, units.
"""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.pages import cases, files, navigation, preferences, session, steps, work
from xianzhi.kernel.pages.guard import SIGNED_IN, STAFF, SUBJECT

urlpatterns = [
    path("", session.home, name="home"),
    path("sign-in", session.sign_in, name="sign-in"),
    path("sign-out", session.sign_out, name="sign-out"),
    path("preferences", preferences.preferences, name="preferences"),
    path("work", work.work, name="work"),
    path("cases", cases.cases, name="cases"),
    path("cases/<int:pk>", cases.case, name="case"),
    path("cases/<int:pk>/steps/<slug:name>", steps.step, name="step"),
    path("materials/<int:pk>", files.material, name="material"),
]

navigation.add(navigation.Entry("work", _("待办"), "work", STAFF | SUBJECT, 10))
navigation.add(navigation.Entry("cases", _("办件"), "cases", SIGNED_IN, 20))
