"""A report where a test of something else wants one: November of 榕砚里, as a draft."""

from __future__ import annotations

from datetime import datetime

from tests.cast import Cast

from kesu.company.standing import standing
from kesu.insights.periods import Period
from kesu.reporting.actions.drafting import Wanted, draft
from kesu.reporting.models import Report


def drafted(cast: Cast, at: datetime) -> Report:
    """Made once, whatever the day."""
    rule = cast.pack.reports[0]
    wanted = Wanted(rule, cast.site, Period.month(at.year, at.month), at)
    if not Report.objects.filter(company=cast.company, number=wanted.number).exists():
        draft(cast.company, wanted, standing(cast.company), at)
    return Report.objects.select_related("company", "site").get(company=cast.company, number=wanted.number)
