"""Several real processes scan the same day at once, on whichever database the tests run: each warning once, each task once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from tests.cast import Cast
from tests.complaints.racers import race
from tests.warnings import racers
from tests.warnings.histories import burst, filed, life

from kesu.complaints import chain
from kesu.complaints.models import Notice
from kesu.warnings.daily import LEASE
from kesu.warnings.models import Scan, Warning

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def sound(cast: Cast) -> list[Warning]:
    """The warnings: numbered without gaps, their cases and their chains whole."""
    rows = list(Warning.objects.order_by("n"))
    assert [row.n for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert row.cases.count() == row.observed and chain.faults(row, row.journal.all()) == []
    return rows


def test_a_day_is_scanned_once_however_many_scan_it(cast: Cast, at: datetime) -> None:
    life(cast, at)
    burst(cast, at)
    burst(cast, at, 6, category="", against="马强")
    assert sum(race([(racers.scan, (at,)) for _ in range(4)])) == 2  # ours and the stranger's, by whomever
    first = sound(cast)
    assert len(first) > 1 and all([entry.act for entry in row.journal.all()] == ["raised"] for row in first)
    assert Counter(Notice.objects.filter(kind="warning").values_list("person__name", flat=True)) == {"何伟": len(first)}
    told = Scan.objects.get(company=cast.company)
    assert told.done_at == at

    # One who began yesterday's claim anew, two whose claims ran out long ago: the same day comes to its end three times.
    filed(cast, [at + timedelta(hours=8)], category="lift")
    next_day = at + DAY
    Scan.objects.create(company=cast.company, day=next_day.date(), claimed_until=next_day)
    late = [(racers.end_late, (cast.company.pk, next_day))] * 2
    takes = [(racers.take, (cast.he_wei.pk, first[0].pk, next_day))] * 2
    answers = race([(racers.scan, (next_day,)), *late, *takes, (racers.scan, (next_day,))])
    assert Counter(answer if isinstance(answer, str) else answer[1] for answer in answers if not isinstance(answer, int)) == {
        "took it": 1,
        "taken": 1,
    }
    assert answers[0] + answers[-1] == 2 and answers[1:3] == [0, 0]  # nothing new, only one that grew
    again = sound(cast)
    assert [row.subject for row in again] == [row.subject for row in first]
    grown = next(row for row in again if row.value == "lift")
    assert sum(entry.act == "grew" for entry in grown.journal.all()) == 1
    assert Notice.objects.filter(kind="warning").count() == len(first)
    days = Scan.objects.filter(company=cast.company).order_by("day")
    assert [row.done_at for row in days] == [at, next_day]
    assert days[1].a_year == told.a_year and days[1].looked.keys() == told.looked.keys()  # chance was given its share once a day
    assert sum(race([(racers.scan, (next_day + LEASE + timedelta(hours=n),)) for n in range(2)])) == 0
