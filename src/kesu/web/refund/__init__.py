"""Reckoning what is paid back of a prepaid card."""
