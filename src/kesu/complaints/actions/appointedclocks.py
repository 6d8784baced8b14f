"""A call at the time agreed, as a subject of obligations: owed from being agreed until somebody calls then, or another time is agreed."""

from __future__ import annotations

from datetime import datetime
from itertools import zip_longest

from django.db.models import QuerySet

from kesu.company.prepared import ask
from kesu.company.procedures import pack_of, round_the_clock
from kesu.complaints.models import Case, Visit, VisitTime
from kesu.procedure.due import due
from kesu.procedure.limits import parse_limit
from kesu.procedure.running import Subject

AGREED = "visit:agreed"  # the mark that says whether a time ever was


def appointments(case: Case) -> list[Subject]:
    """The times agreed in this round; no query where none ever was. A call within `follow_up.keep` of it keeps the time."""
    if AGREED not in case.whole_marks:
        return []
    times: list[VisitTime] = ask(_times, key=None, case=case.pk, of=case.round)
    calls: list[Visit] = ask(_calls, key=None, case=case.pk, of=case.round)
    return [_subject(case, row, after, calls) for row, after in zip_longest(times, times[1:])]


def _times(*, case: int, of: int) -> QuerySet[VisitTime]:
    return VisitTime.objects.filter(case=case, round=of)


def _calls(*, case: int, of: int) -> QuerySet[Visit]:
    return Visit.objects.filter(case=case, round=of)


def _subject(case: Case, row: VisitTime, after: VisitTime | None, calls: list[Visit]) -> Subject:
    marks = {AGREED: (row.at, row.at)}
    called = [call.at for call in calls if call.at >= row.agreed_for]
    followed_up = case.marks.get("visit", [])[:1]  # asked sooner, as they wished, or by the link
    if done := min([*called, *map(datetime.fromisoformat, followed_up)], default=None):
        marks["visit"] = (done, done)
    keep = due(parse_limit(pack_of(case.version_id).follow_up.keep), row.agreed_for, round_the_clock(case.site.company.zone))
    return Subject("appointment", row.pk, marks, ended=after.at if after else None, own_date=keep.at if keep else row.agreed_for)
