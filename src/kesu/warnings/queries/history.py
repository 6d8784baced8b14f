"""The history that a scan looks at, read from the cases themselves: what was received up to a day, whatever became of it since."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min

from kesu.company.models import Company
from kesu.company.procedures import pack_of
from kesu.company.standing import Standing, standing
from kesu.complaints.models import Case, Complained, Reference
from kesu.customers.masks import building
from kesu.insights.models import Exposure
from kesu.procedure.lintwatching import days as days_of
from kesu.procedure.pack import Pack
from kesu.procedure.watching import Watch
from kesu.warnings.scanning.clusters import TEXTS
from kesu.warnings.scanning.history import Event, Place
from kesu.warnings.scanning.rules import MONTH

COLUMNS = (
    *("id", "site_id", "received_at", "nature", "grade", "category", "cause", "channel", "customer_id", "contact_phone"),
    *("home__label", "place", "against", "version_id"),
)
TRAITS = ("category", "grade", "nature", "channel")
STAFF, OTHER = "p", "n"  # a person of the company by id, somebody else by name


@dataclass(frozen=True)
class History:
    """Sites with their complaints, as they stood at the end of a day (an ordinal)."""

    places: list[Place]
    as_of: int
    pack: Pack
    rules: Watch
    grave: int  # rank from which a complaint counts as grave: any but the lowest


def history(company: Company, as_of: date, until: datetime) -> History | None:
    """What was received up to that day and moment; None where the procedure of that day has no [warning]."""
    known = standing(company)
    pack = pack_of(known.version_on(as_of))
    if pack.warning is None:
        return None
    zone, rules = ZoneInfo(company.zone), pack.warning
    horizon = as_of - timedelta(days=days_of(rules.history) - 1)
    events = _events(company, horizon, min(until, _ends(as_of, zone)), zone, rules)
    return History(list(_places(company, known, events, horizon, as_of, zone)), as_of.toordinal(), pack, rules, _grave(pack))


def _ends(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone) - timedelta(seconds=1)


def _grave(pack: Pack) -> int:
    ranks = sorted({grade.rank for grade in pack.grades})
    return ranks[1] if len(ranks) > 1 else ranks[0] + 1


def _events(company: Company, horizon: date, until: datetime, zone: ZoneInfo, rules: Watch) -> dict[int, list[Event]]:
    """Complaints by site, in order of time. Merged ones count where they went; what is no complaint (praise, a question) does not."""
    since = datetime.combine(horizon, time.min, zone)
    rows = Case.objects.filter(company=company, received_at__gte=since, received_at__lte=until).exclude(outcome="merged")
    people, papers = _people(rows), _papers(rows) if "reference" in rules.alike else {}
    words = _words(rows, until, rules)
    found: dict[int, list[Event]] = defaultdict(list)
    traits: dict[tuple[str, ...], dict[str, str]] = {}  # few different ones: shared, so that a long history stays small
    for row in rows.order_by("received_at", "id").values_list(*COLUMNS).iterator(chunk_size=5000):
        case = dict(zip(COLUMNS, row, strict=True))
        pack = pack_of(case["version_id"])
        nature, grade = pack.find("natures", case["nature"]), pack.find("grades", case["grade"])
        if nature is not None and not nature.counts_as_complaint:
            continue
        own = tuple(case[key] for key in TRAITS)
        found[case["site_id"]].append(
            Event(
                id=case["id"],
                day=case["received_at"].astimezone(zone).toordinal(),
                site=case["site_id"],
                keys=tuple(_keys(case, people.get(case["id"], ()), papers.get(case["id"], ()))),
                rank=grade.rank if grade else 0,
                customer=_customer(case),
                words=words.get(case["id"], ""),
                traits=traits.setdefault(own, dict(zip(TRAITS, own, strict=True))),
            )
        )
    return found


def _customer(case: dict[str, Any]) -> str:
    if case["customer_id"]:
        return f"c{case['customer_id']}"
    return f"t{case['contact_phone']}" if case["contact_phone"] else f"?{case['id']}"


def _keys(case: dict[str, Any], people: Iterable[str], papers: Iterable[str]) -> Iterable[tuple[str, str]]:
    for kind in ("category", "cause"):
        if case[kind]:
            yield kind, case[kind]
    where = building(case["home__label"]) if case["home__label"] else case["place"].strip()
    if where:
        yield "place", where[:80]
    if case["customer_id"] or case["contact_phone"]:  # unknown callers are not the same customer
        yield "customer", _customer(case)
    named = list(people)
    yield from (("person", who) for who in named)
    if not named and case["against"].strip():
        yield "person", f"{OTHER}:{case['against'].strip()[:80]}"
    yield from (("reference", paper) for paper in papers)


def _people(rows: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for case, person, name in Complained.objects.filter(case__in=rows.values("pk"), dropped_at__isnull=True).values_list(
        "case_id", "person_id", "name"
    ):
        found[case].append(f"{STAFF}:{person}" if person else f"{OTHER}:{name}")
    return found


def _papers(rows: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for case, kind, number in Reference.objects.filter(case__in=rows.values("pk")).values_list("case_id", "kind", "number"):
        found[case].append(f"{kind}:{number}")
    return found


def _words(rows: Any, until: datetime, rules: Watch) -> dict[int, str]:
    """What the customers said, as far back as words are compared."""
    if "text" not in rules.alike:
        return {}
    recent = rows.filter(received_at__gte=until - timedelta(days=TEXTS)).values_list("id", "title", "raw")
    return {pk: (raw or title)[:600] for pk, title, raw in recent.iterator(chunk_size=5000)}


def _places(
    company: Company, known: Standing, events: dict[int, list[Event]], horizon: date, as_of: date, zone: ZoneInfo
) -> Iterable[Place]:
    """Every site that is open, from its first complaint on: which, having opened it, does not count itself."""
    opened = dict(Case.objects.filter(company=company).order_by().values_list("site_id").annotate(first=Min("received_at")))
    measured, born = exposure(company, pack_of(known.version_on(as_of)), horizon, as_of), born_late(known)
    for site in known.sites:
        first = opened[site].astimezone(zone).date() if site in opened else as_of
        since = (first + timedelta(days=1)).toordinal() if first > horizon else horizon.toordinal()
        yield Place(site, [event for event in events.get(site, []) if event.day >= since], since, measured.get(site), born)


def exposure(company: Company, pack: Pack, since: date, until: date) -> dict[int, dict[tuple[int, int], float]]:
    """Site → month → what complaints are set against there in a month of average length, by the company's usual measure; a site without
    entries is absent. Of a flow the month that is not over yet says nothing."""
    if not pack.figures.measures:
        return {}
    measure = pack.figures.measures[0]
    rows = Exposure.objects.filter(company=company, measure=measure.id, month__gte=since.replace(day=1), month__lte=until)
    found: dict[int, dict[tuple[int, int], float]] = defaultdict(dict)
    for site, month, n in rows.values_list("site_id", "month", "n"):
        days = monthrange(month.year, month.month)[1]
        if measure.kind == "stock":
            found[site][month.year, month.month] = float(n)
        elif (month.year, month.month) != (until.year, until.month) or until.day == days:
            found[site][month.year, month.month] = n / days * MONTH
    return dict(found)


def gone_since(known: Standing) -> dict[tuple[str, str], int]:
    """Matters and causes that the newest version does not know any more (renamed, split): since which day."""
    found: dict[tuple[str, str], int] = {}
    before: set[tuple[str, str]] = set()
    for effective, version in known.versions:
        pack = pack_of(version)
        now = {("category", row.id) for row in pack.categories} | {("cause", row.id) for row in pack.causes}
        found = {key: since for key, since in found.items() if key not in now} | {key: effective.toordinal() for key in before - now}
        before = now
    return found


def born_late(known: Standing) -> dict[tuple[str, str], int]:
    """Matters and causes that only a later version of the procedure knows (new, renamed, split): since which day."""
    found: dict[tuple[str, str], int] = {}
    before: set[tuple[str, str]] = set()
    for n, (effective, version) in enumerate(known.versions):
        pack = pack_of(version)
        now = {("category", row.id) for row in pack.categories} | {("cause", row.id) for row in pack.causes}
        if n:
            found |= {key: effective.toordinal() for key in now - before if key not in found}
        before |= now
    return found
