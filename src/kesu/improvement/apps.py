"""The wing of corrective and preventive action."""

from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    """Lets go of a customer in the words of records when a case is de-identified."""

    name = "kesu.improvement"
    label = "improvement"

    def ready(self) -> None:
        """De-identification asks this wing, too, and so do those who tell the world outside."""
        from kesu.complaints import erasing, journals
        from kesu.improvement.glance import RECORD
        from kesu.improvement.lettinggo import let_go

        erasing.also(let_go)
        journals.known(RECORD)
