"""The addresses."""

from __future__ import annotations

from django.urls import include, path

from kesu.config.health import health

urlpatterns = [path("healthz", health, name="healthz"), path("", include("kesu.api.urls")), path("", include("kesu.web.urls"))]

handler400 = "kesu.web.shell.errors.bad_request"
handler403 = handler404 = "kesu.web.shell.errors.not_found"
handler500 = "kesu.web.shell.errors.failed"
