"""A complaint that came again elsewhere: the company is told, whoever may not see the other case is not, in figures, lists and reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.cast import Cast
from tests.complaints.story import days, minutes, walk
from tests.insights.test_figures_story import LATER, counted

from kesu.company.models import Grant, Person
from kesu.company.rights import rights_of
from kesu.company.standing import changed
from kesu.complaints.models import Case, JournalEntry
from kesu.insights import duties
from kesu.insights.coverage import Coverage
from kesu.insights.kpis import KPIS
from kesu.insights.measuring import measure
from kesu.insights.periods import Period
from kesu.insights.queries.cases_of import cases_of
from kesu.insights.queries.since import later
from kesu.insights.tables import breakdown, outside
from kesu.insights.tables.look import Look
from kesu.reporting.contents.composing import compose

pytestmark = pytest.mark.django_db
NOVEMBER = Period.month(2026, 11)
TIED = ("repeats", "repeated", "first_time")


@pytest.fixture(autouse=True)
def new_versions() -> None:
    duties.forget()


@pytest.fixture
def pair(cast: Cast, at: datetime) -> tuple[Case, Case]:
    """Settled at 榕砚里, accepted at the follow-up; the same customer complains of the same again at 听橘苑."""
    first = cast.judged(cast.complaint(at=at), at=at)
    walk(cast, first, "done", at + minutes(3))
    second = cast.complaint(by=cast.wu_tong, at=at + days(6), site_id=cast.other_site.pk, home="1栋1单元101")
    counted(cast)
    return first, second


def told(person: Person) -> dict[str, int]:
    """Figure → how many; each leads to a list of so many."""
    rights = rights_of(person, LATER)
    found = {row.kpi.id: row.numerator or 0 for row in measure(rights, NOVEMBER, LATER, TIED)}
    assert {id: cases_of(rights, id, NOVEMBER, LATER).count() for id in TIED} == found
    return found


def test_a_tie_to_what_one_may_not_see_is_none(cast: Cast, pair: tuple[Case, Case]) -> None:
    director = cast.employ("tingju", "秦主任", "site_director", site="TJ")
    assert told(cast.luo_qing) == {"repeats": 1, "repeated": 1, "first_time": 0}
    assert told(cast.he_wei) == told(cast.zhou_hai) == {"repeats": 0, "repeated": 0, "first_time": 1}
    assert told(director) == {"repeats": 0, "repeated": 0, "first_time": 0}
    Grant.objects.create(person=director, role="site_director", site=cast.site)
    changed(cast.company.pk)
    assert told(Person.objects.get(pk=director.pk)) == {"repeats": 1, "repeated": 1, "first_time": 0}


def test_tables_cut_by_anything_say_the_same(cast: Cast, pair: tuple[Case, Case]) -> None:
    director = cast.employ("tingju", "秦主任", "site_director", site="TJ")
    for person, again, first in ((cast.luo_qing, 1, 0.0), (cast.he_wei, 0, 1.0), (director, 0, None)):
        look = Look(Coverage.of(rights_of(person, LATER)), NOVEMBER, LATER, "zh-hans", True)
        for dimension in breakdown.DIMENSIONS:
            table = breakdown.tables(look, dimension)[-1]
            names = [column.name for column in table.columns]
            rows = [dict(zip(names, (cell.value for cell in row), strict=True)) for row in table.rows]
            assert sum(row["重复来的"] for row in rows) == (0 if dimension == "against" else again), (person, dimension)
            shares = {row["一次解决"] for row in rows} - {None}
            assert shares <= {first}, (person, dimension)
        causes, customers = (next(row for row in outside.tables(look) if row.id == id) for id in ("repeat-causes", "repeat-customers"))
        assert len(causes.rows) == again and [[cell.value for cell in row[1:]] for row in customers.rows] == [[2, 1]] * again


def test_what_comes_again_elsewhere_corrects_no_report_of_the_site(cast: Cast, pair: tuple[Case, Case], at: datetime) -> None:
    """Neither the report of the site nor its corrections know of it; those of the company do."""

    def row(site: Any) -> list[str]:
        content = compose(cast.company, site, NOVEMBER, LATER, languages=("zh-hans",)).content["zh-hans"]
        table = next(table for part in content["parts"] for table in part["tables"] if table["id"] == "compared")
        return [next(cells[1]["words"] for cells in table["rows"] if cells[0]["words"] == name) for name in ("重复投诉率", "一次解决率")]

    assert row(cast.site) == ["0.0%", "100.0%"] and row(None) == ["100.0%", "0.0%"]
    entries = JournalEntry.objects.filter(case=pair[1]).order_by("pk").values_list("pk", flat=True)[0] - 1
    for site, wanted in ((cast.site.pk, [(0, 0), (0, 0)]), (None, [(-1, 0), (1, 0)])):
        done = later(Coverage.of_place(cast.company, site), NOVEMBER, at + days(5), entries)
        assert [done.of(KPIS[id]) for id in ("repeated", "first_time")] == wanted, site
