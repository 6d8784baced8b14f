"""A case as plain values for the command line: everything that is known of it, times in the company's zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min, Q

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.complaints.models import Case, Clock, Evidence, JournalEntry, Letter, Pause
from kesu.complaints.queries import cases, clocks
from kesu.complaints.queries.health import cover_entries, cover_row, sees_health, stands
from kesu.complaints.queries.veil import cover, veil_for
from kesu.complaints.sentences import say
from kesu.procedure.acts import ACTS, STAFF, step_name
from kesu.procedure.duewords import why_json, why_words
from kesu.procedure.pack import Pack

ABOVE = ("case", "clock", "proposal", "letter")  # what a row belongs to stands above it already
RUNNING = Q(clocks__state="running")


def rows(at: datetime, stage: str | None = None, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Cases in short, the newest first; `stage` is a step. Read in pieces, so that any number fits into memory."""
    found = Case.objects.select_related("site__company", "department").annotate(next_due=Min("clocks__due_at", filter=RUNNING))
    if stage:
        found = found.filter(step=stage)
    for case in found.order_by("-received_at", "-id")[:limit].iterator(chunk_size=500):
        yield short(case, case.next_due, at)


def short(case: Case, next_due: datetime | None, at: datetime) -> dict[str, Any]:
    """What a list shows of a case. `stage` is where it stands (procedure.acts.STEPS or "done")."""
    zone = ZoneInfo(case.site.company.zone)
    return {
        "number": case.number,
        "stage": case.step,
        "grade": case.grade,
        "nature": case.nature,
        "judged": case.judged,
        "site": case.site.code,
        "site_name": case.site.name,
        "channel": case.channel,
        "category": case.category,
        "title": case.title,
        "heard_at": _iso(case.heard_at, zone),
        "received_at": _iso(case.received_at, zone),
        "closed_at": _iso(case.closed_at, zone),
        "outcome": case.outcome,
        "round": case.round,
        "lead": case.department.name if case.department else None,
        "next_due_at": _iso(next_due, zone),
        "late": next_due is not None and next_due < at,
    }


def whole(case: Case, at: datetime, *, health: bool = True) -> dict[str, Any]:
    """Everything that is known of a case; health data only with consent, and if `health`.

    `case.site.company`, handler, received_by, department, home must be loaded.
    """
    pack, zone = pack_of(case.version_id), ZoneInfo(case.site.company.zone)
    running = list(Clock.objects.filter(case=case).select_related("person", "department").order_by("round", "began_at", "id"))
    pauses = list(Pause.objects.filter(case=case))
    for clock in running:
        clock.case = case
    shown = health and stands(pack, case)
    ahead = min((clock.due_at for clock in running if clock.state == "running"), default=None)
    return {
        "record": _record(case, short(case, ahead, at), zone),
        "items": [{"n": row.n, "words": row.words, "category": row.category, "finding": row.finding} for row in case.items.all()],
        "facts": case.facts,
        "grade_because": [{"zh": zh, "en": en} for zh, en in case.grade_because],
        "parts": _table(case.parts.select_related("department", "handler", "signed_by", "returned_by"), zone),
        "acts": _acts(case, pack),
        "clocks": [_clock(clock, pack, at, pauses, zone) for clock in running],
        "pauses": _table(case.pauses.select_related("by"), zone),
        "extensions": _table(case.extensions.select_related("asked_by", "decided_by"), zone),
        "proposals": [
            {**row, "actions": _table(proposal.actions.select_related("department", "done_by"), zone)}
            for proposal in case.proposals.select_related("by", "decided_by")
            for row in _table([proposal], zone)
        ],
        "letters": [
            {**row, "reviews": _table(letter.reviews.select_related("asked_by", "by"), zone)}
            for letter in Letter.objects.filter(case=case).select_related("by", "sent_by", "attachment")
            for row in _table([letter], zone)
        ],
        "visits": _table(case.visits.select_related("by"), zone),
        "visit_times": _table(case.visit_times.select_related("by"), zone),
        "survey_answers": _table(case.survey_answers.all(), zone),
        "evidence": _table(_evidence(case, shown), zone),
        "attachments": _table([row for row in case.attachments.select_related("by") if shown or not row.health], zone),
        "journal": [_entry(entry, pack, zone) for entry in _journal(case, shown)],
    }


def _journal(case: Case, shown: bool) -> list[JournalEntry]:
    rows = list(JournalEntry.objects.filter(case=case).order_by("n"))
    if not shown:
        cover_entries(case, rows)
    return rows


def _evidence(case: Case, shown: bool) -> list[Evidence]:
    rows = list(case.evidence.select_related("by"))
    for row in rows:
        if row.health and not shown:
            cover_row(row)
    return rows


def whole_for(person: Person, number: str, at: datetime) -> dict[str, Any]:
    """The same as one person may read it; Case.DoesNotExist for a case that they may not see."""
    case = cases.get(person, number, at)
    rights = rights_of(person, at)
    veil, health = veil_for(case, rights), sees_health(rights, pack_of(case.version_id), case)
    seen: dict[str, Any] = veil.value(whole(case, at, health=health))
    if cover(case, veil.seen):
        seen["record"] |= {
            "contact_name": case.contact_name,
            "contact_phone": case.contact_phone,
            "reach": case.reach,
            "home": case.home.label if case.home else "",
        }
    return seen


def _iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat() if at else None


def _record(case: Case, line: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return line | {
        "stage_name": step_name(case.step, "zh"),
        "stage_name_en": step_name(case.step, "en"),
        "received_by": case.received_by.name if case.received_by else None,
        "handler": case.handler.name if case.handler else None,
        "contact_name": case.contact_name,
        "contact_phone": case.contact_phone,
        "reach": case.reach,
        "confidential": case.confidential,
        "home": case.home.label if case.home else "",
        "place": case.place,
        "happened": case.happened,
        "against": case.against,
        "wants": case.wants,
        "wanted_by": _iso(case.wanted_by, zone),
        "raw": case.raw,
        "categories": case.categories,
        "cause": case.cause,
        "told_at": _iso(case.told_at, zone),
        "bounces": case.bounces,
    }


def _acts(case: Case, pack: Pack) -> list[dict[str, Any]]:
    """The acts that the procedure allows where the case stands, and which roles may do them."""
    staffs = [act for act in ACTS.values() if STAFF in act.by]
    open_now = [act for act in staffs if (case.is_open or act.closed) and (not act.steps or case.step in act.steps)]
    return [
        {"act": act.name, "zh": act.zh, "en": act.en, "roles": roles}
        for act in open_now
        if act.name != "receive" and (roles := [role.id for role in pack.roles if act.name in role.may])
    ]


def _clock(clock: Clock, pack: Pack, at: datetime, pauses: list[Pause], zone: ZoneInfo) -> dict[str, Any]:
    seen = clocks.view(clock, pack, at, "zh-hans", zone.key, clock.case.site)
    due = clocks.why(clock, pack, at, pauses)
    obligation = pack.obligation(clock.obligation)
    return {
        "obligation": clock.obligation,
        "name": obligation.name if obligation else clock.obligation,
        "name_en": obligation.name_en if obligation else clock.obligation,
        "source": obligation.source if obligation else "",
        "round": clock.round,
        "subject": clock.subject,
        "state": clock.state,
        "tone": seen.tone if seen else "",
        "words": seen.words if seen else "",
        "limit": clock.limit,
        "time": clock.time,
        "role": clock.role,
        "department": clock.department.name if clock.department else None,
        "person": clock.person.name if clock.person else None,
        "began_at": _iso(clock.began_at, zone),
        "began_by": clock.began_by,
        "due_at": _iso(clock.due_at, zone),
        "first_due_at": _iso(clock.first_due_at, zone),
        "done_at": _iso(clock.done_at, zone),
        "late": (clock.done_at or at) > clock.due_at and clock.state in ("running", "done"),
        "why": why_json(due) if due else None,
        "why_words": {"zh": why_words(due, "zh-hans"), "en": why_words(due, "en")} if due else None,
    }


def _entry(entry: JournalEntry, pack: Pack, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "n": entry.n,
        "at": _iso(entry.at, zone),
        "written_at": _iso(entry.written_at, zone),
        "round": entry.round,
        "act": entry.act,
        "actor": entry.actor,
        "name": entry.name,
        "role": entry.role,
        "sentence": {"zh": say(entry, pack, "zh-hans", zone.key), "en": say(entry, pack, "en", zone.key)},
        "data": entry.data,
        "before": entry.before,
        "hash": entry.hash,
    }


def _table(rows: Any, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Rows by the names of their columns; people, departments and times as people read them."""
    return [{field.name: _value(row, field.name, zone) for field in row._meta.fields if field.name not in ABOVE} for row in rows]


def _value(row: Any, name: str, zone: ZoneInfo) -> Any:
    value = getattr(row, name)
    if isinstance(value, datetime):
        return _iso(value, zone)
    return value.pk if name == "attachment" and value else str(value) if hasattr(value, "_meta") else value
