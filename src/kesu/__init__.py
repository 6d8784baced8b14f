"""Kesu 客诉: a service company's written complaint procedure, running."""

__version__ = "0.6.0"
