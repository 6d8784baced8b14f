"""Opening a record: where complaints concentrate, those to choose from, what they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.complaints.models import Case
from kesu.improvement.queries import listing
from kesu.improvement.queries.listing import UNKNOWN, Sought
from kesu.improvement.rules import after, rules_in

SAME = ("sites", "category", "cause", "against")
BY_ITSELF = ("sites", "category", "cause")  # ticked before anybody has chosen
LONGEST = 8000  # characters of a problem


@dataclass(frozen=True)
class Row:
    """A complaint to choose."""

    case: Case
    ticked: bool


@dataclass(frozen=True)
class Crowd:
    """Where complaints concentrate, in words, and the page with those complaints chosen."""

    words: str
    n: int
    url: str


def chosen(typed: QueryDict) -> list[int]:
    """The ids that were ticked."""
    return [int(text) for text in typed.getlist("cases") if text.isascii() and text.isdecimal() and len(text) < 19]


def sought_in(query: QueryDict) -> Sought:
    """Which complaints the address asks for."""
    site = query.get("site", "")
    number = int(site) if site.isascii() and site.isdecimal() and len(site) < 19 else 0
    return Sought(number, query.get("category", "")[:60], query.get("cause", "")[:60], query.get("against", "")[:200])


def context(rights: Rights, at: datetime, language: str, query: QueryDict, typed: QueryDict | None) -> dict[str, Any]:
    """Everything the page shows. With ?all=1 the complaints found are ticked to begin with."""
    sought = sought_in(query)
    cases = listing.choosable(rights.person, at, sought)
    ticked = set(chosen(typed)) if typed is not None else {case.pk for case in cases} if query.get("all") else set()
    rows = [Row(case, case.pk in ticked) for case in cases]
    same = typed.getlist("same") if typed is not None else list(BY_ITSELF)
    return {
        "rows": rows,
        "sought": sought,
        "selects": _selects(rights, sought, language),
        "crowds": _crowds(rights, at, language),
        "pack": rights.pack,
        "title": typed.get("title", "") if typed is not None else "",
        "problem": typed.get("problem", "") if typed is not None else "",
        "same": [(name, label, name in same) for name, label in _traits()],
        "narrowed": any((sought.site, sought.category, sought.cause, sought.against)),
    }


def _traits() -> list[tuple[str, str]]:
    return [("sites", _("地点")), ("category", _("类别")), ("cause", _("原因")), ("against", _("被投诉的人"))]


def _selects(rights: Rights, sought: Sought, language: str) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """(name, label, choices) of the filters."""
    pack = rights.pack
    sites = [(str(site.pk), site.name, site.pk == sought.site) for site in rights.sites()]
    rows: dict[str, tuple[str, Any, str]] = {
        "category": (_("类别"), pack.categories, sought.category),
        "cause": (_("原因"), pack.causes, sought.cause),
    }
    found = [(name, label, [(row.id, row.label(language), row.id == now) for row in table]) for name, (label, table, now) in rows.items()]
    found[1][2].append((UNKNOWN, _("原因还没查明"), sought.cause == UNKNOWN))
    return [("site", _("管理处"), sites), *found] if len(sites) > 1 else found


def _crowds(rights: Rights, at: datetime, language: str) -> list[Crowd]:
    """Where complaints of the last days concentrate; as many days as the procedure watches."""
    start = at - timedelta(days=1)
    days = (after(rules_in(rights.pack).watch, start, rights.company.zone) - start) / timedelta(days=1)
    known = standing(rights.company)
    found = []
    for row in listing.clusters(rights.person, at, days):
        site = known.sites.get(row.site)
        names = [site.name if site else "", rights.pack.label("categories", row.category, language)]
        names.append(rights.pack.label("causes", row.cause, language) if row.cause else _("原因还没查明"))
        pairs = {"site": row.site, "category": row.category, "cause": row.cause or UNKNOWN, "all": 1}
        url = f"{reverse('capa_new')}?{urlencode({key: value for key, value in pairs.items() if value})}"
        found.append(Crowd("　".join(filter(None, names)), row.n, url))
    return found
