"""Complaints received per second by eight clients, beside raw insert + commit of about as many bytes on the same database."""

from __future__ import annotations

from bench.places import answer, start, step

CLIENTS = 8


def measure(env: dict[str, str], seconds: float = 5.0) -> list[dict[str, object]]:
    """Per arrangement of the eight clients (processes × threads): ours and raw, per second."""
    step(env, "raw-table")
    rows: list[dict[str, object]] = []
    for processes in (1, 2, 8):
        ours, raw = (_rate(env, what, processes, seconds) for what in ("ours", "raw"))
        rows.append({"clients": CLIENTS, "processes": processes, "received_per_s": round(ours), "raw_per_s": round(raw)})
    return rows


def _rate(env: dict[str, str], what: str, processes: int, seconds: float) -> float:
    running = [start(env, "clients", CLIENTS // processes, seconds, what, seed) for seed in range(processes)]
    return sum(told["done"] / told["seconds"] for told in map(answer, running))
