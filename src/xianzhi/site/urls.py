"""Root of all addresses: the kernel's pages, then each service under its own name."""

from importlib import import_module

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("xianzhi.kernel.pages.urls")),
    path("api/v1/", include("xianzhi.kernel.api.urls")),
]
for service in settings.SERVICES:
    urls = import_module(f"{service}.pages.urls")
    urlpatterns.append(path(urls.prefix, include(urls)))
