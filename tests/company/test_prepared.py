"""Questions kept ready: asked again with other values they answer as if put together anew, and rights that change count at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

from kesu.company import prepared
from kesu.company.models import Company, Grant
from kesu.company.prepared import ask
from kesu.company.rights import rights_of
from kesu.complaints.models import Case, Clock
from kesu.complaints.queries import cases, duties, inbox, work
from kesu.complaints.queries.work import Cursor, Filters
from kesu.insights.behind import Wanted, cases_behind
from kesu.insights.figures import figures


def _heard_since(since: datetime, name: str, site: int) -> QuerySet[Case]:
    running = Clock.objects.filter(case=OuterRef("pk"), began_at__gte=since)
    return Case.objects.filter(Exists(running), Q(contact_name=name) | Q(pk__in=()), site_id=site).select_related("home").order_by("id")


def test_other_values_other_rows(cast: Cast, at: datetime) -> None:
    first, second = cast.complaint(at=at, name="甲"), cast.complaint(at=at + timedelta(minutes=5), name="乙")
    site = first.site_id
    for since, name, wanted in (
        (at, "甲", [first]),
        (at, "乙", [second]),
        (second.heard_at + timedelta(seconds=1), "乙", []),
        (at, "甲", [first]),
    ):
        assert ask(_heard_since, key=None, since=since, name=name, site=site) == wanted
        with CaptureQueriesContext(connection) as one:
            ask(_heard_since, key=None, since=since, name=name, site=site)
        assert len(one) == 1


def test_rows_are_whole(cast: Cast, at: datetime) -> None:
    cast.complaint(at=at)
    anew = Case.objects.select_related("home").get()
    for _ in range(2):
        [kept] = ask(_heard_since, key=None, since=at - timedelta(1), name=anew.contact_name, site=anew.site_id)
        columns = [column.attname for column in Case._meta.concrete_fields]
        assert [getattr(kept, name) for name in columns] == [getattr(anew, name) for name in columns]
        assert kept.home == anew.home and not kept._state.adding


def test_a_question_that_can_have_no_answer(cast: Cast) -> None:
    def nobody(pk: int) -> QuerySet[Company]:
        return Company.objects.filter(Q(pk__in=()), pk=pk)

    assert ask(nobody, key=None, pk=1) == ask(nobody, key=None, pk=1) == []


def test_no_more_are_kept_than_fit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST", 3)
    for n in range(9):
        assert ask(_named, key=n, pk=cast.company.pk) == [cast.company]
        assert ask(_named, key=0, pk=cast.company.pk) == [cast.company]
    assert len(prepared._kept) == 3 and (_named, 0) in prepared._kept


def _named(pk: int) -> QuerySet[Company]:
    return Company.objects.filter(pk=pk)


def test_pages_answer_the_same_kept_or_new(cast: Cast, at: datetime) -> None:
    """Everybody's pages at moments between which limits warn and fall late, with the questions kept and with them forgotten."""
    for n in range(6):
        case = cast.complaint(at=at + timedelta(minutes=n))
        if n % 2:
            cast.judged(case, at=at + timedelta(minutes=n))

    def shown(moment: datetime) -> list[Any]:
        found: list[Any] = []
        for person in (cast.lin_xiao, cast.fang_jing, cast.he_wei, cast.shen_yue, cast.zhou_hai, cast.bai_shi):
            rights, counted = rights_of(person, moment), work.counts(person, moment)
            found.append((counted.stamp, sorted(map(str, counted.sums)), work.stamp(person, moment)))
            found += [work.owed(person, moment, Filters("", only)) for only in ("", *work.ONLY)]
            found.append(work.owed(person, moment, after=Cursor(0, moment, 3)))
            found += [
                work.waiting(person, moment),
                duties.owed_duties(person, moment),
                inbox.unread(person, moment),
                inbox.unread_count(person),
            ]
            found.append(repr(figures(rights, moment)))
            found += [cases_behind(rights, moment, Wanted(late=late)) for late in ("", "late", "near")]
        return found

    moments = [at + timedelta(minutes=m) for m in (0, 7, 11, 65, 1500)]
    kept = [shown(moment) for moment in moments]
    for moment, before in zip(moments, kept, strict=True):
        prepared.forget()
        assert shown(moment) == before
    assert kept[0] != kept[2]


def test_a_role_taken_away_shows_nothing_from_then_on(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    person = cast.he_wei
    assert cases.get(person, case.number, at) == case
    Grant.objects.filter(person=person).first().delete()  # type: ignore[union-attr]
    person.refresh_from_db()
    with pytest.raises(Case.DoesNotExist):
        cases.get(person, case.number, at)
    assert not work.counts(person, at).sums
