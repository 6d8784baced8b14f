"""The demonstration's months: every KPI against an independent recount, parts add up, what is kept is what a rebuild gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from tests.insights.recount import recount
from tests.performance.recount import recount as recount_performance
from tests.remembered import forget_all

from kesu.company.models import Company, Department, Grant, Person, Site
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import changed, standing
from kesu.complaints.models import Case, JournalEntry
from kesu.complaints.queries.cases import visible_to
from kesu.insights import duties
from kesu.insights.actions.counting import catch_up, waiting
from kesu.insights.actions.rebuilding import differences, rebuild
from kesu.insights.actions.storing import add, stored
from kesu.insights.actions.storing import replace as replace_facts
from kesu.insights.cells import Sheet
from kesu.insights.coverage import Coverage
from kesu.insights.kpis import KPIS
from kesu.insights.listed import LISTED
from kesu.insights.measuring import measure
from kesu.insights.models import CaseFact, Tally
from kesu.insights.periods import Period
from kesu.insights.present import PRESENT, cases_now
from kesu.insights.queries.cases_of import SIDES, Side, cases_of
from kesu.insights.queries.since import later
from kesu.insights.queries.sums import open_at_end, sums
from kesu.insights.tables import steps
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell
from kesu.performance.comparing import OF, sheet
from kesu.performance.measures import MEASURES
from kesu.performance.queries.sight import leads
from kesu.reporting.actions.counting import count
from kesu.reporting.contents.composing import compose
from kesu.reporting.contents.corrections import headline, less
from kesu.simulation import life, reports
from kesu.web.figures.looking import VIEWS, may_see

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 14, 32, tzinfo=ZoneInfo("Asia/Shanghai"))
PERIODS = ["2026-10", "2026-11", "2026-Q4", "2026-11-05..2026-11-20", "2026-11-20", "2026-03", "2026-12"]


ELEVEN_DAYS, OVER = Period(date(2026, 10, 21), date(2026, 10, 31)), datetime(2026, 11, 1, tzinfo=NOW.tzinfo)
THEN: dict[str, Any] = {}  # what those days came to on the night in which they ended, and how many entries there were


def look_back(day: date) -> None:
    """On the night to 1 November."""
    if day == ELEVEN_DAYS.last:
        company = Company.objects.get()
        count(company, OVER)
        THEN["entries"] = JournalEntry.objects.latest("pk").pk
        THEN["figures"] = headline(Coverage.of(company), ELEVEN_DAYS, OVER)


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[life.Founded]:
    """One thin month, counted as the worker counts it; undone at the end of this module."""
    forget_all()  # the last module's pack has this one's number
    duties.forget()
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:  # type: ignore[attr-defined]
        patch.setattr(life, "A_MONTH", 40)
        patch.setattr(reports, "LIVED", timedelta())  # none is frozen yet
        founded = life.fill(seed=11, months=1, until=NOW, told_of=look_back)
        assert waiting(founded.company) is not None
        while catch_up(founded.company, NOW, 7):  # in pieces: neighbours are counted when the other is
            pass
        yield founded
        transaction.set_rollback(True)
        forget_all()
        duties.forget()


@pytest.mark.parametrize("text", PERIODS)
def test_every_kpi_is_what_an_independent_recount_gives(lived: life.Founded, text: str) -> None:
    period = Period.read(text)
    assert period is not None
    wanted = recount(list(Case.objects.filter(company=lived.company)), period.first, period.last, NOW)
    seen = {row.kpi.id: row for row in measure(lived.company, period, NOW)}
    assert set(seen) == set(KPIS)
    for id, value in wanted.items():
        row = seen[id]
        if isinstance(value, tuple):
            assert (row.numerator or 0, row.denominator or 0) == value, id
            assert (row.cannot is not None) == (value[1] == 0), id
        else:
            assert row.value == value, id


@pytest.mark.parametrize("text", PERIODS)
def test_the_cases_behind_a_figure_are_those_that_it_counts(lived: life.Founded, text: str) -> None:
    """Of case by case figures as many as the figure says; the parts of every figure add up."""
    period = Period.read(text)
    assert period is not None
    cover = Coverage.of(lived.company)
    by_clock = {id for id, kpi in KPIS.items() if kpi.tally in ("clock", "visit", "said", "money")}
    for row in measure(cover, period, NOW):
        above, below, rest = (cases_of(cover, row.kpi.id, period, NOW, side) for side in ("above", "below", "rest"))
        if row.kpi.kind == "rate" and row.kpi.id not in by_clock:
            assert (above.count(), below.count(), rest.count()) == (row.numerator, row.denominator, row.denominator - row.numerator), (
                row.kpi.id
            )
        assert set(above) | set(rest) == set(below), row.kpi.id


def test_the_same_cases_are_found_where_the_events_behind_a_figure_are_many(lived: life.Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked up by their events, or asked one by one whether they have such an event: no case more and none less."""
    november, cover = Period.month(2026, 11), Coverage.of(lived.company)

    def found() -> dict[tuple[str, Side], set[int]]:
        rows = ((id, side) for id, kpi in KPIS.items() if kpi.tally for side in SIDES)
        return {(id, side): set(cases_of(cover, id, november, NOW, side).values_list("pk", flat=True)) for id, side in rows}

    few = found()
    monkeypatch.setattr("kesu.insights.queries.cases_of.MANY", 0)  # all is many
    assert found() == few and sum(map(bool, few.values())) > 30


def test_what_is_done_later_does_not_correct_what_was_counted(lived: life.Founded) -> None:
    """Twenty days of closing, following up and coming again change the figures of the eleven days, and none of them as of then."""
    cover = Coverage.of(lived.company)

    def as_of_then() -> dict[str, Any]:
        found = later(cover, ELEVEN_DAYS, OVER, THEN["entries"])
        return {id: less(KPIS[id], now, found.of(KPIS[id])) for id, now in headline(cover, ELEVEN_DAYS, NOW).items()}

    now, then, was = headline(cover, ELEVEN_DAYS, NOW), as_of_then(), THEN["figures"]
    changed = {id for id, row in now.items() if row["above"] != was[id]["above"]}
    assert {"done_rate", "escalated"} <= changed
    for id, row in was.items():
        assert (then[id]["above"], then[id]["below"] or 0) == (row["above"] or 0, row["below"] or 0), (id, row, then[id], now[id])


def test_rules_of_the_same_name_say_which_cases_they_are_for(lived: life.Founded) -> None:
    for language, wanted in (("zh-hans", "告知受理（"), ("en", "Acknowledge (")):
        look = Look(Coverage.of(lived.company), Period.month(2026, 10), NOW, language)
        names = [str(row[0].value) for row in steps.duties(look, "rule").rows]
        assert len(names) == len(set(names)), names
        assert any(name.startswith(wanted) for name in names), "|".join(names)


def test_parts_add_up(lived: life.Founded) -> None:
    """Over sites, over departments and over every dimension the whole comes out again, and every day of a month makes the month."""
    whole, october = Coverage.of(lived.company), Period.month(2026, 10)
    for kind in ("case", "closed", "clock", "money", "said", "visit"):
        total = sums(whole, october, NOW, kind).get("", {})
        sites = [sums(whole.at(site.pk), october, NOW, kind).get("", {}) for site in Site.objects.filter(company=lived.company)]
        days = [sums(whole, Period(day, day), NOW, kind).get("", {}) for n in range(31) for day in [date(2026, 10, n + 1)]]
        values = list(sums(whole, october, NOW, kind, "category").values())
        for name, n in total.items():
            for parts in (sites, days, values):
                assert sum(part.get(name, 0) for part in parts) == n, (kind, name)
    opened = open_at_end(whole, [date(2026, 11, 20)])
    assert opened[date(2026, 11, 20)] == Case.objects.filter(company=lived.company, closed_at=None).count() > 0


def test_what_is_kept_is_what_a_rebuild_gives(lived: life.Founded) -> None:
    """Counted act by act or all at once: the same facts, the same sums. A sum that was touched, and a fact, are named."""
    assert list(differences(lived.company, NOW)) == []
    before = {row[1:]: True for row in Tally.objects.values_list().order_by("pk") if any(row[-8:])}
    assert rebuild(lived.company, NOW) == Case.objects.filter(company=lived.company).count()
    assert list(differences(lived.company, NOW)) == []
    assert {row[1:] for row in Tally.objects.values_list() if any(row[-8:])} == set(before)
    with transaction.atomic():
        touched = Tally.objects.filter(kind="case").first()
        assert touched is not None
        Tally.objects.filter(pk=touched.pk).update(n0=touched.n0 + 1)
        fact = CaseFact.objects.first()
        assert fact is not None
        CaseFact.objects.filter(pk=fact.pk).update(valid=not fact.valid)
        named = list(differences(lived.company, NOW))
        assert len(named) == 2 and f"{fact.case.number} case.valid" in named[0] and "case" in named[1]
        transaction.set_rollback(True)


def test_no_reader_is_told_a_total_that_betrays_hidden_cases(lived: life.Founded) -> None:
    """Whoever reads: each figure is over cases that person may see, and every one of them stands in the list."""
    periods = [Period.month(2026, 10), Period.month(2026, 11)]
    limited = 0
    for person in Random(3).sample(list(Person.objects.filter(company=lived.company).order_by("pk")), 12):
        rights, mine = rights_of(person, NOW), set(visible_to(person, NOW).values_list("pk", flat=True))
        limited += bool(mine) and not rights.company_wide()
        for period in periods:
            for id in ("received", "valid", "done_rate"):
                figure = measure(rights, period, NOW, [id])[0]
                behind = set(cases_of(rights, id, period, NOW, "below").values_list("pk", flat=True))
                assert behind <= mine
                assert len(behind) == (figure.denominator if figure.kpi.kind == "rate" else figure.numerator or 0) or figure.cannot
    assert limited > 2


# What is expected of people and departments comes from the whole company on purpose: never from fewer than the pack's `others` colleagues
# whom the reader does not see (tests/pure/test_performance_fair.py).
COMPARED = ("people", "departments")


def told_of(rights: Rights, period: Period) -> dict[str, Any]:
    """Every table that this reader may open, cell by cell: pages draw it, files write it."""
    look = Look(Coverage.of(rights), period, NOW, "zh-hans", rights.page("reports"))
    found: dict[str, Any] = {}
    for view in VIEWS.values():
        if may_see(rights, view) and view.id not in COMPARED:
            for table in [*view.make(look), *(view.sent(look) if view.sent else [])]:
                cells = [[replace(cell, behind=None) for cell in row] for row in table.rows]
                found[f"{view.id}/{table.id}"] = cells, table.notes, table.said
                for cell in (cell for row in table.rows for cell in row):
                    _leads_to_as_many(rights, cell)
    return found


def _leads_to_as_many(rights: Rights, cell: Cell) -> None:
    """A count leads to a list of so many cases, all of them the reader's."""
    behind = cell.behind or {}
    if "case" in behind:
        assert visible_to(rights.person, NOW).filter(number=behind["case"]).exists(), behind
    elif behind.get("kpi") in PRESENT:
        assert cases_now(rights, behind["kpi"], NOW).count() == cell.value, behind
    elif behind:
        kpi, side = KPIS.get(behind["kpi"]) or LISTED[behind["kpi"]], behind["side"]
        of_cases = side == "above" and isinstance(cell.value, int) and kpi.tally in ("case", "more", "closed")
        if of_cases or behind.get("by") in ("duty", "rule", "step", "answer", "remedy", "payer"):
            n = _said_by(cell, side)
            assert _listed(rights, behind) == n if of_cases else (n > 0) == (_listed(rights, behind) > 0), behind
            assert kpi.kind == "fen" or _listed(rights, behind) <= n, behind  # a case with several events is listed once


def _said_by(cell: Cell, side: str) -> int:
    """How many the cell speaks of: a share leads to those that make it less than whole, or to those that make it up."""
    assert isinstance(cell.value, int | float)
    share = cell.value if cell.of is None else cell.of * (1 - cell.value if side == "rest" else cell.value)
    return round(share)


def _listed(rights: Rights, behind: dict[str, str]) -> int:
    period, site, department = Period.read(behind["period"]), behind.get("site"), behind.get("department")
    assert period is not None
    place = (int(site) if site else None, int(department) if department else None)
    cut = (behind.get("by", ""), behind.get("value", ""))
    return cases_of(rights, behind["kpi"], period, NOW, behind["side"], *place, *cut).count()


def reports_of(rights: Rights, period: Period) -> dict[int, Any]:
    """What a report says of each place whose reports this reader may see."""
    places = [None] if rights.company_wide() else [site for site in rights.sites() if site.pk in rights.site_ids()]
    if not rights.page("reports"):
        return {}
    return {site.pk if site else 0: compose(rights.company, site, period, NOW, languages=("zh-hans",)).content for site in places}


def test_nothing_that_a_reader_is_told_depends_on_what_is_hidden(lived: life.Founded) -> None:
    """Readers with rights drawn at random: every table, file and report is to the last figure what it is when the cases that they cannot
    see had never been there."""
    company, chance, october = lived.company, Random(5), Period.month(2026, 10)
    sites, departments = list(Site.objects.filter(company=company)), list(Department.objects.filter(site__company=company, active=True))
    roles = [role.id for role in pack_of(standing(company).version_at(NOW)).roles if {"board", "reports"} & set(role.pages)]
    told, hidden_from = 0, 0
    for n in range(4):
        with transaction.atomic():
            person = Person.objects.create(company=company, login=f"reader{n}", name=f"读者{n}")
            for _ in range(chance.randint(1, 3)):
                department = chance.choice([None, chance.choice(departments)])
                site = department.site if department else chance.choice(sites)
                Grant.objects.get_or_create(person=person, role=chance.choice(roles), site=site, department=department)
            changed(company.pk)
            rights = rights_of(Person.objects.get(pk=person.pk), NOW)
            before, reports = told_of(rights, october), reports_of(rights, october)
            mine = set(visible_to(person, NOW).values_list("pk", flat=True))
            hidden = sorted(set(CaseFact.objects.filter(company=company).values_list("case", flat=True)) - mine)
            sheet = Sheet()
            for facts in stored(hidden).values():
                sheet.take(facts, -1)
            add(company.pk, sheet.cells)
            replace_facts(hidden, [])
            assert told_of(rights, october) == before and reports_of(rights, october) == reports
            told, hidden_from = told + len(before), hidden_from + bool(hidden and mine)
            transaction.set_rollback(True)
        changed(company.pk)
    assert told > 40 and hidden_from > 2


def test_departments_of_a_site_make_the_site(lived: life.Founded) -> None:
    october = Period.month(2026, 10)
    whole = Coverage.of(lived.company)
    for site in Site.objects.filter(company=lived.company):
        led = [sums(whole.at(site.pk, row.pk), october, NOW, "case").get("", {}) for row in Department.objects.filter(site=site)]
        unled = CaseFact.objects.filter(site=site, department=None, counted=True, received_day__range=(october.first, october.last)).count()
        assert sum(row.get("received", 0) for row in led) + unled == sums(whole.at(site.pk), october, NOW, "case").get("", {}).get(
            "received", 0
        )


@pytest.mark.parametrize("text", ["2026-10", "2026-Q4", "2026-11-05..2026-11-20"])
def test_performance_is_what_an_independent_recount_gives(lived: life.Founded, text: str) -> None:
    """Person by person, department by department; over everybody the expected is the observed; what a reader sees is a part of it."""
    period = Period.read(text)
    assert period is not None
    wanted = recount_performance(Case.objects.filter(company=lived.company), period.first, period.last, NOW)
    rules = pack_of(standing(lived.company).version_at(NOW)).performance
    assert rules is not None
    found = sheet(rules.model_copy(update={"others": 2}), Coverage.of(lived.company), None, period, NOW)
    seen = {
        (one, of, unit): (row.result.n, row.result.observed)
        for one in MEASURES
        for of in OF
        for unit, row in found.measure(of, one).items()
    }
    assert {key: pair for key, pair in seen.items() if key[0] != "pace"} == wanted
    assert len(wanted) > 40
    for of in OF:
        for one in MEASURES:
            rows = [row.result for row in found.measure(of, one).values()]
            assert sum(row.expected for row in rows) == pytest.approx(sum(row.observed for row in rows))
    roles = {grant.role: grant.person for grant in standing(lived.company).grants}  # somebody of each
    for person in roles.values():
        rights = rights_of(person, NOW)
        own = sheet(rules, Coverage.of(rights), rights, period, NOW)
        readable = set(visible_to(person, NOW).values_list("pk", flat=True))
        for of in OF:
            for row in own.rows(of):
                whole = of == "department" or leads(rights)
                assert whole or row.unit == person.pk
                for one, compared in row.measures.items():
                    cases = own.cases(of, one, row.unit, "below")
                    assert len(cases) == compared.result.n <= wanted.get((one, of, row.unit), (10**6, 0))[0]
                    assert set(cases) <= readable
