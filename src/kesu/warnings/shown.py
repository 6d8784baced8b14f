"""A scan as plain values with its sentences: for the command, and for whoever reads it with a machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from kesu.company.standing import Standing
from kesu.warnings.queries.history import History
from kesu.warnings.scanning.history import ALL
from kesu.warnings.scanning.signal import Found, Signal
from kesu.warnings.words import Told, ordinary_words, say, untold_words


def shown(found: Found, history: History, known: Standing, numbers: Mapping[int, str], language: str) -> dict[str, Any]:
    """Warnings with words and case numbers, what is ordinary, what cannot be told, and how much was looked at. Days are ISO dates."""
    return {
        "looked": {
            "sites": len([s for s in found.looks if s]),
            "things": sum(found.looks.values()),
            "false_a_year": round(found.a_year, 2),
        },
        "warnings": [_warning(signal, history, known, numbers, language) for signal in found.signals],
        "ordinary": [_row(asdict(row), known, ordinary_words(asdict(row), language)) for row in found.ordinary],
        "untold": [_row(asdict(row), known, untold_words(asdict(row), language)) for row in found.untold],
    }


def told_by(signal: Signal) -> Told:
    """What words are made of."""
    days = signal.last - signal.first + 1
    return Told(
        *(signal.kind, signal.of, signal.value, days, signal.observed, signal.expected),
        *(signal.a_year, signal.customers, signal.extra, list(signal.also)),
    )


def _warning(signal: Signal, history: History, known: Standing, numbers: Mapping[int, str], language: str) -> dict[str, Any]:
    said = say(told_by(signal), _name(signal.site, known, language), history.pack, known.people, language)
    return {
        "subject": signal.subject,
        "kind": signal.kind,
        "site": known.sites[signal.site].code if signal.site else None,
        "of": signal.of,
        "from": date.fromordinal(signal.first).isoformat(),
        "to": date.fromordinal(signal.last).isoformat(),
        "observed": signal.observed,
        "expected": signal.expected,
        "a_year": None if signal.a_year is None else float(f"{signal.a_year:.3g}"),
        "words": said.whole(language),
        "also": said.also,
        "cases": [numbers[case] for case in signal.cases if case in numbers],
        "figures": {key: value for key, value in signal.extra.items() if key != "series"},
    }


def _name(site: int, known: Standing, language: str) -> str:
    if site == ALL:
        return "几个项目" if language.startswith("zh") else "several sites"
    return known.sites[site].name


def _row(row: dict[str, Any], known: Standing, words: str) -> dict[str, Any]:
    site = row.pop("site")
    return {"site": known.sites[site].code, "name": known.sites[site].name, "words": words} | row
