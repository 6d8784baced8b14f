"""A rebuild while work goes on: stopped, acted upon, overtaken; and what pages of figures ask of an archive that has grown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.insights.test_figures_lived import NOW, lived

from kesu.company.models import Company, Person
from kesu.company.rights import rights_of
from kesu.complaints.actions import Intake, receive
from kesu.complaints.models import Case
from kesu.insights.actions import rebuilding
from kesu.insights.actions.counting import catch_up, count_due, waiting
from kesu.insights.actions.holding import LASTS, Held, hold
from kesu.insights.actions.marking import mark_anew
from kesu.insights.actions.rebuilding import differences, rebuild
from kesu.insights.actions.storing import stored
from kesu.insights.cells import Sheet
from kesu.insights.coverage import Coverage
from kesu.insights.figures import figures
from kesu.insights.measuring import measure
from kesu.insights.models import CaseFact, ClockFact, Keeping, RemedyFact, StepFact, Tally, VisitFact, Wall
from kesu.insights.periods import Period
from kesu.insights.tables.look import Look
from kesu.simulation import bulk, life
from kesu.web.figures.looking import VIEWS

__all__ = ["lived"]
pytestmark = pytest.mark.django_db


def _from_nothing(company: Company) -> None:
    for table in (CaseFact, StepFact, ClockFact, VisitFact, RemedyFact, Tally):
        table._default_manager.all().delete()


def _true_sums() -> bool:
    """Whether the roll-ups are the sums of the facts that stand there."""
    sheet = Sheet()
    for facts in stored(list(CaseFact.objects.values_list("case_id", flat=True))).values():
        sheet.take(facts)
    kept = {row[2:9]: list(row[9:]) for row in Tally.objects.values_list() if any(row[-8:])}
    return kept == {key: numbers for key, numbers in sheet.cells.items() if any(numbers)}


def test_a_rebuild_that_is_stopped_leaves_true_sums_and_the_worker_makes_good(lived: life.Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "PIECE", 7)
    before = {row[2:]: True for row in Tally.objects.values_list() if any(row[-8:])}
    _from_nothing(lived.company)

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(lived.company, NOW, stop)
    there = CaseFact.objects.count()
    assert 7 < there < Case.objects.count() and _true_sums()
    assert Keeping.objects.get().held_until is None
    while count_due(NOW):
        pass
    assert waiting(lived.company) is None and list(differences(lived.company, NOW)) == []
    assert {row[2:] for row in Tally.objects.values_list() if any(row[-8:])} == set(before)


def test_figures_can_be_read_all_the_while_and_an_act_meanwhile_is_not_lost(lived: life.Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The customer of a case that was counted already comes again about the same: both tell something else afterwards."""
    monkeypatch.setattr(rebuilding, "PIECE", 7)
    november, seen = Period.month(2026, 11), []
    first = Case.objects.filter(customer__isnull=False, outcome="", round=1).exclude(category="").earliest("pk")
    CaseFact.objects.filter(case__lt=first.pk + 5).update(valid=F("complaint"), n=0)  # some facts are wrong
    Tally.objects.filter(kind="closed").update(n0=F("n0") + 1)  # and so are some sums
    right = measure(lived.company, november, NOW, ["received"])[0].value

    def meanwhile(done: int, total: int) -> None:
        seen.append(measure(lived.company, november, NOW, ["received"])[0].value)
        if len(seen) == 4:
            receive(first.received_by, _again(first), NOW)
            assert catch_up(lived.company, NOW) == 0  # held: it waits
        with pytest.raises(Held):
            rebuild(lived.company, NOW)

    rebuild(lived.company, NOW, meanwhile)
    assert len(seen) > 4 and seen == sorted(seen) and set(seen) <= {right, right + 1}  # type: ignore[operator]
    assert waiting(lived.company) is None and list(differences(lived.company, NOW)) == [] and _true_sums()
    again = Case.objects.latest("pk")
    assert measure(lived.company, november, NOW, ["received"])[0].value == right + 1  # type: ignore[operator]
    assert CaseFact.objects.get(case=again).repeats is not None
    assert CaseFact.objects.get(case=CaseFact.objects.get(case=again).repeats).repeated == again.pk


def _again(case: Case) -> Intake:
    who = {"name": case.contact_name, "phone": case.contact_phone}
    return Intake(site_id=case.site_id, channel=case.channel, nature=case.nature, items=[("又来了", case.category)], **who)


def test_a_hold_whose_process_ended_is_taken_away_by_the_next(lived: life.Founded) -> None:
    with hold(lived.company, NOW) as held:
        mark_anew(lived.company.pk, list(Case.objects.values_list("pk", flat=True)[:3]), NOW)
        assert catch_up(lived.company, NOW + LASTS - timedelta(seconds=1)) == 0
        assert catch_up(lived.company, NOW + LASTS) == 3
        with pytest.raises(Held):
            held.prolong()


def test_figures_read_no_more_when_the_archive_grows(lived: life.Founded) -> None:
    """Ten times as many cases, four years ago: the pages ask as many questions, and SQLite takes hardly more steps to answer them."""
    before = _costs(lived.company)
    many = Case.objects.count() * 10
    assert bulk.build(many, NOW - timedelta(days=1500), open_cases=0) >= many
    rebuild(lived.company, NOW)
    after = _costs(lived.company)
    for page, (questions, steps) in before.items():
        assert after[page][0] == questions, page
        assert after[page][1] <= steps * 1.6 + 100, (page, steps, after[page][1])


def _costs(company: Company) -> dict[str, tuple[int, int]]:
    """Of each page: how many questions it asks, and how many steps of a hundred SQLite's machine takes for them (0 elsewhere)."""
    at, found = NOW, {}
    reader = next(rights for person in Person.objects.filter(company=company) if (rights := rights_of(person, at)).company_wide())
    look = Look(Coverage.of(company), Period.month(2026, 11), at, "zh-hans", people=True)
    pages: dict[str, Callable[[], object]] = {id: partial(view.make, look) for id, view in VIEWS.items()}
    wall = Wall.objects.get_or_create(company=company, token="t" * 43, defaults={"name": "门口", "by": reader.person, "at": at})[0]
    pages |= {"board": lambda: figures(reader, at), "wall": lambda: Client().get(reverse("wall", args=[wall.token]))}
    steps: list[int] = []
    for id, page in pages.items():
        page()
        steps.clear()
        if connection.vendor == "sqlite":
            connection.connection.set_progress_handler(lambda: steps.append(1), 100)
        with CaptureQueriesContext(connection) as queries:
            page()
        if connection.vendor == "sqlite":
            connection.connection.set_progress_handler(None, 0)
        found[id] = len(queries), len(steps)
    return found
