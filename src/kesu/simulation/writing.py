"""The demonstration company writes to its customers: of the gravest complaints the result goes out as a letter, too."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kesu.complaints import actions
from kesu.complaints.queries.letters import facts
from kesu.papers import lettersheet
from kesu.papers.fonts import NoFont
from kesu.procedure.letterwords import filled, open_places, reviewer, words_of

if TYPE_CHECKING:
    from kesu.simulation.course import Course, Days

LANGUAGE = "zh-hans"


def result_letter(course: Course) -> Days:
    """Written by who may, passed by who must, sent within two hours. Nothing is drawn by lot, so that nobody else's life shifts by it.

    Only of the gravest, for a paper takes longer to set than a whole complaint takes to live.
    """
    case, pack, at = course.fresh(), course.staff.pack, course.open_case.told_at
    row = next((row for row in pack.letters if "report_back" in row.counts), None)
    if row is None or at is None or course.plan.until is not None or pack.one("grades", case.grade).weight != "grave":
        return
    title, text = (filled(words, facts(case, pack, at, LANGUAGE)) for words in words_of(row, LANGUAGE))
    role = reviewer(row, case.grade)
    if open_places(text) or not role:
        return
    reader = course.staff.who("pass_letter", course.plan.site, at, role=role).person
    writer = course.staff.who("send_letter", course.plan.site, at, but={reader.pk}).person
    at = yield at + timedelta(minutes=20)
    letter = actions.draft_letter(writer, case.pk, kind=row.id, title=title, text=text, at=at)
    seen: dict[str, Any] = {"letter_id": letter.pk, "revision": letter.revision}
    actions.submit_letter(writer, case.pk, **seen, at=at)
    at = yield at + timedelta(minutes=50)
    actions.pass_letter(reader, case.pk, **seen, at=at)
    at = yield at + timedelta(minutes=30)
    try:
        pdf = lettersheet.as_pdf(case, letter)
    except NoFont:
        return
    actions.send_letter(writer, case.pk, **seen, way="post", to=case.contact_name, words="挂号信，回执已收", pdf=pdf, at=at)
    course.fresh()
