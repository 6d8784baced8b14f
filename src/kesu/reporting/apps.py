"""The wing of reports."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Its tables. They hold counts, ids of the pack and words of staff; no customer's words."""

    name = "kesu.reporting"
    label = "reporting"
