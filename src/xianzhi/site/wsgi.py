"""The application that a WSGI server runs."""

import os

from django.core.wsgi import get_wsgi_application

from xianzhi.kernel import registry
from xianzhi.law.errors import LawError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xianzhi.site.settings")
application = get_wsgi_application()

# Commands check before they start; a WSGI server would not.
if findings := list(registry.findings()):
    raise LawError(findings)
