"""Every figure counted once more, from the tables of the complaints themselves and in plain Python: nothing of `kesu.insights` is used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from kesu.company.procedures import pack_of
from kesu.complaints.models import Case, Clock, JournalEntry, Payment, SurveyAnswer, Visit

ZONE = ZoneInfo("Asia/Shanghai")
REPEATED_WITHIN = 90  # days; packs/property.toml
FIRST_WORDS = {"contact", "reply", "report_back", "unfound"}
HANDLING = {"execute", "return", "do_task", "pay"}


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def recount(cases: Iterable[Case], first: date, last: date, at: datetime) -> dict[str, Any]:
    """KPI id → value (a share as (n, of)) for what these cases come to in the days from first to last, as of `at`."""
    whole = [case for case in cases if case.outcome != "merged"]
    received = [case for case in whole if first <= _day(case.received_at) <= last]
    complaints = [case for case in received if _complaint(case)]
    closed = [case for case in whole if _complaint(case) and case.closed_at and first <= _day(case.closed_at) <= last]
    valid = [case for case in complaints if case.judged and not _nature(case).unfounded and case.outcome != "unfounded"]
    found: dict[str, Any] = {
        "received": len(received), "complaints": len(complaints), "closed": len(closed),
        "valid": len(valid), "valid_rate": (len(valid), sum(case.judged for case in received)),
        "complaint_share": (len(complaints), len(received)),
        "done_rate": (sum(case.closed_at is not None for case in complaints), len(complaints)),
        "reopened": (sum(case.round > 1 for case in complaints), len(complaints)),
        "escalated": (sum(_acts(case, "climbed") > 0 for case in complaints), len(complaints)),
        "outside": (sum(case.channel == "referral" or _acts(case, "hand_outside") > 0 for case in complaints), len(complaints)),
        "repeats": (sum(_again(case, whole, -1) for case in complaints), len(complaints)),
        "repeated": (sum(_again(case, whole, 1) for case in closed), len(closed)),
        "first_time": (sum(_first_time(case, whole) for case in closed), len(closed)),
        **_verdicts(received),
        "paid": sum(_paid(row) for row in Payment.objects.filter(case__in=whole) if first <= _day(row.at) <= last),
    }  # fmt: skip
    return found | _clocks(whole, first, last, at) | _asked(whole, first, last, at) | _lasting(closed)


HOTLINE, ODR, MEDIATORS = {"hotline_12345"}, {"online_settling"}, {"market_supervision", "consumer_association"}


def _verdicts(received: list[Case]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    wanted = (("hotline_replied", "replied"), ("hotline_solved", "solved"), ("hotline_content", "content"))
    for id, item in wanted:
        said = [[data[item] for data in _outside(case, HOTLINE) if item in data] for case in received]
        found[id] = (sum(row[-1] for row in said if row), sum(bool(row) for row in said))
    for id, bodies in (("conciliated", ODR), ("mediated", MEDIATORS)):
        lay = [rows for case in received if (rows := _outside(case, bodies))]
        last = [[data["solved"] for data in rows if "solved" in data][-1:] for rows in lay]
        found[id] = (sum(row == [True] for row in last), len(lay))
    return found


def _outside(case: Case, bodies: set[str]) -> list[dict[str, Any]]:
    rows = JournalEntry.objects.filter(case=case, act__in=("hand_outside", "outside_answer", "outside_verdict")).order_by("n")
    return [row.data for row in rows if row.data["body"] in bodies]


def _paid(row: Payment) -> int:
    return -row.amount if row.reverses_id else row.amount


def _nature(case: Case) -> Any:
    return pack_of(case.version_id).one("natures", case.nature)


def _complaint(case: Case) -> bool:
    return not case.judged or _nature(case).counts_as_complaint


def _acts(case: Case, *acts: str) -> int:
    return JournalEntry.objects.filter(case=case, act__in=acts).count()


def _again(case: Case, whole: list[Case], way: int) -> bool:
    for other in whole:
        tied = (case.same_as_id == other.pk) if way < 0 else (other.same_as_id == case.pk)
        who = (case.customer_id, other.customer_id) if case.customer_id or other.customer_id else (case.home_id, other.home_id)
        same = who[0] is not None and who[0] == who[1] and case.category and case.category == other.category
        days = (other.received_at - case.received_at).total_seconds() / 86400 * way
        later = (other.received_at, other.pk) > (case.received_at, case.pk)
        if other.pk != case.pk and (tied or (same and later == (way > 0) and days <= REPEATED_WITHIN)):
            return True
    return False


def _last_answers(case: Case) -> dict[int, tuple[datetime, str]]:
    """Round → when and what the follow-up came to."""
    rows = [(row.round, row.at, row.outcome) for row in Visit.objects.filter(case=case)]
    rows += [(row.round, row.at, row.outcome) for row in SurveyAnswer.objects.filter(case=case, counts=True)]
    rows.sort(key=lambda row: row[1])
    return {number: (at, outcome) for number, at, outcome in rows if outcome in ("content", "not_content")}


def _first_time(case: Case, whole: list[Case]) -> bool:
    accepted = any(outcome == "content" for _, outcome in _last_answers(case).values())
    return case.round == 1 and accepted and not _acts(case, "climbed") and not _again(case, whole, 1)


def _clocks(whole: list[Case], first: date, last: date, at: datetime) -> dict[str, tuple[int, int]]:
    counts = {id: [0, 0, 0] for id in ("reply_in_time", "handle_in_time", "in_time")}
    for clock in Clock.objects.filter(case__in=whole, due_at__lte=at).select_related("case"):
        if not first <= _day(clock.due_at) <= last or clock.state == "paused" or clock.waits_for:
            continue
        if clock.state == "void" and (clock.paused_at or clock.done_at is None or clock.done_at <= clock.due_at):
            continue
        done = clock.state == "done" and clock.done_at
        names = ["in_time", *_about(clock)]
        for name in names:
            counts[name][0] += bool(done and clock.done_at <= clock.due_at)
            counts[name][1] += bool(done and clock.done_at <= (clock.first_due_at if clock.extended_to else clock.due_at))
            counts[name][2] += 1
    for entry in JournalEntry.objects.filter(case__in=whole, act="fell_late"):  # of a clock that ran once more only the last turn is kept
        clock, due = Clock.objects.select_related("case").get(pk=entry.data["clock"]), datetime.fromisoformat(entry.data["due"])
        if clock.began_at >= due and due != clock.due_at and not clock.waits_for and first <= _day(due) <= last:
            for name in ["in_time", *_about(clock)]:
                counts[name][2] += 1
    found = {name: (kept, of) for name, (kept, _, of) in counts.items()}
    return found | {f"{name}_first": (kept, of) for name, (_, kept, of) in counts.items()}


def _about(clock: Clock) -> list[str]:
    row = pack_of(clock.case.version_id).obligation(clock.obligation)
    assert row is not None
    until = {mark.partition(":")[0] for mark in row.until}
    begins = all(mark in ("heard", "receive") or mark.startswith("fact:") for mark in row.begins)
    if row.per == "case" and until & {"acknowledge", "contact"} and begins:
        return ["reply_in_time"]
    return ["handle_in_time"] if until & HANDLING else []


def _asked(whole: list[Case], first: date, last: date, at: datetime) -> dict[str, tuple[int, int]]:
    content = answered = owed = done = 0
    for case in whole:
        answers = _last_answers(case)
        for when, outcome in answers.values():
            if first <= _day(when) <= last:
                answered, content = answered + 1, content + (outcome == "content")
        for clock in Clock.objects.filter(case=case, due_at__lte=at).exclude(state="paused"):
            row = pack_of(case.version_id).obligation(clock.obligation)
            lifted = clock.state == "void" and (clock.paused_at or clock.done_at is None or clock.done_at <= clock.due_at)
            if row and row.until == ["visit"] and row.per == "case" and not lifted and first <= _day(clock.due_at) <= last:
                owed, done = owed + 1, done + (clock.round in answers)
    return {"satisfied": (content, answered), "visited": (done, owed), "unrated": (owed - done, owed)}


def _lasting(closed: list[Case]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    times: dict[str, list[int]] = {"reply_clock": [], "final_clock": []}
    for case in closed:
        journal = list(JournalEntry.objects.filter(case=case).order_by("n"))
        if any(row.act == "taken_over" for row in journal):
            continue
        replied = min((row.at for row in journal if row.act in FIRST_WORDS), default=None)
        told = [row.at for row in journal if row.act in ("report_back", "unfound") and row.round == case.round]
        final = max(told) if told else case.closed_at
        for name, end in (("reply_clock", replied), ("final_clock", final)):
            if end:
                times[name].append(max(0, int((end - case.heard_at).total_seconds()) // 60))
    for name, minutes in times.items():
        for share in (50, 90):
            if minutes:
                found[f"{name}_{share}"] = sorted(minutes)[ceil(share / 100 * len(minutes)) - 1]
    return found
