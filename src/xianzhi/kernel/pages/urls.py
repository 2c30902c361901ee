"""Addresses of the kernel's pages."""

urlpatterns: list = []
