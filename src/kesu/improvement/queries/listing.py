"""Records in lists: the board's, those of one complaint, those that a complaint may be taken into, and where complaints concentrate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask, key_of
from kesu.company.rights import Rights, rights_of
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import visible_to as visible_cases
from kesu.complaints.queries.veil import covered_for
from kesu.improvement.models import Capa, CapaClock, Measure, Origin, Recurrence
from kesu.improvement.queries.recurrence import NOT_COUNTED
from kesu.improvement.queries.sight import scope, visible_to
from kesu.procedure.improving import WITHDRAWN

CLOSED_SHOWN = 20
CLUSTERS_SHOWN = 6
CHOOSABLE = 60  # complaints to choose from, the newest


@dataclass(frozen=True)
class Filters:
    """What the board is narrowed to; 0 and "" are everything."""

    site: int = 0
    cause: str = ""
    owner: int = 0

    def pairs(self) -> dict[str, str]:
        """The same as an address says it."""
        return {key: str(value) for key, value in (("site", self.site), ("cause", self.cause), ("owner", self.owner)) if value}


def on_board(person: Person, at: datetime, filters: Filters) -> list[Capa]:
    """The records that are open, with sites, running clocks and measures; and the last closed ones. Eight queries at most."""
    rows = _narrowed(visible_to(person, at), filters).select_related("company", "opened_by")
    clocks = CapaClock.objects.filter(done_at__isnull=True).select_related("measure", "person", "department").order_by("due_at", "id")
    measures = Measure.objects.filter(dropped_at__isnull=True).select_related("person", "department")
    again = Recurrence.objects.filter(effective=True)
    rows = rows.prefetch_related(
        "sites",
        Prefetch("clocks", queryset=clocks, to_attr="running"),
        Prefetch("measures", queryset=measures, to_attr="kept"),
        Prefetch("recurrences", queryset=again, to_attr="again"),
    ).annotate(complaints=Count("origins", distinct=True))
    closed = rows.filter(closed_at__isnull=False).order_by("-closed_at")[:CLOSED_SHOWN]
    return [*rows.filter(closed_at__isnull=True).order_by("-opened_at"), *closed]


def _narrowed(rows: QuerySet[Capa], filters: Filters) -> QuerySet[Capa]:
    if filters.site:
        rows = rows.filter(Exists(Capa.sites.through.objects.filter(capa_id=OuterRef("pk"), site_id=filters.site)))
    if filters.cause:
        rows = rows.filter(cause=filters.cause)
    if filters.owner:
        rows = rows.filter(Exists(Measure.objects.filter(capa=OuterRef("pk"), person=filters.owner, dropped_at__isnull=True)))
    return rows


def choices(person: Person, at: datetime) -> tuple[set[str], dict[int, str]]:
    """(causes, owners by id with their names) of the open records that the person sees, for the board's filters. Two queries."""
    rows = visible_to(person, at).filter(closed_at__isnull=True)
    owners = Measure.objects.filter(capa__in=rows.values("pk"), dropped_at__isnull=True, person__isnull=False)
    return set(rows.exclude(cause="").values_list("cause", flat=True)), dict(owners.values_list("person_id", "person__name"))


def of_case(person: Person, case: Case, at: datetime) -> list[tuple[Capa, bool]]:
    """The records of a complaint that the person sees; True: it is the same complaint again after their measures."""
    rights = rights_of(person, at)
    return [(capa, capa.again) for capa in ask(_of_case, rights, key=key_of(rights), case=case.pk)]


def _of_case(rights: Rights, *, case: int) -> QuerySet[Capa]:
    came_from = Origin.objects.filter(capa=OuterRef("pk"), case=case)
    again = Recurrence.objects.filter(capa=OuterRef("pk"), case=case)
    rows = Capa.objects.filter(scope(rights)).annotate(origin=Exists(came_from), again=Exists(again))
    return rows.filter(Q(origin=True) | Q(again=True)).order_by("id")


def to_join(person: Person, case: Case, at: datetime) -> list[Capa]:
    """Open records at the complaint's site, those about the same matter first."""
    here = Capa.sites.through.objects.filter(capa_id=OuterRef("pk"), site_id=case.site_id)
    rows = visible_to(person, at).filter(Exists(here), closed_at__isnull=True).exclude(origins__case=case).order_by("-opened_at", "-id")
    same = lambda capa: bool(case.category) and capa.same_category == case.category  # noqa: E731 – one use
    return sorted(rows, key=lambda capa: not same(capa))


@dataclass(frozen=True)
class Cluster:
    """So many complaints of one site about one matter, for one cause, that no record has taken in."""

    site: int
    category: str
    cause: str
    n: int


UNKNOWN = "-"  # no id of a pack: the cause is not known yet


@dataclass(frozen=True)
class Sought:
    """Which complaints to choose from; `cause` may be UNKNOWN."""

    site: int = 0
    category: str = ""
    cause: str = ""
    against: str = ""


def clusters(person: Person, at: datetime, days: float) -> list[Cluster]:
    """Where complaints of the last days concentrate that nobody is putting right yet (B-12, B-21); the most first. One query."""
    rows = _fresh(person, at).filter(received_at__gte=at - timedelta(days=days)).exclude(category="")
    found = rows.values("site_id", "category", "cause").annotate(n=Count("id")).filter(n__gte=2).order_by("-n", "site_id", "category")
    return [Cluster(row["site_id"], row["category"], row["cause"], row["n"]) for row in found[:CLUSTERS_SHOWN]]


def choosable(person: Person, at: datetime, sought: Sought) -> list[Case]:
    """Complaints that no record has taken in, the newest first."""
    rows = _fresh(person, at)
    for name, value in (("site_id", sought.site), ("category", sought.category), ("cause", sought.cause), ("against", sought.against)):
        if value:
            rows = rows.filter(**{name: "" if value == UNKNOWN else value})
    found = list(rows.select_related("site", "home").order_by("-received_at", "-id")[:CHOOSABLE])
    covered_for(found, person, at)
    return found


def _fresh(person: Person, at: datetime) -> QuerySet[Case]:
    taken = Origin.objects.filter(case=OuterRef("pk")).exclude(capa__verdict=WITHDRAWN)
    natures = [row.id for row in rights_of(person, at).pack.natures if not row.counts_as_complaint]
    return visible_cases(person, at).exclude(outcome__in=NOT_COUNTED).exclude(nature__in=natures).filter(~Exists(taken))
