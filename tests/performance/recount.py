"""Performance counted once more, from the tables of the complaints themselves and in plain Python: nothing of `kesu.performance` or
`kesu.insights` is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kesu.company.procedures import pack_of
from kesu.complaints.models import Case, Clock, Part, SurveyAnswer, Visit

ZONE = ZoneInfo("Asia/Shanghai")
Count = dict[tuple[str, str, int], dict[int, bool]]  # measure, person or department, id → case → went wrong
FIRST_WORD = {"acknowledge", "contact"}
WORK = {"investigate", "find_cause", "propose", "approve", "refuse", "reply", "agree", "decline", "execute", "return", "do_task", "pay"}


def recount(cases: Iterable[Case], first: date, last: date, at: datetime) -> dict[tuple[str, str, int], tuple[int, int]]:
    """(measure, person or department, id) → (cases, of which went wrong)."""
    found: Count = defaultdict(dict)

    def add(measure: str, case: Case, bad: bool, person: int | None, department: int | None) -> None:
        for of, unit in (("person", person), ("department", department)):
            if unit:
                row = found[measure, of, unit]
                row[case.pk] = row.get(case.pk, False) or bad

    def within(moment: datetime | None) -> bool:
        return moment is not None and moment < at and first <= moment.astimezone(ZONE).date() <= last

    for case in cases:
        if case.outcome == "merged":
            continue
        _limits(case, add, within)
        parts = list(Part.objects.filter(case=case).order_by("pk"))
        for part in parts:
            if within(part.dispatched_at):
                add("sent_back", case, part.sent_back_at is not None, part.handler_id, part.department_id)
            ended = part.lead and part.signed_at and part.sent_back_at is None and within(part.returned_at)
            if ended and (part.round < case.round or case.closed_at):
                add("solved", case, part.round < case.round, part.handler_id, part.department_id)
        for number, outcome in _answers(case, within).items():
            led = [part for part in parts if part.lead and part.round == number and part.sent_back_at is None]
            if led:
                add("satisfied", case, outcome == "not_content", led[-1].handler_id, led[-1].department_id)
    return {key: (len(row), sum(row.values())) for key, row in found.items()}


def _limits(case: Case, add: Any, within: Any) -> None:
    for clock in Clock.objects.filter(case=case, waits_for=""):
        row = pack_of(case.version_id).obligation(clock.obligation)
        if row is None or row.per == "inquiry" or clock.state == "paused" or not within(clock.due_at):
            continue
        if clock.state == "void" and (clock.done_at is None or clock.done_at <= clock.due_at or clock.paused_at):
            continue
        ends = {mark.partition(":")[0] for mark in row.until}
        reply = (
            row.per == "case" and bool(FIRST_WORD & ends) and all(m in ("heard", "receive") or m.startswith("fact:") for m in row.begins)
        )
        if not reply and not _works(ends):
            continue
        kept = clock.state == "done" and clock.done_at is not None and clock.done_at <= clock.due_at
        add("first_reply" if reply else "handling", case, not kept, clock.person_id, clock.department_id)


def _works(ends: set[str]) -> bool:
    return bool(WORK & ends)


def _answers(case: Case, within: Any) -> dict[int, str]:
    rows = [(row.at, row.round, row.outcome) for row in Visit.objects.filter(case=case)]
    rows += [(row.at, row.round, row.outcome) for row in SurveyAnswer.objects.filter(case=case, counts=True)]
    last = {number: (at, outcome) for at, number, outcome in sorted(rows) if outcome in ("content", "not_content")}
    return {number: outcome for number, (at, outcome) in last.items() if within(at)}
