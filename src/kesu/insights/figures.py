"""The figures of the board: open cases by step and grade, by site and by department; how much was on time.

Every figure counts only cases that the reader may see. A case is *late* when a limit of it is past its due time and runs on; *nearly
late* when none is late but one has passed its warning moment (where the procedure names none: when less than a quarter of the limit,
or ten minutes, are left). Limits that stand still or wait for the customer make nothing late.

*On time this month*: of the limits that fell due this month, the share done by their due time. What is overdue and open counts as not on
time. It is read from roll-ups; a few acts that wait to be counted are counted first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case as Choose
from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.lookups import LessThanOrEqual

from kesu.company.models import Site
from kesu.company.prepared import ask, key_of
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.complaints.models import Case, Clock
from kesu.complaints.queries.cases import scope, within
from kesu.complaints.queries.clocks import AT_LEAST, LAST_QUARTER
from kesu.complaints.queries.live import Live
from kesu.complaints.queries.work import seen
from kesu.insights.coverage import Coverage
from kesu.insights.periods import Period, today
from kesu.insights.queries.sums import grouped
from kesu.procedure.acts import STEPS
from kesu.procedure.instants import day_of, epoch, instant, local

LATE, NEAR = "late", "near"
SOON = timedelta(hours=1)
Where = tuple[int, int | None, str, str]  # site, lead department, step, grade


@dataclass
class Load:
    """How many open cases somebody has, how many of them are late or nearly late, and what was on time this month."""

    open: int = 0
    late: int = 0
    near: int = 0
    ended: int = 0  # limits that fell due this month
    in_time: int = 0  # of these, done by their due time

    @property
    def share(self) -> float | None:
        """On time, in percent rounded down to one decimal; None when no limit has ended."""
        return self.in_time * 1000 // self.ended / 10 if self.ended else None


@dataclass
class Figures:
    """Everything counted for one reader."""

    total: Load = field(default_factory=Load)
    cells: dict[tuple[str, str], Load] = field(default_factory=lambda: defaultdict(Load))  # (step, grade)
    grades: dict[str, Load] = field(default_factory=lambda: defaultdict(Load))
    sites: dict[int, Load] = field(default_factory=lambda: defaultdict(Load))
    departments: dict[int | None, Load] = field(default_factory=lambda: defaultdict(Load))
    soon: int = 0  # nearly late and due within the hour
    received_today: int = 0
    received_yesterday: int = 0  # up to the same time of day

    def _loads(self, where: Where) -> Iterable[Load]:
        site, department, step, grade = where
        return self.total, self.cells[step, grade], self.grades[grade], self.sites[site], self.departments[department]

    def add_open(self, where: Where, n: int, late: int, near: int) -> None:
        """So many open cases stand there, so many of them late or nearly late."""
        for load in self._loads(where):
            load.open, load.late, load.near = load.open + n, load.late + late, load.near + near

    def add_ended(self, site: int, department: int | None, ended: int, in_time: int) -> None:
        """So many limits have ended there, so many of them in time."""
        for load in (self.total, self.sites[site], self.departments[department]):
            load.ended += ended
            load.in_time += in_time


# Which cases


def seen_cases(rights: Rights, site: int | None = None) -> QuerySet[Case]:
    """The cases this reader may see, of one site where one is named."""
    rows = Case.objects.filter(scope(rights))
    return rows.filter(site_id=site) if site else rows


def received(rights: Rights, site: int | None = None) -> QuerySet[Case]:
    """Those that count as received: one that was merged into another is the same complaint and counts there."""
    return seen_cases(rights, site).exclude(outcome="merged")


def open_cases(rights: Rights, site: int | None = None) -> QuerySet[Case]:
    """Those of them that are open; found along the index of sites and steps, not by reading the archive."""
    sites: Any = [site] if site else Site.objects.filter(company_id=rights.person.company_id).values("pk")
    return Case.objects.filter(within(rights), closed_at__isnull=True, site_id__in=sites, step__in=list(STEPS))


def _seen_clocks(rights: Rights, site: int | None) -> QuerySet[Clock]:
    """The clocks of the cases this reader may see."""
    sites: Any = [site] if site else Site.objects.filter(company_id=rights.person.company_id).values("pk")
    return Clock.objects.filter(seen(rights), site_id__in=sites, waits_for="")


def running_clocks(rights: Rights, site: int | None = None) -> QuerySet[Clock]:
    """The running clocks of open cases that this reader may see, but for those that wait for the customer."""
    return _seen_clocks(rights, site).filter(Live(), state="running", case__closed_at__isnull=True)


# Late and nearly late


def late_clocks(at: datetime) -> Q:
    """Of the running clocks those that are past their due time."""
    return Q(due_at__lte=at)


def near_clocks(rights: Rights, at: datetime, ten: datetime) -> Q:
    """Of the running clocks those that are nearly late; `ten` is AT_LEAST after `at`."""
    quarter = _without_warning(rights)
    warned = Q(rung__gte=1) | Q(next_ring_at__lte=at)
    running_out = Q(due_at__lte=ten) | Q(LessThanOrEqual(_last_quarter(), Value(at, DateTimeField())))
    return Q(due_at__gt=at) & (warned & ~Q(obligation__in=quarter) | Q(obligation__in=quarter) & running_out)


def _last_quarter() -> ExpressionWrapper:
    """When the last quarter of a clock begins."""
    whole = ExpressionWrapper(F("due_at") - F("began_at"), DurationField())
    return ExpressionWrapper(F("due_at") - ExpressionWrapper(whole / LAST_QUARTER, DurationField()), DateTimeField())


def _without_warning(rights: Rights) -> list[str]:
    """The obligations for which the procedure names no warning moment."""
    versions = standing(rights.company).versions
    return sorted({row.id for _, pk in versions for row in pack_of(pk).owed() if not row.warn})


def of_case(which: Q) -> QuerySet[Clock]:
    """The running clocks of the case asked about (the outer query's) that are so."""
    return Clock.objects.filter(which, Live(), case=OuterRef("pk"), state="running", waits_for="").order_by()


# The figures


def figures(rights: Rights, at: datetime, site: int | None = None) -> Figures:
    """Everything the board counts. Five queries; more when acts wait to be counted."""
    found = Figures()
    _count_open(found, rights, at, site)
    _count_ended(found, rights, at, site)
    _count_received(found, rights, at, site)
    return found


def _count_open(found: Figures, rights: Rights, at: datetime, site: int | None) -> None:
    moments = {"at": at, "hour": at + SOON, "ten": at + AT_LEAST}
    for *where, n, late, near, soon in ask(_open_counted, rights, site, key=(key_of(rights), site), **moments):
        found.add_open(tuple(where), n, late, near)
        found.soon += soon


def _open_counted(rights: Rights, site: int | None, at: datetime, hour: datetime, ten: datetime) -> QuerySet[Any]:
    """Counted by the database: however many cases are open, what is read is a row for each place where some stand."""
    late, near = Exists(of_case(late_clocks(at))), Exists(of_case(near_clocks(rights, at, ten)))
    soon = Exists(of_case(near_clocks(rights, at, ten) & Q(due_at__lte=hour)))
    counts = {"n": Count("id"), "late": Count("id", filter=Q(late)), "near": Count("id", filter=~Q(late) & Q(near))}
    counts["soon"] = Count("id", filter=~Q(late) & Q(soon))
    return open_cases(rights, site).order_by().values_list("site_id", "department_id", "step", "grade").annotate(**counts)


def _count_ended(found: Figures, rights: Rights, at: datetime, site: int | None) -> None:
    """By the one definition of on time (insights.kpis), from roll-ups: what fell due this month."""
    cover = Coverage.of(rights).at(site)
    month = Period(today(rights.company.zone, at).replace(day=1), today(rights.company.zone, at))
    for (_, site_id, department), row in grouped(cover, month, at, ["clock"], by=("site", "department"))["clock"].items():
        found.add_ended(site_id, department or None, row["ended"] + row["owing"], row["kept"])


def _count_received(found: Figures, rights: Rights, at: datetime, site: int | None) -> None:
    begins, day = day_begins(rights.company.zone, at), timedelta(days=1)
    moments = {"yesterday": begins - day, "today": begins, "same": at - day, "at": at}
    for kind, n in ask(_received, rights, site, key=(key_of(rights), site), **moments):
        found.received_today += n * (kind == "today")
        found.received_yesterday += n * (kind == "before")


def _received(rights: Rights, site: int | None, yesterday: datetime, today: datetime, same: datetime, at: datetime) -> QuerySet[Any]:
    rows = received(rights, site).filter(received_at__gte=yesterday, received_at__lte=at).order_by()
    before = When(received_at__lte=same, then=Value("before"))
    day = Choose(When(received_at__gte=today, then=Value("today")), before, default=Value(""), output_field=CharField())
    return rows.annotate(day=day).values_list("day").annotate(n=Count("id"))


def day_begins(zone: str, at: datetime) -> datetime:
    """0:00 of the company's day."""
    place = ZoneInfo(zone)
    return local(instant(place, day_of(epoch(at), place)), place)
