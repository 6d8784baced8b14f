"""The wing of reports."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Its tables. They hold counts, ids of the pack and words of staff; no customer's words."""

    name = "kesu.reporting"
    label = "reporting"

    def ready(self) -> None:
        """Those who tell the world outside ask this wing, too."""
        from kesu.complaints import journals
        from kesu.reporting.glance import REPORT

        journals.known(REPORT)
