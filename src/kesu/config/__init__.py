"""Wiring: settings, addresses, the command line, the processes that run."""
