"""The cases behind a figure: those counted, those they are counted out of, and the rest between the two. Under the reader's own rights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from kesu.company.rights import Rights
from kesu.complaints.models import Case, Complained, Handover
from kesu.complaints.queries.cases import scope
from kesu.insights.cells import JUDGED
from kesu.insights.coverage import Coverage
from kesu.insights.kpis import KPIS, Kpi
from kesu.insights.listed import LISTED
from kesu.insights.models import CaseFact, ClockFact, RemedyFact, StepFact, VisitFact
from kesu.insights.periods import DAY, Period
from kesu.insights.queries.lasting import closed_in
from kesu.insights.queries.ties import known, solved_first_time

Side = Literal["above", "below", "rest"]
SIDES: tuple[Side, ...] = ("above", "below", "rest")
OF_CASE: dict[str, Q] = {
    "received": Q(), "complaints": Q(complaint=True), "judged": Q(judged=True), "valid": Q(valid=True),
    "done": Q(complaint=True, closed_at__isnull=False), "outside": Q(complaint=True, outside=True),
    "escalated": Q(complaint=True, escalated=True),
    "outside_first": Q(complaint=True, outside_first=True), "reopened": Q(complaint=True, rounds__gt=1),
}  # fmt: skip
OF_JUDGED: dict[str, Q] = {
    key: q
    for columns in JUDGED.values()
    for name, column in columns.items()
    for key, q in ((name, Q(**{column: True})), (f"of_{name}", Q(**{f"{column}__isnull": False})))
}
MANY = 10_000  # facts behind a figure: with more, each case is asked whether it has one; with fewer, their cases are looked up
EVENTS = ("clock", "visit", "said", "money", "step", "asked")  # tallies of which a case may have several
COUNTED = {"cases": 10_000, "events": 2_000}  # of more cases a list says no more than that; how many stands at the figure
OF_EVENTS = {  # dimensions of the events themselves: (tally, dimension) → column
    ("clock", "duty"): "duty", ("clock", "rule"): "obligation", ("money", "remedy"): "kind", ("money", "payer"): "payer",
    ("step", "step"): "step",
}  # fmt: skip
NARROWS = ("channel", "nature", "grade", "category", "cause", "hour", "handler_id")  # columns of CaseFact that a list may be cut by


def cases_of(
    reader: Rights | Coverage,
    kpi: str,
    period: Period,
    at: datetime,
    side: Side = "above",
    site: int | None = None,
    department: int | None = None,
    dimension: str = "",
    value: str = "",
) -> QuerySet[Case]:
    """The cases. With rights they are cut to what these show besides, so that nothing can slip through. `kpi`: one of KPIS or LISTED,
    KeyError for any other; ValueError for a dimension that there is not."""
    cover = reader if isinstance(reader, Coverage) else Coverage.of(reader)
    row = KPIS.get(kpi) or LISTED[kpi]
    cut = _of_events(row.tally, dimension, value)
    cases = Case.objects.none() if cover.nothing else _found(row, cover.at(site, department), period, at, side, cut or Q())
    if not isinstance(reader, Coverage):
        cases = cases.filter(scope(reader))
    return cases if cut is not None else narrowed(cases, dimension, value)


def _of_events(tally: str, dimension: str, value: str) -> Q | None:
    """Only events of this value, where the dimension is one of the events and not of their cases. An answer is `question:mark`, or
    `question:` for whatever was said to it."""
    if (column := OF_EVENTS.get((tally, dimension))) is not None:
        return Q(**{column: value})
    if (tally, dimension) != ("asked", "answer"):
        return None
    question, _, mark = value.partition(":")
    if not question.isidentifier():  # no id of a procedure: whatever it is, it does not go into a path within JSON
        return Q(pk__in=[])
    given = Q(answers__has_key=question)
    if not mark:
        return given
    return given & Q(pk__in=VisitFact.objects.annotate(said=KeyTransform(question, "answers")).filter(said=mark).values("pk"))


def counted_up_to(cases: QuerySet[Case], kpi: Kpi) -> tuple[int, bool]:
    """How many cases a list holds, and whether it holds more than that: counting on would read the archive."""
    events = kpi.tally in EVENTS
    most = COUNTED["events" if events else "cases"]
    in_order = ("-received_at", "-pk") if events else ()  # along the index of the list itself, not through everything that happened
    found = cases.order_by(*in_order)[: most + 1].count()
    return min(found, most), found > most


def narrowed(cases: QuerySet[Case], dimension: str, value: str) -> QuerySet[Case]:
    """Only those with this value; ValueError for a dimension that there is not."""
    if not dimension:
        return cases
    if (
        dimension in ("against", "handler", "hour", "department")
        and value
        and not (value.isascii() and value.isdecimal() and len(value) < 19)
    ):
        raise ValueError(value)
    if dimension == "against":
        named = Complained.objects.filter(case=OuterRef("pk"), dropped_at__isnull=True, person=int(value))
        return cases.filter(Exists(named))
    if dimension == "department":
        return cases.filter(fact__department=int(value)) if value.strip("0") else cases.filter(fact__department__isnull=True)
    if dimension == "body":
        return cases.filter(Exists(Handover.objects.filter(case=OuterRef("pk"), body=value)))
    column = "handler_id" if dimension == "handler" else dimension
    if column not in NARROWS:
        raise ValueError(dimension)
    if column == "handler_id" and not value:
        return cases.filter(fact__handler__isnull=True)
    return cases.filter(**{f"fact__{column}": int(value) if column in ("hour", "handler_id") else value})


class _OfOneCase(Coverage):
    """The same, asked of one case, which says the company: facts are then found by the case and by nothing else."""

    def rows(self) -> Q:
        return self.places()


def _found(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side, cut: Q) -> QuerySet[Case]:
    """The cases of the facts. A page of them must not cost what a whole year costs: a few are known by their numbers, so that they are
    not looked for along all that was ever received; many come soon along it."""
    find = _FINDERS[kpi.tally]
    rows = find(kpi, cover, period, at, side).filter(cut).order_by()
    counted = Q() if rows.model is CaseFact else Q(case__fact__counted=True)
    if not rows[MANY:].exists():  # before they are joined with anything: so many rows of one index
        return Case.objects.filter(pk__in=set(rows.filter(counted).values_list("case_id", flat=True)))
    over = datetime.combine(period.last + DAY, time.min, ZoneInfo(cover.company.zone))
    earlier = Q() if rows.model is ClockFact else Q(received_at__lt=over)  # a limit may have passed before somebody wrote the case down
    if rows.model is CaseFact:
        return Case.objects.filter(earlier, pk__in=rows.values("case_id"))
    return Case.objects.filter(
        earlier, Exists(find(kpi, _OfOneCase(**vars(cover)), period, at, side).filter(cut, counted, case=OuterRef("pk")))
    )


def _chosen(rows: QuerySet[CaseFact], table: dict[str, Q], kpi: Kpi, side: Side) -> QuerySet[CaseFact]:
    above, below = _any(table, kpi.over), _any(table, kpi.under or kpi.over)
    return rows.filter({"above": above, "below": below, "rest": below & ~above}[side])


def _any(table: dict[str, Q], names: tuple[str, ...]) -> Q:
    found = table[names[0]]
    for name in names[1:]:
        found |= table[name]
    return found


def _of_case(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side) -> QuerySet[CaseFact]:
    rows = CaseFact.objects.filter(cover.rows(), counted=True, received_day__range=(period.first, period.last))
    of_case = OF_CASE | {"repeats": Q(complaint=True) & known(cover, "repeats")}
    return _chosen(rows, OF_JUDGED if kpi.tally in JUDGED else of_case, kpi, side)


def _of_closed(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side) -> QuerySet[CaseFact]:
    of_closed = {"closed": Q(), "first_time": solved_first_time(cover), "repeated": known(cover, "repeated")}
    return _chosen(CaseFact.objects.filter(closed_in(cover, period)), of_closed, kpi, side)


def _lasting(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side) -> QuerySet[CaseFact]:
    return CaseFact.objects.filter(closed_in(cover, period), **{f"{kpi.lasting}__isnull": False})


def fell_due(cover: Coverage, period: Period, at: datetime) -> QuerySet[ClockFact]:
    """The clocks that fell due in the period by now, of merged cases, too."""
    begins = datetime.combine(period.first, time.min, ZoneInfo(cover.company.zone))
    rows = ClockFact.objects.filter(cover.rows(), due_at__range=(begins, at), due_day__range=(period.first, period.last))
    return rows.exclude(state="paused")


def _of_clocks(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side) -> QuerySet[ClockFact]:
    rows = fell_due(cover, period, at)
    rows = rows.filter(duty=kpi.duty) if kpi.duty else rows
    good = Q(**{kpi.over[0]: True})
    return rows.filter(good) if side == "above" else rows.exclude(good) if side == "rest" else rows


def _of_visits(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side) -> QuerySet[ClockFact]:
    rows = fell_due(cover, period, at).filter(duty="visit", own=True)
    answered = Exists(VisitFact.objects.filter(case=OuterRef("case"), round=OuterRef("round"), last=True))
    above = ~answered if kpi.over == ("unrated",) else answered
    return rows.filter(above) if side == "above" else rows.filter(~above) if side == "rest" else rows


def _said(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side) -> QuerySet[VisitFact]:
    rows = _answers(kpi, cover, period, at, side)
    good = Q(outcome__in=kpi.over)
    return rows.filter(good) if side == "above" else rows.exclude(good) if side == "rest" else rows


def _answers(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side) -> QuerySet[VisitFact]:
    return VisitFact.objects.filter(cover.rows(), last=True, day__range=(period.first, period.last))


def _steps(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side) -> QuerySet[StepFact]:
    return StepFact.objects.filter(cover.rows(), left_day__range=(period.first, period.last))


def _money(kpi: Kpi, cover: Coverage, period: Period, at: datetime, side: Side) -> QuerySet[RemedyFact]:
    rows = RemedyFact.objects.filter(cover.rows(), day__range=(period.first, period.last))
    return rows.filter(what__in=kpi.over)


_FINDERS: dict[str, Callable[[Kpi, Coverage, Period, datetime, Side], QuerySet[Any]]] = {
    "case": _of_case, "more": _of_case, "closed": _of_closed, "hist": _lasting, "clock": _of_clocks, "visit": _of_visits, "said": _said,
    "money": _money, "step": _steps, "asked": _answers, **dict.fromkeys(JUDGED, _of_case),
}  # fmt: skip
