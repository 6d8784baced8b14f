"""The wing of performance."""

from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    """Its tables."""

    name = "kesu.performance"
    label = "performance"
