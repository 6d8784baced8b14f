"""My work: everything a person owes, what falls due first first; what others owe on the cases they lead or received.

A person owes a clock that names them, or one of a role they hold for its site (and department): the same rule as
`queries.next_step.Situation.owes`. A clock that waits for the customer is nobody's work until it is late.
Costs the same however many cases there are: only running and paused clocks are read, along the partial indexes of Clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, CharField, Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models import Case as Choose
from django.db.models.lookups import Exact

from kesu.company.models import Person
from kesu.company.prepared import ask, key_of
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.complaints.models import Case, Clock, Complained
from kesu.complaints.queries.cases import scope
from kesu.complaints.queries.duties import owed_duties
from kesu.complaints.queries.inbox import unread_count
from kesu.complaints.queries.live import Live, Plainly
from kesu.complaints.queries.veil import covered
from kesu.procedure.acts import ACTS, MAIN_ACT, STEPS
from kesu.procedure.instants import day_of, epoch, local, midnight_after
from kesu.procedure.pack import Obligation, Pack

PAGE = 50
OTHERS = 6  # rows of what others owe …
AHEAD = timedelta(days=7)  # … that falls due so soon
LATE, TODAY, LATER = "late", "today", "later"
BUCKETS = (LATE, TODAY, LATER)
ONLY = ("grave", "nobody", "mine")  # the filters beside the steps
ROUTINE = "routine"  # the group of duties that belong to no case


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to: `step` a group of `group_of` or "routine"; `only` one of ONLY; "" is everything."""

    step: str = ""
    only: str = ""

    def __bool__(self) -> bool:
        return bool(self.step or self.only)


@dataclass(frozen=True)
class Tally:
    """How many clocks share these traits; `first` is when the first of them falls due."""

    group: str
    bucket: str
    grave: bool
    whose: str  # mine, nobody, other
    n: int
    first: datetime

    def fits(self, filters: Filters) -> bool:
        """Whether these clocks pass the filters."""
        chosen = {"": True, "grave": self.grave, "nobody": self.whose == "nobody", "mine": self.whose == "mine"}
        return filters.step in ("", self.group) and chosen[filters.only]


@dataclass
class Counts:
    """Every clock owed, counted by its traits, and a stamp that changes when the page would."""

    sums: list[Tally] = field(default_factory=list)
    stamp: str = ""

    def of(self, filters: Filters = Filters(), bucket: str = "") -> int:  # noqa: B008 – frozen
        """How many pass the filters (and fall into the bucket)."""
        return sum(row.n for row in self.sums if row.fits(filters) and bucket in ("", row.bucket))

    def first(self, filters: Filters, bucket: str) -> datetime | None:
        """When the first of a bucket falls due."""
        return min((row.first for row in self.sums if row.fits(filters) and row.bucket == bucket), default=None)

    def groups(self) -> list[str]:
        """The groups in which something is owed, in the order of the story."""
        order = ["contact", "present", *STEPS]
        found = {row.group for row in self.sums}
        return sorted(found, key=lambda group: order.index(group) if group in order else len(order))


# Who owes what


def owed_by(rights: Rights, at: datetime) -> QuerySet[Clock]:
    """The clocks this person answers for now, on cases that they may see."""
    rows = Clock.objects.filter(_mine(rights), seen(rights)).exclude(~Q(waits_for="") & Q(due_at__gt=at))
    about_me = Complained.objects.filter(person=rights.person, dropped_at__isnull=True, case=OuterRef("case_id"))
    if asked := _asked_of_people(packs_of(rights.person)):  # those stand on the page by themselves (queries.asked)
        rows = rows.exclude(obligation__in=asked, person=rights.person, department__isnull=True)
    return rows.filter(~Exists(about_me))  # nobody is offered the complaint about himself


def _asked_of_people(packs: list[Pack]) -> list[str]:
    return sorted({row.id for pack in packs for row in pack.owed() if row.per == "inquiry"})


def seen(rights: Rights) -> Q:
    """The clocks of cases that these rights show: the rule of `cases.scope`, asked of a clock, the cheap half of it first."""
    if rights.company_wide():
        return Q(Exact(Plainly("company_id"), rights.person.company_id))
    return Q(site_id__in=rights.site_ids()) | Q(Exists(Case.objects.filter(scope(rights), pk=OuterRef("case_id"))))


def _mine(rights: Rights) -> Q:
    """By name or by role. Each branch repeats the condition of the partial indexes, so that each can use one."""
    mine = Q(Live(), person=rights.person)
    for grant in rights.grants:
        role = rights.pack.find("roles", grant.role)
        if role is None or role.sees == "own":
            continue
        here = Q(Live(), company_id=rights.person.company_id, role=grant.role)
        if grant.site_id is not None:
            here &= Q(Exact(Plainly("site_id"), grant.site_id))
        if grant.department_id is not None:
            here &= Q(department_id=grant.department_id)
        mine |= here & (Q(person__isnull=True) | Q(department__isnull=False))
    return mine


def day_ends(zone: str, at: datetime) -> datetime:
    """24:00 of the company's day."""
    place = ZoneInfo(zone)
    return local(midnight_after(place, day_of(epoch(at), place)), place)


# Groups of duties


def group_of(obligation: Obligation) -> str:
    """What kind of work it is: the step that its act serves, or the act itself (contact, present, an answer to a request)."""
    act = ACTS.get(obligation.act or next(iter(obligation.until), "").partition(":")[0])
    if act is None:
        return ""
    main = next((step for step, acts in MAIN_ACT.items() if act.name in acts), None)
    return act.completes or main or (act.steps[0] if len(act.steps) == 1 else act.name)


def packs_of(person: Person) -> list[Pack]:
    """Every version of the company's procedure, the newest first: cases of older versions are still open."""
    return [pack_of(pk) for _, pk in reversed(standing(person.company).versions)]


def obligations_of(packs: list[Pack], group: str) -> list[str]:
    """The ids of the obligations of a group, whichever version they stand in."""
    return sorted({row.id for pack in packs for row in pack.owed() if group_of(row) == group})


def grave_grades(packs: list[Pack]) -> list[str]:
    """The ids of the gravest grades."""
    return sorted({grade.id for pack in packs for grade in pack.grades if grade.weight == "grave"})


def _groups(packs: list[Pack]) -> dict[str, str]:
    return {row.id: group_of(row) for pack in reversed(packs) for row in pack.owed()}


# Counting


def counts(person: Person, at: datetime) -> Counts:
    """Everything owed, counted. One query, two more for the stamp."""
    rights, packs = rights_of(person, at), packs_of(person)
    groups, found = _groups(packs), Counts()
    seen: list[tuple[int, ...]] = []
    for row in ask(_counted, rights, packs, key=key_of(rights), at=at, ends=day_ends(person.company.zone, at)):
        sums = Tally(groups.get(row["obligation"], ""), row["bucket"], row["grave"], row["whose"], row["n"], row["first"])
        found.sums.append(sums)
        seen.append((row["n"], row["ids"], row["acts"], row["n"] * BUCKETS.index(row["bucket"])))
    found.stamp = _stamp([sum(column) for column in zip(*seen, strict=True)] or [0, 0, 0, 0], person, at)
    return found


def _counted(rights: Rights, packs: list[Pack], at: datetime, ends: datetime) -> QuerySet[Any]:
    rows: Any = _traits(owed_by(rights, at), rights.person, at, ends, packs)
    return rows.values("obligation", "bucket", "grave", "whose").annotate(**STAMPED, first=Min("due_at")).order_by()


STAMPED: dict[str, Any] = {"n": Count("id"), "ids": Sum("id"), "acts": Sum("case__journal_n")}


def stamp(person: Person, at: datetime) -> str:
    """What `counts(...).stamp` is now: whether anything on the page has changed. Three cheap queries, whatever is owed."""
    ends = day_ends(person.company.zone, at)
    rows: Any = _traits(owed_by(rights_of(person, at), at), person, at, ends, packs_of(person))
    places = [When(Q(("bucket", bucket)), then=Value(n)) for n, bucket in enumerate(BUCKETS)]
    place = Choose(*places, output_field=IntegerField())
    row = rows.aggregate(**STAMPED, places=Sum(place))
    return _stamp([row["n"], row["ids"] or 0, row["acts"] or 0, row["places"] or 0], person, at)


def _stamp(numbers: list[int], person: Person, at: datetime) -> str:
    duties = [duty.pk for duty in owed_duties(person, at)]
    ends = epoch(day_ends(person.company.zone, at))
    whole = [*numbers, len(duties), sum(duties), unread_count(person), person.company.changes, ends]
    return sha256(repr(whole).encode()).hexdigest()[:16]


def _traits(rows: QuerySet[Clock], person: Person, at: datetime, ends: datetime, packs: list[Pack]) -> QuerySet[Clock]:
    bucket = Choose(
        When(state="paused", then=Value(LATER)),
        When(due_at__lte=at, then=Value(LATE)),
        When(due_at__lte=ends, then=Value(TODAY)),
        default=Value(LATER),
        output_field=CharField(),
    )
    whose = Choose(
        When(person=person, then=Value("mine")),
        When(person__isnull=True, then=Value("nobody")),
        default=Value("other"),
        output_field=CharField(),
    )
    grave = Choose(When(case__grade__in=grave_grades(packs), then=Value(True)), default=Value(False), output_field=BooleanField())
    return rows.annotate(bucket=bucket, whose=whose, grave=grave)


# The rows


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: paused ones come after running ones, then by due time."""

    paused: int
    due: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.paused}.{int(self.due.timestamp() * 1_000_000)}.{self.id}"

    @classmethod
    def of(cls, clock: Clock) -> Cursor:
        """The cursor after this clock."""
        return cls(int(clock.state == "paused"), clock.due_at, clock.pk)

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """None for anything that no page has given out."""
        parts = text.split(".")
        if len(parts) != 3 or not all(part.isdecimal() and len(part) < 19 for part in parts):
            return None
        try:
            due = datetime.fromtimestamp(int(parts[1]) // 1_000_000, ZoneInfo("UTC")).replace(microsecond=int(parts[1]) % 1_000_000)
        except (ValueError, OverflowError, OSError):
            return None
        return cls(int(parts[0]), due, int(parts[2]))


SHOWN = (  # what a row shows of its case
    *("id", "number", "title", "grade", "facts", "step", "nature", "round", "outcome"),
    *("version_id", "site_id", "department_id", "contact_name", "contact_phone", "contact_tail", "confidential", "place", "home__label"),
)
OWED = (*(column.name for column in Clock._meta.concrete_fields), *(f"case__{name}" for name in SHOWN))


def owed(person: Person, at: datetime, filters: Filters = Filters(), after: Cursor | None = None) -> tuple[list[Clock], Cursor | None]:  # noqa: B008
    """A page of the clocks owed, with case and home, and the cursor of the next page (None: that was all). One query."""
    rights = rights_of(person, at)
    place: dict[str, Any] = {"paused": after.paused, "due": after.due, "last": after.id} if after else {}
    found: list[Clock] = ask(_page, rights, filters, packs_of(person), key=(key_of(rights), filters, bool(after)), at=at, **place)
    covered([clock.case for clock in found[:PAGE]], rights)
    return found[:PAGE], Cursor.of(found[PAGE - 1]) if len(found) > PAGE else None


def _page(rights: Rights, filters: Filters, packs: list[Pack], at: datetime, **after: Any) -> QuerySet[Clock]:
    rows = _narrowed(owed_by(rights, at), rights.person, filters, packs)
    rows = rows.annotate(rank=Choose(When(state="paused", then=Value(1)), default=Value(0), output_field=IntegerField()))
    if after:
        same = Q(rank=after["paused"])
        further = same & Q(due_at__gt=after["due"]) | same & Q(due_at=after["due"], pk__gt=after["last"])
        rows = rows.filter(Q(rank__gt=after["paused"]) | further)
    rows = rows.select_related("case__home").order_by("rank", "due_at", "id")
    return rows.only(*OWED)[: PAGE + 1]


def _narrowed(rows: QuerySet[Clock], person: Person, filters: Filters, packs: list[Pack]) -> QuerySet[Clock]:
    if filters.step:
        rows = rows.filter(obligation__in=obligations_of(packs, filters.step))
    narrow = {
        "grave": Q(case__grade__in=grave_grades(packs)),
        "nobody": Q(person__isnull=True),
        "mine": Q(person=person),
    }
    return rows.filter(narrow[filters.only]) if filters.only else rows


def waiting(person: Person, at: datetime) -> list[Clock]:
    """What others (or the customer) owe on open cases that this person leads or received; what falls due first first, a few."""
    rights = rights_of(person, at)
    found: list[Clock] = ask(_others, rights, key=key_of(rights), until=at + AHEAD)
    covered([clock.case for clock in found], rights)
    return found


def _others(rights: Rights, until: datetime) -> QuerySet[Clock]:
    person, open_ = rights.person, {"closed_at__isnull": True}  # in both branches: each has its own index of open cases
    cases = Case.objects.filter(Q(handler=person, **open_) | Q(received_by=person, **open_))
    rows = Clock.objects.filter(seen(rights), ~Q(person=person), case__in=cases.values("pk"), state="running", due_at__lte=until)
    rows = rows.exclude(_mine(rights) & Q(waits_for="")).exclude(waits_for="date")
    return rows.select_related("case__home").order_by("due_at", "id").only(*OWED)[:OTHERS]
