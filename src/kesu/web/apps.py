"""One Django app for all pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and template tags are found through it."""

    name = "kesu.web"
    label = "web"
