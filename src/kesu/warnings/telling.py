"""A stored warning in words: for pages, notices and the command."""

from __future__ import annotations

from kesu.company.procedures import pack_of
from kesu.company.standing import Standing
from kesu.warnings.models import Warning
from kesu.warnings.words import Said, Told, say


def told_of(row: Warning) -> Told:
    """What words are made of."""
    days = (row.last - row.first).days + 1
    also = [(str(of), str(value)) for of, value in row.also]
    return Told(row.kind, row.of, row.value, days, row.observed, row.expected, row.a_year, row.customers, row.figures, also)


def where_of(row: Warning, known: Standing, language: str) -> str:
    """The site's name."""
    if row.site_id is None:
        return "几个项目" if language.startswith("zh") else "several sites"
    site = known.sites.get(row.site_id)
    return site.name if site else ""


def said_of(row: Warning, known: Standing, language: str) -> Said:
    """The warning in words."""
    return say(told_of(row), where_of(row, known, language), pack_of(row.version_id), known.people, language)


def title_of(row: Warning, known: Standing, language: str) -> str:
    """What and where, in one line."""
    return said_of(row, known, language).title
