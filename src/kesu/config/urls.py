"""The addresses."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from kesu.config.health import health

urlpatterns = [path("healthz", health, name="healthz")]
if find_spec("kesu.web") and find_spec("kesu.web.urls"):
    urlpatterns.append(path("", include("kesu.web.urls")))
