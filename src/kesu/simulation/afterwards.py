"""After handling: the customer is told, asked, the case closed, sometimes opened again; each month the archive."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from kesu.company.prepared import ask
from kesu.complaints import actions
from kesu.complaints.actions.steps import closing_needs
from kesu.complaints.models import Case, Clock, Pause
from kesu.procedure.refused import Refused
from kesu.procedure.survey import Survey, inside, untried
from kesu.simulation import improving, lookingback, writing

if TYPE_CHECKING:
    from kesu.simulation.course import Course, Days
    from kesu.simulation.staff import Staff

HOUR_TO_CALL = 10  # a follow-up that would fall into rest hours waits for the next morning or afternoon


def _last(case: Case) -> datetime:
    return max(datetime.fromisoformat(pair[1]) for pair in case.marks.values())


def report(course: Course) -> Days:
    """Reception tells the customer the result, mostly the same evening."""
    case = course.fresh()
    who = course.staff.who("report_back", course.plan.site, _last(case))
    at = yield _later(course, course.soon(_last(case), 75))
    who = course.staff.who("report_back", course.plan.site, at)
    channel = course.staff.pack.one("channels", case.channel).answer_by[0]
    lookingback.name_praised(course, at)
    words = course.said("told" if course.plan.matter.acts else "praised")
    answer = course.said("thanks")
    course.case = actions.report_back(who.person, case.pk, channel=channel, spoke_to="", words=words, answer=answer, at=at)
    course.beside.append(writing.result_letter(course))
    if course.plan.does("rated"):
        at = yield course.soon(at, 300)
        choice = course.rng.choices([0, 1, 2], weights=[6, 3, 1])[0]
        answers = {row.id: min(2, choice + (course.rng.random() < 0.25)) for row in course.staff.pack.ratings}
        actions.rate(case.pk, answers=answers, words="", at=at)
        course.fresh()


def _later(course: Course, at: datetime) -> datetime:
    """Not in the night: people are told when they are up."""
    until, local = course.plan.until, at.astimezone(course.staff.zone)
    if until is not None:
        return min(at, max(until, _last(course.open_case) + timedelta(seconds=30)))
    return at if 8 <= local.hour < 21 else (at + timedelta(hours=11)).replace(minute=course.rng.randrange(60))


def visit(course: Course) -> Days:
    """Somebody who did not handle it rings up: content, not content, not reached."""
    case, plan, staff = course.fresh(), course.plan, course.staff
    at, rule = _last(case), staff.pack.follow_up
    never = plan.does("never_reached") and plan.does("not_reached")
    tried: list[datetime] = []
    for attempt in range(1, rule.attempts + 1):
        who = staff.who("visit", plan.site, at)
        at = yield _call_time(course, staff.after(course.rng, who, at + timedelta(hours=6), 420, spread=0.8), tried)
        missed = never or (plan.does("not_reached") and attempt == 1)
        outcome = "not_reached" if missed else "not_content" if case.round < plan.rounds else "content"
        words = {"not_reached": "", "content": course.said("content"), "not_content": course.said("unhappy")}[outcome]
        said = {} if missed else _answers(rule.survey, outcome, Random(f"{case.number}:{case.round}:{attempt}"))
        channel = staff.pack.channels[0].id
        course.case = actions.visit(who.person, case.pk, outcome=outcome, channel=channel, words=words, answers=said, at=at)
        if outcome != "not_reached" or course.case.step != "visit":
            return
        tried.append(at)


def _answers(survey: Survey, outcome: str, rng: Random) -> dict[str, int]:
    """What is said to the procedure's questions; every sixth is left out. Drawn apart: nothing else of the company's life shifts by it."""
    unhappy, worst = outcome == "not_content", len(survey.scale) - 1
    said: dict[str, int] = {}
    for row in survey.questions:
        if row.about == "overall":
            said[row.id] = rng.randint(survey.bad_from, worst) if unhappy else rng.choice((0, 0, 0, survey.bad_from - 1))
        elif rng.random() < 5 / 6:
            said[row.id] = rng.randint(0, worst) if unhappy else rng.choice((0, 0, 0, 0, 1))
    return said


def _call_time(course: Course, at: datetime, tried: list[datetime]) -> datetime:
    """The next moment outside the pack's rest hours and in a part of the day in which nobody has rung yet, while there is one."""
    rule, zone = course.staff.pack.follow_up, course.staff.zone
    been = [row.astimezone(zone).time() for row in tried]
    for _ in range(24 * 4):
        now = at.astimezone(zone).time()
        if not any(inside(now, *window) for window in rule.rest) and not untried(rule.day_parts, been, now):
            return at
        at += timedelta(minutes=15)
    return at


def close(course: Course) -> Days:
    """The supervisor closes the case when everything is there."""
    if "put_right" in closing_needs(course.staff.pack, course.fresh()):
        yield from improving.put_right(course, course.rng.uniform(0.1, 1.1))
    case, staff = course.fresh(), course.staff
    who = staff.who("close", course.plan.site, _last(case))
    at = yield staff.after(course.rng, who, _last(case), 150, spread=0.8)
    _end_pause(course, at)
    course.case = actions.close(who.person, case.pk, words="", at=at)
    if Clock.objects.filter(case=case, obligation__startswith="put_right", state="running").exists():
        yield from improving.put_right(course, course.rng.uniform(0.1, 1.05))


def _unended(*, case: int) -> QuerySet[Pause]:
    return Pause.objects.filter(case=case, ended_at__isnull=True)


def _end_pause(course: Course, at: datetime) -> None:
    """Nothing is closed while it is paused."""
    if ask(_unended, key=None, case=course.open_case.pk):
        who = course.staff.who("resume", course.plan.site, at)
        course.case = actions.resume(who.person, course.open_case.pk, words="", at=at)


def reflect(course: Course) -> Days:
    """Closed; some customers come back later, and the case begins again."""
    case = course.open_case
    if not course.plan.does("again") or case.closed_at is None:
        return
    at = yield case.closed_at + timedelta(days=course.rng.randint(2, 15), hours=course.rng.randint(0, 9))
    course.plan.will -= {"again"}
    course.case = actions.reopen(None, case.pk, reason=course.said("unhappy"), actor="customer", at=at)
    yield from course.go_on()


def archive(staff: Staff, at: datetime) -> Days:
    """Once a month the quality department takes what is closed into the archive."""
    at = yield at
    for case in Case.objects.filter(step="archive", closed_at__lt=at).select_related("site").order_by("closed_at"):
        at = yield at + timedelta(seconds=45)
        who = staff.who("archive", case.site, at)
        try:
            actions.archive(who.person, case.pk, at=at)
        except Refused as refused:  # opened again in the meantime
            if refused.code != "wrong_step":
                raise
