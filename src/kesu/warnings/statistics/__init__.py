"""Counting statistics in plain Python: tails, intervals, charts, scans. Numbers in, numbers out; no Django, no clock, no randomness."""
