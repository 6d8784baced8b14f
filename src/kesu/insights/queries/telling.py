"""Reading what cases tell, many at a time: a dozen queries per piece, however many cases are in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kesu.company.models import Company, Site
from kesu.company.procedures import pack_of, time_of
from kesu.complaints.models import AgreedAction, Case, Clock, Complained, Extension, JournalEntry, Part, Payment
from kesu.insights.deriving import COUNTED_ACTS, OUTSIDE
from kesu.insights.models import CaseFact
from kesu.insights.queries.fetching import fetched
from kesu.insights.told import Card, Form, Limit, Said, Sum, Told
from kesu.procedure.limits import Within, parse_limit
from kesu.procedure.pack import Pack

WITH_DATA = ("visit", "survey", "fell_late", *OUTSIDE)  # of all other acts it counts that and when they happened
FORM = ("round", "department_id", "lead", "dispatched_at", "signed_at", "sent_back_at", "returned_at")
LIMIT = ("obligation", "round", "began_at", "first_due_at", "due_at", "state", "done_at", "paused_at", "extended_to")
EARLIER = timedelta(days=3650)
TOGETHER = 50  # so many ids are named one by one
SHARED = 5000  # cases; more than that are worth several processes
NOTHING: dict[str, Any] = {}


class Reader:
    """Reads cases of one company; keeps its sites and their hours."""

    def __init__(self, company: Company) -> None:
        self.company, self.zone = company, ZoneInfo(company.zone)
        self.sites = {site.pk: site for site in Site.objects.filter(company=company)}
        for site in self.sites.values():
            site.company = company
        self._hours: dict[int, Callable[[datetime, datetime], int]] = {}
        self._span: tuple[int, int] | None = None
        self.numbers: dict[int, str] = {}  # of the cases that were told last

    def told(self, ids: Sequence[int]) -> list[Told]:
        """What these cases tell, in the order of their ids."""
        self._span = _span(ids)
        cases = Case.objects.filter(self._these("pk", ids), company=self.company).order_by("pk")
        wanted = set(ids)
        found: dict[int, Told] = {}
        for row in fetched(cases.values_list(*Card._fields)):
            if row[0] in wanted:
                card = Card._make(row)
                found[card.pk] = Told(card, pack_of(card.version_id), self.zone, self._work(card.site_id))
        self.numbers = {pk: told.case.number for pk, told in found.items()}
        if not found:
            return []
        self._journals(found)
        self._forms(found)
        self._limits(found)
        self._money(found)
        self._against(found)
        self._repeats(found)
        return list(found.values())

    def _these(self, column: str, ids: Iterable[int]) -> Q:
        """Rows of these cases. Of cases that lie together the first and the last id are named: a thousand ids cost more than the rows."""
        if self._span is None:
            return Q(**{f"{column}__in": ids})
        return Q(**{f"{column}__gte": self._span[0], f"{column}__lte": self._span[1]})

    def _rows(self, question: QuerySet[Any, Any], found: dict[int, Told], *columns: str) -> Iterator[tuple[Any, ...]]:
        """Of a question about tables with a `case`: (case, *columns) of these cases alone."""
        for row in fetched(question.filter(self._these("case", found)).values_list("case_id", *columns)):
            if row[0] in found:
                yield row

    def _work(self, site: int) -> Callable[[datetime, datetime], int]:
        """Opening hours as they were entered when the reader was made: one timetable for each site, asked a million times."""
        if site not in self._hours:
            self._hours[site] = time_of(self.sites[site], "office").between
        return self._hours[site]

    def _journals(self, found: dict[int, Told]) -> None:
        rows = JournalEntry.objects.filter(act__in=sorted(COUNTED_ACTS)).order_by("case_id", "n")
        said = {(case, n): data for case, n, data in self._rows(rows.filter(act__in=WITH_DATA), found, "n", "data")}
        for case, n, act, at, number in self._rows(rows, found, "n", "act", "at", "round"):
            found[case].journal.append(Said(act, at, number, said.get((case, n), NOTHING)))

    def _forms(self, found: dict[int, Told]) -> None:
        for case, *row in self._rows(Part.objects.order_by("pk"), found, *FORM):
            found[case].forms.append(Form(*row))

    def _limits(self, found: dict[int, Told]) -> None:
        granted = Extension.objects.filter(state="granted").order_by("pk")
        approvers = {clock: person for _, clock, person in self._rows(granted, found, "clock_id", "decided_by_id")}
        rows = Clock.objects.order_by("case_id", "pk")
        for case, role, person, waits, pk, *row in self._rows(rows, found, "role", "person_id", "waits_for", "pk", *LIMIT):
            found[case].limits.append(Limit._make((pk, *row, approvers.get(pk), role, person, waits)))

    def _money(self, found: dict[int, Told]) -> None:
        actions = AgreedAction.objects.filter(cost__gt=0).order_by("pk")
        for case, kind, payer, fen, at, agreed in self._rows(actions, found, "remedy", "payer", "cost", "proposal__at", "agreed_at"):
            found[case].sums.append(Sum(kind, payer, "proposed", fen, at))
            if agreed:
                found[case].sums.append(Sum(kind, payer, "agreed", fen, agreed))
        columns = ("action__remedy", "action__payer", "amount", "at", "reverses_id")
        for case, kind, payer, fen, at, reverses in self._rows(Payment.objects.order_by("pk"), found, *columns):
            found[case].sums.append(Sum(kind, payer, "paid", -fen if reverses else fen, at))

    def _against(self, found: dict[int, Told]) -> None:
        rows = Complained.objects.filter(dropped_at__isnull=True, person__isnull=False).order_by("person_id")
        for case, person in dict.fromkeys(self._rows(rows, found, "person_id")):
            found[case].against.append(person)

    # The same customer about the same

    def _repeats(self, found: dict[int, Told]) -> None:
        same = Case.objects.filter(self._these("same_as", found), same_as__isnull=False).order_by("-received_at", "-pk")
        ties = dict(fetched(same.values_list("same_as", "pk")))
        by_customer, by_home = self._others(found.values())
        kept = {case: tuple(pair) for case, *pair in self._rows(CaseFact.objects.all(), found, "repeats", "repeated")}
        gone = self._erased({pk for pair in kept.values() for pk in pair if pk})
        for pk, told in found.items():
            case = told.case
            group = by_customer[case.customer_id] if case.customer_id else by_home[case.home_id] if case.home_id else []
            before, after = _neighbours(case, told.pack, group)
            was = kept.get(pk, (None, None))
            if case.erased_at:  # who it was is not known any more; that it came again is
                before, after = was
            told.repeats = case.same_as_id or before or _still(was[0], gone)
            told.repeated = ties.get(pk) or after or _still(was[1], gone)

    def _others(self, found: Iterable[Told]) -> tuple[dict[int, list[_Other]], dict[int, list[_Other]]]:
        customers = {told.case.customer_id for told in found if told.case.customer_id and told.case.category}
        homes = {told.case.home_id for told in found if told.case.home_id and not told.case.customer_id and told.case.category}
        by_customer: dict[int, list[_Other]] = defaultdict(list)
        by_home: dict[int, list[_Other]] = defaultdict(list)
        wanted = Q(customer__in=customers) | Q(customer__isnull=True, home__in=homes) if homes else Q(customer__in=customers)
        rows = Case.objects.filter(wanted).exclude(outcome="merged").exclude(category="").order_by("received_at", "pk")
        for customer, home, pk, category, at in fetched(rows.values_list("customer_id", "home_id", "pk", "category", "received_at")):
            (by_customer[customer] if customer else by_home[home or 0]).append((pk, category, at))
        return by_customer, by_home

    def _erased(self, ids: set[int]) -> set[int]:
        return set(Case.objects.filter(pk__in=ids, erased_at__isnull=False).values_list("pk", flat=True)) if ids else set()


_Other = tuple[int, str, datetime]  # id, category, when it was received


def _still(other: int | None, gone: set[int]) -> int | None:
    return other if other in gone else None


def _neighbours(case: Any, pack: Pack, group: list[_Other]) -> tuple[int | None, int | None]:
    """(the one before, the one after) of the same category within the pack's time; `group` in the order of receipt."""
    if not case.category or case.outcome == "merged":
        return None, None
    same = [row for row in group if row[1] == case.category]
    place = next((n for n, row in enumerate(same) if row[0] == case.pk), None)
    if place is None:
        return None, None
    longest = span_of(pack)
    before, after = same[place - 1] if place else None, same[place + 1] if place + 1 < len(same) else None
    return (
        before[0] if before and case.received_at - before[2] <= longest else None,
        after[0] if after and after[2] - case.received_at <= longest else None,
    )


def span_of(pack: Pack) -> timedelta:
    """Within how long a complaint about the same counts as repeated."""
    limit = parse_limit(pack.hands.repeats)
    return timedelta(seconds=limit.seconds) if isinstance(limit, Within) else EARLIER


def _span(ids: Sequence[int]) -> tuple[int, int] | None:
    """The first and the last id where most of those between are wanted."""
    if len(ids) < TOGETHER:
        return None
    first, last = min(ids), max(ids)
    return (first, last) if last - first < 2 * len(ids) else None


def worth_sharing(company: Company) -> bool:
    """Whether so many cases are there that starting more processes pays: a second and 60 MiB for each."""
    return bool(Case.objects.filter(company=company).order_by("pk")[SHARED : SHARED + 1])


def pieces(ids: Iterable[int], size: int) -> Iterator[list[int]]:
    """The ids in pieces."""
    piece: list[int] = []
    for pk in ids:
        piece.append(pk)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece
