"""The web application as WSGI."""

from kesu.config import installation

installation.uses_django()

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
