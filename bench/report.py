"""One run of all measurements, as tables to read or as JSON."""

from __future__ import annotations

import json
from typing import Any

from bench import figures, interface, pages, papers, receiving, reports, ringing
from bench.places import place, step

LETTERS = 2000  # in the mailbox that is read


def measure(databases: list[str], sizes: list[int], open_cases: int, only: str | None) -> list[dict[str, Any]]:
    """Every measurement for every database and size."""
    found = []
    for database in databases:
        for cases in sizes:
            with place(database) as env:
                row: dict[str, Any] = {"database": database, "cases": cases, "built_in_s": step(env, "build", cases, open_cases)["seconds"]}
                if only in (None, "pages"):
                    row["pages"] = pages.measure(env)
                if only in (None, "figures"):
                    row["figures"] = figures.measure(env)
                if only in (None, "receiving"):
                    row["receiving"] = receiving.measure(env)
                if only in (None, "papers"):
                    row["papers"] = papers.measure(env)
                if only in (None, "reports"):
                    row["reports"] = reports.measure(env)
                if only in (None, "mail"):
                    row["mail"] = step(env, "mail", LETTERS)
                if only in (None, "ringing"):
                    row["ringing"] = ringing.measure(env)
                if only in (None, "api"):
                    row["api"] = interface.measure(env)
                found.append(row)
                print(as_text(row), flush=True)
    return found


def as_text(row: dict[str, Any]) -> str:
    """One place's figures as text."""
    lines = [f"\n== {row['database']}, {row['cases']} cases (built in {row['built_in_s']} s)"]
    if "pages" in row:
        lines.append(f"   {row['pages']['open']} open; the web process takes {row['pages']['web_rss_mib']} MiB")
    for page in row.get("pages", {}).get("rows", []):
        lines.append("   " + "  ".join(f"{key}={value}" for key, value in page.items()))
    for name, told in row.get("figures", {}).items():
        lines.append(f"   figures {name:<12} {json.dumps(told)}")
    for line in row.get("receiving", []):
        lines.append("   receiving  " + "  ".join(f"{key}={value}" for key, value in line.items()))
    for name, costs in row.get("papers", {}).items():
        lines.append(f"   {name:<28} " + "  ".join(f"{key}={value} ms" for key, value in costs.items()))
    for name, seconds in row.get("reports", {}).items():
        lines.append(f"   report: {name:<34} {seconds}")
    for name, told in row.get("api", {}).items():
        lines.append(f"   {name:<20} {told}")
    if "mail" in row:
        lines.append("   mail  " + json.dumps(row["mail"]))
    if "ringing" in row:
        lines.append("   ringing  " + json.dumps(row["ringing"]))
    return "\n".join(lines)
