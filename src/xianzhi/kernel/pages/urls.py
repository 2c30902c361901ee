"""Addresses of the kernel's pages, and the entries of the masthead that lead to them.

Names that templates and services rely on: home, sign-in, work, cases, case (id), step (id, name), material (id),
provision (id), instrument (id), search, map, audit, units.
"""

from django.urls import path

from xianzhi.kernel.pages import preferences, session

urlpatterns = [
    path("", session.home, name="home"),
    path("sign-in", session.sign_in, name="sign-in"),
    path("sign-out", session.sign_out, name="sign-out"),
    path("preferences", preferences.preferences, name="preferences"),
]
