"""What every page shows around its content."""

from django.conf import settings
from django.http import HttpRequest

from xianzhi.kernel.county import county


def context(request: HttpRequest) -> dict[str, object]:
    """For every template: the county, and whether its data are samples."""
    return {"county": county(), "sample": settings.SAMPLE}
