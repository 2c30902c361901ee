"""Addresses of 获得电力."""

prefix = "power/"
app_name = "power"
urlpatterns: list = []
