"""The wing of performance."""

from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    """Its tables; de-identification of a case, and letting go of former staff, take the words out of them too."""

    name = "kesu.performance"
    label = "performance"

    def ready(self) -> None:
        """Both ask this wing."""
        from kesu.complaints import erasing
        from kesu.complaints.actions import formerstaff
        from kesu.performance.lettinggo import let_go, let_go_of_person

        erasing.also(let_go)
        formerstaff.also(let_go_of_person)
