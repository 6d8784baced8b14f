"""Figures: how fast they are rebuilt from nothing, and what overview, Pareto and board cost from roll-ups."""

from __future__ import annotations

from bench.pages import load
from bench.places import served, step


def measure(env: dict[str, str]) -> dict[str, object]:
    """Seconds and cases per second of a rebuild and of its check; p50, p95 and processor time in milliseconds of each page."""
    found: dict[str, object] = {"rebuild": step(env, "rebuild")}
    prepared = step(env, "figure-pages")
    with served(env) as (port, web):
        for name, page in prepared["pages"].items():
            cost = load(port, web, page["url"], page["cookie"], 1)
            found[name] = {"queries": page["queries"], "p50_ms": cost.p50, "p95_ms": cost.p95, "cpu_ms": cost.cpu}
    return found
