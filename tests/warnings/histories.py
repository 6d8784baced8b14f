"""Histories for the tests of early warning: complaints received long ago, as an import leaves them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.cast import Cast

from kesu.company.models import Site
from kesu.complaints.models import Case
from kesu.customers.models import Home

CATEGORIES = ("lift", "leak", "noise", "cleaning", "parking")


def filed(cast: Cast, moments: Iterable[datetime], *, site: Site | None = None, **wanted: Any) -> list[Case]:
    """A closed case for each moment; anything of Case may be given."""
    site = site or cast.site
    first = Case.objects.count()
    rows = []
    for n, at in enumerate(moments, first):
        given = {
            "company": cast.company, "site": site, "version": cast.version, "number": f"OLD-{n:05}", "token": f"old-{n:05}",
            "title": "旧案", "channel": "hotline", "heard_at": at, "received_at": at, "nature": cast.pack.natures[0].id,
            "grade": "minor", "step": "done", "closed_at": at + timedelta(days=2), "outcome": "resolved", "contact_phone": f"139{n:08}",
        }  # fmt: skip
        rows.append(Case(**(given | wanted)))
    return Case.objects.bulk_create(rows)


def life(cast: Cast, at: datetime, *, days: int = 730, every: float = 3.0, seed: int = 8, site: Site | None = None) -> list[Case]:
    """Two years of complaints that come at random, one in three days, about five matters."""
    chance, found, when = random.Random(seed), [], at - timedelta(days=days)
    moments = []
    while (when := when + timedelta(days=chance.expovariate(1 / every))) < at - timedelta(hours=1):
        moments.append(when)
    for category in CATEGORIES:
        mine = [moment for n, moment in enumerate(moments) if CATEGORIES[n * 7 % 5] == category]
        found += filed(cast, mine, site=site, category=category)
    return found


def burst(cast: Cast, at: datetime, n: int = 7, *, hours: float = 20, **wanted: Any) -> list[Case]:
    """So many complaints in the last days, the newest an hour ago."""
    return filed(cast, [at - timedelta(hours=1 + hours * k) for k in range(n)], **({"category": "lift"} | wanted))


def home(cast: Cast, label: str) -> Home:
    """A home of the site."""
    return Home.objects.get_or_create(site=cast.site, key=label, defaults={"label": label})[0]
