"""The wing of companies, sites, departments and people."""

from django.apps import AppConfig


class CompanyConfig(AppConfig):
    """Connects what keeps the standing data fresh."""

    name = "kesu.company"
    label = "company"

    def ready(self) -> None:
        """Importing connects the signals, and the quick way to read times."""
        from kesu.company import moments, standing  # noqa: F401
