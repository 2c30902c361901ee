"""Addresses of 公报; with them come its panel, its corrections and its entry of the masthead."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from xianzhi.apps.gazette.pages import desk, panels, review
from xianzhi.kernel.pages import navigation, texts

__all__ = ["app_name", "panels", "prefix", "urlpatterns"]

prefix = "gazette/"
app_name = "gazette"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("gaps/", desk.gaps, name="gaps"),
    path("corrections.jsonl", desk.corrections, name="corrections"),
    path("files/<int:pk>/", desk.file, name="file"),
    path("files/<int:pk>/original", desk.original, name="original"),
    path("akn/<slug:name>.xml", desk.akoma_ntoso, name="akn"),
    path("<int:pk>/", review.reading, name="reading"),
    path("<int:pk>/items/<int:item>/", review.decide, name="decide"),
]

texts.offer_download("Akoma Ntoso", "gazette:akn")
navigation.add(navigation.Entry("gazette", _("公报"), "gazette:desk", desk.READERS, 35))
