"""Did it come back? The same complaints counted before the record was opened and after its measures had ended (B-18, ISO 10002 7.7).

The same is what the record says: its sites, cause, category, the person complained of, all at once. While the cause of an open complaint
is not known yet it counts, marked unsure, where something narrower than the site is the same too. Between opening and the last measure
nothing is counted: the measures were only on their way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from kesu.company.procedures import pack_of
from kesu.complaints.models import Case
from kesu.improvement.models import Capa
from kesu.improvement.rules import after, rules_of

DAY = timedelta(days=1)
NOT_COUNTED = ("unfounded", "withdrawn")  # outcomes: there was nothing to put right
PER = 30  # days to which counts are set in proportion


@dataclass(frozen=True)
class Stretch:
    """So many of the same complaints in so many days of exposure."""

    since: datetime
    until: datetime
    n: int = 0

    @property
    def days(self) -> float:
        """The exposure in days, one decimal."""
        return round(max(self.until - self.since, timedelta()) / DAY, 1)

    @property
    def rate(self) -> float | None:
        """Per 30 days, one decimal; None while less than a day was looked at."""
        return round(self.n * PER / self.days, 1) if self.days >= 1 else None


@dataclass(frozen=True)
class Effect:
    """Before, after, and the complaints that came after, the newest first."""

    before: Stretch
    after: Stretch | None  # None while the measures have not ended
    cases: list[Case] = field(default_factory=list)
    unsure: frozenset[int] = frozenset()  # of these the cause is not known yet

    def as_json(self) -> dict[str, float]:
        """What the judge saw, for the record."""
        since = self.after or Stretch(self.before.until, self.before.until)
        return {"before": self.before.n, "before_days": self.before.days, "after": since.n, "after_days": since.days}


def same_as(capa: Capa, *, sure: bool = False) -> QuerySet[Case]:
    """The company's complaints that are the same as this record's, whenever they came. `sure`: only with a known cause."""
    rows = Case.objects.filter(company_id=capa.company_id).exclude(outcome__in=NOT_COUNTED)
    rows = rows.exclude(nature__in=[nature.id for nature in pack_of(capa.version_id).natures if not nature.counts_as_complaint])
    if capa.same_sites:
        rows = rows.filter(site__in=capa.sites.values("pk"))
    if capa.same_category:
        rows = rows.filter(category=capa.same_category)
    if capa.same_against:
        rows = rows.filter(against=capa.same_against)
    if capa.same_cause:
        known = Q(cause=capa.same_cause)
        narrow = bool(capa.same_category or capa.same_against) and not sure
        rows = rows.filter(known | Q(cause="", closed_at__isnull=True) if narrow else known)
    return rows


def effect(capa: Capa, at: datetime) -> Effect:
    """The figures as they stand at `at`. Three queries. `capa.company` must be loaded."""
    zone = capa.company.zone
    length = after(rules_of(capa).watch, capa.opened_at, zone) - capa.opened_at
    since = min(max(capa.opened_at - length, capa.company.founded_at), capa.opened_at)  # no exposure before there was a company
    before = Stretch(since, capa.opened_at, _within(capa, since, capa.opened_at + timedelta(seconds=1)).count())
    if capa.carried_at is None:
        return Effect(before, None)
    until = max(at, capa.carried_at)
    rows = _within(capa, capa.carried_at, until + timedelta(seconds=1)).select_related("site", "home")
    found = list(rows.order_by("-received_at", "-id"))
    watched = min(until, capa.watch_until) if capa.watch_until else until
    n = sum(case.received_at <= watched for case in found)
    unsure = frozenset(case.pk for case in found if capa.same_cause and not case.cause)
    return Effect(before, Stretch(capa.carried_at, watched, n), found, unsure)


def _within(capa: Capa, since: datetime, until: datetime) -> QuerySet[Case]:
    """Received from `since` (not at that very second: that is what the record comes from) up to `until`."""
    return same_as(capa).filter(received_at__gte=since, received_at__lt=until)
