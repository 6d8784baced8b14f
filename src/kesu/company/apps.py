"""The wing of companies, sites, departments and people."""

from django.apps import AppConfig


class CompanyConfig(AppConfig):
    """Connects what keeps the standing data fresh."""

    name = "kesu.company"
    label = "company"

    def ready(self) -> None:
        """Importing connects the signals."""
        from kesu.company import standing  # noqa: F401
