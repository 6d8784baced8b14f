"""The wing that counts: facts, roll-ups, figures."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Listens to journals: a case whose journal grew is marked in the act's own transaction, and counted anew soon after."""

    name = "kesu.insights"
    label = "insights"

    def ready(self) -> None:
        """Every entry that is about to be stored passes `marking.mark`."""
        from kesu.complaints import chain
        from kesu.insights.actions.marking import mark

        chain.listen(mark)
