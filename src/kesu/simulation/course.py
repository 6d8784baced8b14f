"""One complaint from the first word to the archive, as the people of the company live it.

A course is a generator: it yields when the next thing will be done and is resumed at that moment. Every step is done through
`complaints.actions`, in the order that the case itself asks for (`Case.step`); what will come of it stands in the plan.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from kesu.company.prepared import ask
from kesu.complaints.models import Case, Clock, Part
from kesu.simulation import afterwards, handling, intake
from kesu.simulation.plan import Plan
from kesu.simulation.staff import Staff
from kesu.simulation.story import Story

Days = Generator[datetime, datetime, Any]  # a part of a course may return when its last thing was done


def _case(*, case: int) -> QuerySet[Case]:
    return Case.objects.filter(pk=case)


def _parts(*, case: int, of: int) -> QuerySet[Part]:
    return Part.objects.filter(case=case, round=of, sent_back_at__isnull=True)


class Course:
    """A case under way, and everything its steps need."""

    def __init__(self, story: Story, staff: Staff, plan: Plan, group: dict[str, int]) -> None:
        self.story, self.staff, self.plan, self.rng, self.group = story, staff, plan, plan.rng, group
        self.case: Case | None = None
        self.signed: datetime | None = None
        self.aim: datetime | None = None  # when it will be handed back
        self.bounces = 0
        self.beside: list[Days] = []  # courses that begin now, lived by others

    @property
    def open_case(self) -> Case:
        """The case, once received."""
        assert self.case is not None
        return self.case

    def said(self, kind: str) -> str:
        """One of the common sayings."""
        return self.story.said(self.rng, kind)

    def stops(self, what: str) -> bool:
        """Whether nobody does this any more (the company of today)."""
        return self.plan.stop == what

    def fresh(self) -> Case:
        """The case as it stands now: the procedure itself may have regraded it."""
        self.case = ask(_case, key=None, case=self.open_case.pk)[0]
        return self.case

    def aims(self, at: datetime) -> None:
        """Decide when it will be handed back: a share of the shortest limit that asks for that, or some days where none does."""
        self.signed = at
        pack, plan = self.staff.pack, self.plan
        running = Clock.objects.filter(case=self.open_case, state__in=["running", "paused"])
        ends = [clock for clock in running if (row := pack.obligation(clock.obligation)) and row.act in ("return", "report_back")]
        lead = self.staff.named(self.open_case.handler_id)
        share = plan.share * (self.staff.pace(lead) if lead else 1.0)
        if plan.drags and self.open_case.round == 1:
            self.aim = at + timedelta(days=plan.drags)
        elif ends:
            clock = min(ends, key=lambda clock: clock.due_at)
            self.aim = max(at + timedelta(hours=2), clock.began_at + (clock.due_at - clock.began_at) * share)
        else:
            self.aim = at + timedelta(days=2 * share)

    def at_share(self, now: datetime, what: float, worker_id: int | None = None) -> datetime:
        """When the thing at this share of the course is done: later than now, and in the working time of the one who does it."""
        assert self.signed is not None and self.aim is not None
        moment = max(now + timedelta(minutes=self.rng.randint(4, 25)), self.plan.stage(what, self.signed, self.aim))
        worker = self.staff.named(worker_id)
        if self.plan.until is not None:
            return min(moment, max(now + timedelta(seconds=40), self.plan.until))
        return self.staff.free(worker, moment) if worker else moment

    def soon(self, now: datetime, minutes: float) -> datetime:
        """In about so many minutes, whatever the hour."""
        return now + timedelta(seconds=20 + int(60 * minutes * self.rng.lognormvariate(0, 0.55)))

    def parts(self) -> list[Part]:
        """This round's parts, the lead's first."""
        case = self.open_case
        rows: list[Part] = ask(_parts, key=None, case=case.pk, of=case.round)
        return sorted(rows, key=lambda part: not part.lead)

    def _beside(self, step: str) -> None:
        """What others do meanwhile."""
        if step in ("judge", "received") and not self.stops("present"):
            self.beside.append(intake.present(self))
        if step in ("dispatch", "received") and len(self.parts()) > 1:
            self.beside.append(intake.sign_beside(self))

    def live(self) -> Days:
        """The whole course."""
        yield from intake.receive(self)
        self._beside("received")
        yield from self.go_on()

    def go_on(self) -> Days:
        """From where the case stands to its closing."""
        steps = {
            "judge": intake.judge,
            "dispatch": intake.dispatch,
            "sign": intake.sign,
            "investigate": handling.investigate,
            "answer": handling.answer,
            "handle": handling.handle,
            "report": afterwards.report,
            "visit": afterwards.visit,
            "close": afterwards.close,
        }
        while (step := self.open_case.step) in steps:
            if self.stops(step) or (self.stops("present") and step == "investigate"):
                return
            yield from steps[step](self)
            self._beside(step)
        yield from afterwards.reflect(self)
