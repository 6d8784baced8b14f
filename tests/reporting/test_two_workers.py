"""Several workers at once: each report is drafted once, and rings once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints import racers
from tests.complaints.racers import race
from tests.complaints.story import on

from kesu.complaints import chain
from kesu.complaints.models import Notice
from kesu.reporting.models import Report, ReportEntry

pytestmark = pytest.mark.django_db(transaction=True)


def test_three_workers_make_one_draft(cast: Cast, at: datetime) -> None:
    cast.judged(cast.complaint(at=at), at=at)
    race([(racers.draft, (on("12-01", "06:00"),)) for _ in range(3)])
    assert Counter(Report.objects.filter(company=cast.company).values_list("site__code", flat=True)) == {"RY": 1, "TJ": 1}
    assert set(ReportEntry.objects.values_list("act", flat=True)) == {"drafted"}
    assert Notice.objects.filter(kind="report_drafted", person=cast.lin_xiao).count() == 1
    race([(racers.ring_reports, (on("12-20", "06:00"),)) for _ in range(3)])
    row = Report.objects.get(site=cast.site)
    said = Counter(row.journal.values_list("act", flat=True))
    assert said["warned"] == said["fell_late"] == 1 and said["climbed"] == 2 and chain.faults(row, row.journal.all()) == []
