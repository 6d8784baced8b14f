"""Deciding on a proposal on one screen."""
