"""Measurements, not tests: see README.md beside this file."""
