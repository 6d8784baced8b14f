"""The wing of early warning."""

from django.apps import AppConfig


class WarningsConfig(AppConfig):
    """Its tables; de-identification of a case takes the words out of its warnings too."""

    name = "kesu.warnings"
    label = "warnings"

    def ready(self) -> None:
        """De-identification asks this wing, too."""
        from kesu.complaints import erasing
        from kesu.warnings.lettinggo import let_go

        erasing.also(let_go)
