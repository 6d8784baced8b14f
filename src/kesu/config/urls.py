"""The addresses."""

from __future__ import annotations

from django.urls import include, path, re_path

from kesu.config.health import health
from kesu.config.interface import interface

urlpatterns = [
    path("healthz", health, name="healthz"),
    re_path(r"^api/v1/(?P<rest>[\s\S]*)$", interface, name="api"),
    path("", include("kesu.web.urls")),
]

handler400 = "kesu.web.shell.errors.bad_request"
handler403 = handler404 = "kesu.web.shell.errors.not_found"
handler500 = "kesu.web.shell.errors.failed"
