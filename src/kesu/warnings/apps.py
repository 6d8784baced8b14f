"""The wing of early warning."""

from django.apps import AppConfig


class WarningsConfig(AppConfig):
    """Its tables; de-identification of a case takes the words out of its warnings too."""

    name = "kesu.warnings"
    label = "warnings"

    def ready(self) -> None:
        """De-identification asks this wing, too, and so do those who tell the world outside."""
        from kesu.complaints import erasing, journals
        from kesu.warnings.glance import WARNING
        from kesu.warnings.lettinggo import let_go

        erasing.also(let_go)
        journals.known(WARNING)
