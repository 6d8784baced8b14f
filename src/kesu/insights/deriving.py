"""From what a case tells to its facts. Pure: the same told case gives the same facts, today and at a rebuild.

A fact is a dict of a table's columns. Times are kept as they are; days and hours are the company's own (its zone as it is set now),
minutes are whole minutes rounded down, working minutes those within the site's opening hours as they are entered now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from kesu.insights.duties import duty_of
from kesu.insights.told import Limit, Said, Told
from kesu.procedure.acts import STEPS
from kesu.procedure.handrows import OutsideBody
from kesu.procedure.instants import TimeRefused

ANSWERED = frozenset(("content", "not_content"))
ABOUT_THE_MATTER = frozenset(("contact", "reply", "report_back", "unfound"))
BOUNCE = "bounce"
Row = dict[str, Any]


@dataclass
class Facts:
    """Everything that one case comes to."""

    case: Row
    steps: list[Row] = field(default_factory=list)
    clocks: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)
    remedies: list[Row] = field(default_factory=list)


def derive(told: Told) -> Facts:
    """The facts of one case."""
    place = {"company_id": told.case.company_id, "site_id": told.case.site_id, "department_id": told.case.department_id}
    visits = list(_visits(told))
    found = Facts(place | _case(told, visits))
    found.steps = [place | row for row in (*_steps(told), *_bounces(told))]
    found.clocks = [place | row for row in (*_clocks(told), *_earlier_turns(told))]
    found.visits = [place | row for row in visits]
    found.remedies = [place | _remedy(told, row) for row in told.sums]
    for row in (*found.steps, *found.clocks, *found.visits, *found.remedies):
        row["case_id"] = told.case.pk
    return found


def _day(told: Told, at: datetime) -> date:
    return at.astimezone(told.zone).date()


def _minutes(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds()) // 60)


def _working(told: Told, start: datetime, end: datetime) -> int | None:
    if end <= start:
        return 0
    try:
        return told.work(start, end) // 60
    except TimeRefused:
        return None  # beyond the calendar


# The case


def _case(told: Told, visits: list[Row]) -> Row:
    case, pack = told.case, told.pack
    nature = pack.find("natures", case.nature)
    complaint = not case.judged or nature is None or nature.counts_as_complaint
    valid = bool(case.judged and complaint and not (nature and nature.unfounded) and case.outcome != "unfounded")
    old = any(row.act == "taken_over" for row in told.journal)
    replied, told_at = _first(told, ABOUT_THE_MATTER), _last_told(told)
    escalated = any(row.act == "climbed" for row in told.journal)
    first_outside = case.channel in pack.figures.outside
    final = told_at or case.closed_at
    row: Row = {
        "case_id": case.pk, "n": case.journal_n, "channel": case.channel, "nature": case.nature, "grade": case.grade,
        "category": case.category, "cause": case.cause, "outcome": case.outcome, "handler_id": case.handler_id, "against": told.against,
        "counted": case.outcome != "merged", "complaint": complaint, "judged": case.judged, "valid": valid,
        "outside": first_outside or any(entry.act == "hand_outside" for entry in told.journal), "outside_first": first_outside,
        "escalated": escalated, "old_record": old, **_verdicts(told),
        "first_time": _first_time(told, visits, escalated),
        "heard_at": case.heard_at, "received_at": case.received_at, "replied_at": replied, "told_at": told_at, "closed_at": case.closed_at,
        "received_day": _day(told, case.received_at), "closed_day": _day(told, case.closed_at) if case.closed_at else None,
        "hour": case.heard_at.astimezone(told.zone).hour,
        "flow": list(_flow(told)), "rounds": case.round, "bounces": case.bounces, "repeats": told.repeats, "repeated": told.repeated,
    }  # fmt: skip
    for name, end in (("reply", replied), ("final", final)):
        row[f"{name}_clock"] = None if end is None or old else _minutes(case.heard_at, end)
        row[f"{name}_work"] = None if end is None or old else _working(told, case.heard_at, end)
    return row


_JUDGED = {"calls": ("hotline_replied", "hotline_solved", "hotline_content"), "settles": ("odr_settled",), "mediates": ("mediated",)}
_ITEMS = {"hotline_replied": "replied", "hotline_solved": "solved", "hotline_content": "content"}
OUTSIDE = ("hand_outside", "outside_answer", "outside_verdict")


def _verdicts(told: Told) -> Row:
    """What those outside found, each thing as it was said last. What lies with whoever settles or mediates is not settled before."""
    found: Row = {name: None for names in _JUDGED.values() for name in names}
    lay: list[tuple[OutsideBody | None, Row]] = [(body, {}) for body in told.pack.outside if told.case.channel in body.channels]
    lay += [(told.pack.find("outside", str(row.data.get("body") or "")), row.data) for row in told.journal if row.act in OUTSIDE]
    for body, said in lay:
        for name in _JUDGED.get(body.judges, ()) if body else ():
            item = said.get(_ITEMS.get(name, "solved"))
            if isinstance(item, bool):
                found[name] = item
            elif name not in _ITEMS and found[name] is None:
                found[name] = False
    return found


OPENS, CLOSES = frozenset(("reopen", "unmerge")), frozenset(("close", "merge"))


def _flow(told: Told) -> Iterator[list[str]]:
    """The days on which it was opened and closed. The journal is in the order of writing; what is open is not opened again."""
    yield [_day(told, told.case.received_at).isoformat(), "opened"]
    is_open = True
    for row in told.journal:
        if row.act in (CLOSES if is_open else OPENS):
            is_open = not is_open
            yield [_day(told, row.at).isoformat(), "opened" if is_open else "closed"]


def _first(told: Told, acts: frozenset[str]) -> datetime | None:
    return min((row.at for row in told.journal if row.act in acts), default=None)


def _last_told(told: Told) -> datetime | None:
    """When the result was told, in the last round in which it was."""
    return max((row.at for row in told.journal if row.act in ("report_back", "unfound") and row.round == told.case.round), default=None)


def _first_time(told: Told, visits: list[Row], escalated: bool) -> bool:
    case = told.case
    accepted = any(row["last"] and row["outcome"] == "content" for row in visits)
    return bool(case.closed_at and case.round == 1 and accepted and not escalated and told.repeated is None and case.outcome != "merged")


# Steps and bounces


def _steps(told: Told) -> Iterator[Row]:
    """Where the case stood in each round: entered when the step before it was left, left when its own act was done."""
    nature = told.pack.find("natures", told.case.nature) or told.pack.nature_default()
    if any(row.act == "taken_over" for row in told.journal):
        return
    for number in range(1, told.case.round + 1):
        journal = [row for row in told.journal if row.round == number]
        entered = _round_began(told, journal, number)
        if entered is None:
            continue
        done = _done(told, journal, number)
        for step in STEPS:
            if step not in nature.steps or (number > 1 and step == "judge"):
                continue
            left = done.get(step)
            if left is None:
                if number == told.case.round and step == told.case.step:
                    yield _step(told, number, step, entered, None)
                    break
                continue
            left = max(left, entered)
            yield _step(told, number, step, entered, left)
            entered = left


def _round_began(told: Told, journal: list[Said], number: int) -> datetime | None:
    if number == 1:
        received: datetime = told.case.received_at
        return received
    return next((row.at for row in journal if row.act == "reopen"), None)


def _done(told: Told, journal: list[Said], number: int) -> dict[str, datetime]:
    """When each step of the round was completed."""
    found: dict[str, datetime] = {}
    for step, acts in _COMPLETING.items():
        if moments := [row.at for row in journal if row.act in acts]:
            found[step] = max(moments) if step in _LAST_COUNTS else min(moments)
    if number == told.case.round and told.case.closed_at is None:
        found.pop("close", None)
    live = [form for form in told.forms if form.round == number and form.sent_back_at is None]
    lead = next((form for form in live if form.lead), None)
    if lead:
        found["dispatch"] = lead.dispatched_at
        if lead.signed_at:
            found["sign"] = lead.signed_at
    returned = [form.returned_at for form in live]
    if live and all(returned):
        found["handle"] = max(moment for moment in returned if moment)
    settled = [row.at for row in journal if row.act in ("visit", "survey") and row.data.get("outcome") not in ("later",)]
    if settled and told.case.step != "visit" or number < told.case.round and settled:
        found["visit"] = max(settled)
    return found


_COMPLETING: dict[str, tuple[str, ...]] = {
    "judge": ("judge", "unfound", "regrade"),
    "investigate": ("find_cause",),
    "answer": ("agree",),
    "report": ("report_back", "unfound"),
    "close": ("close",),
    "archive": ("archive",),
}
_LAST_COUNTS = frozenset(("answer", "close"))


COUNTED_ACTS = frozenset(  # of the journal nothing else is asked
    (*ABOUT_THE_MATTER, *OPENS, *CLOSES, *(act for acts in _COMPLETING.values() for act in acts))
    + ("climbed", "fell_late", "taken_over", "visit", "survey", *OUTSIDE)
)


def _step(told: Told, number: int, step: str, entered: datetime, left: datetime | None) -> Row:
    return {
        "round": number, "step": step, "entered_at": entered, "left_at": left, "left_day": _day(told, left) if left else None,
        "clock": _minutes(entered, left) if left else None, "work": _working(told, entered, left) if left else None,
    }  # fmt: skip


def _bounces(told: Told) -> Iterator[Row]:
    """What a form lost that was sent back by the department that led: from sending it out until it was sent out again."""
    leads = sorted((form for form in told.forms if form.lead or form.sent_back_at), key=lambda form: form.dispatched_at)
    for form, following in [*pairwise(leads), *([(leads[-1], None)] if leads else [])]:
        if form.sent_back_at is None:
            continue
        again = following.dispatched_at if following and following.round == form.round else None
        yield _step(told, form.round, BOUNCE, form.dispatched_at, again)


# Clocks


def _clocks(told: Told) -> Iterator[Row]:
    for limit in told.limits:
        if not limit.waits_for and not _lifted_in_time(limit):
            yield _clock(told, limit)


def _lifted_in_time(limit: Limit) -> bool:
    """Nobody had to keep it: it was lifted before it was due, or while it stood still."""
    if limit.state != "void":
        return False
    return limit.done_at is None or limit.done_at <= limit.due_at or limit.paused_at is not None


def _clock(told: Told, limit: Limit) -> Row:
    ended = limit.done_at if limit.state in ("done", "void") else None
    done = limit.state == "done" and ended is not None
    kept = (ended <= limit.due_at if done and ended else False) if ended else None
    first = (ended <= limit.first_due_at if done and ended else False) if ended else None
    row = told.pack.obligation(limit.obligation)
    return {
        "round": limit.round, "obligation": limit.obligation, "duty": duty_of(told.pack, told.case.version_id, limit.obligation),
        "own": row is None or row.per == "case", "began_at": limit.began_at, "first_due_at": limit.first_due_at, "due_at": limit.due_at,
        "due_day": _day(told, limit.due_at), "state": "lifted" if limit.state == "void" else limit.state, "ended_at": ended,
        "kept": kept, "kept_first": first if limit.extended_to else kept, "extended": limit.extended_to is not None,
        "approver_id": limit.approver if limit.extended_to else None, "role": limit.role, "person_id": limit.person,
    }  # fmt: skip


def _earlier_turns(told: Told) -> Iterator[Row]:
    """A clock that ran again shows only its last turn. That an earlier one fell late stands in the journal, and counts."""
    by_id = {limit.pk: limit for limit in told.limits}
    for entry in told.journal:
        if entry.act != "fell_late" or not entry.data.get("due"):
            continue
        limit = by_id.get(entry.data.get("clock") or 0)
        due = datetime.fromisoformat(str(entry.data["due"]))
        if limit is None or limit.waits_for or limit.began_at < due or limit.due_at == due:
            continue
        turn = limit._replace(began_at=due, first_due_at=due, due_at=due, state="void", done_at=limit.began_at, extended_to=None)
        yield _clock(told, turn)


# Follow-ups and money


def _visits(told: Told) -> Iterator[Row]:
    questions = told.pack.follow_up.survey
    rows = [row for row in told.journal if row.act == "visit" or (row.act == "survey" and row.data.get("counts"))]
    answered = [row for row in rows if row.data.get("outcome") in ANSWERED]
    last = {row.round: row for row in answered}
    for row in rows:
        said: dict[str, Any] = row.data.get("answers") or {}
        outcome = str(row.data.get("outcome") or "")
        good = {question.id: _mark(said.get(question.id), questions.bad_from) for question in questions.questions}
        yield {
            "round": row.round, "at": row.at, "day": _day(told, row.at), "outcome": outcome, "by_link": row.act == "survey",
            "last": last.get(row.round) is row, "answers": good if outcome in ANSWERED else {},
        }  # fmt: skip


def _mark(choice: Any, bad_from: int) -> str:
    if not isinstance(choice, int):
        return "unrated"
    return "bad" if choice >= bad_from else "good" if choice == 0 else "middle"


def _remedy(told: Told, row: Any) -> Row:
    return {"kind": row.kind, "payer": row.payer, "what": row.what, "fen": row.fen, "at": row.at, "day": _day(told, row.at)}
