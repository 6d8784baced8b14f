"""Carrying measures out: ending them with proof, and asking for more time (B-16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.files import Upload, store
from kesu.improvement.actions.planning import forget
from kesu.improvement.actions.road import CapaRoad, begin
from kesu.improvement.models import Capa, Measure, MeasureExtension, Proof
from kesu.improvement.queries.sight import owns
from kesu.procedure.refused import Refused


def end(person: Person, capa_id: int, *, measure_id: int, words: str, uploads: Sequence[Upload] = (), at: datetime) -> Capa:
    """End a measure: what was done, in words, with files that show it. Only its owner does, by name or as one of the department."""
    with begin(person, capa_id, "end", at) as road:
        row = road.measure(measure_id)
        _own(road, row)
        words = road.needs(words, "words", "写清做了什么、怎么看得出办好了", "say what was done and how one sees it")
        kept = [store(upload) for upload in uploads]
        Proof.objects.bulk_create(
            Proof(measure=row, sha256=file.sha256, name=file.name, kind=file.kind, size=file.size, by=person, at=at) for file in kept
        )
        row.ended_at, row.ended_by, row.ended_words = at, person, words
        row.save(update_fields=["ended_at", "ended_by", "ended_words"])
        forget(road, row)
        road.journal(n=row.n, words=words, files=[{"name": file.name, "sha256": file.sha256} for file in kept])
        road.tell(road.holders(road.rules.leads), "capa_ended", words=words[:200])
        road.watch_if_carried()
    return road.capa


def ask_extension(person: Person, capa_id: int, *, measure_id: int, new_due: datetime | None, reason: str, at: datetime) -> Capa:
    """Ask to end a measure later, before it is due. The pack says who answers, how far and how often."""
    with begin(person, capa_id, "ask_extension", at) as road:
        row, rule = road.measure(measure_id), road.rules.extension
        if not road.may("plan"):
            _own(road, row)
        if rule is None:
            raise Refused("no_extension", "规程不准延期", "the procedure grants no extensions")
        reason = road.needs(reason, "reason", "写清为什么要延", "say why more time is needed")
        if new_due is None or new_due <= row.due_at:
            raise Refused("sooner", "新的日子要晚于现在的", "the new date must be later than the present one", field="new_due")
        if row.due_at <= at:
            raise Refused("late", "已经超时，不能再申请延期", "it is late already; more time is asked for before", field="measure")
        _within_leave(road, row, new_due)
        MeasureExtension.objects.create(
            measure=row, before=row.due_at, new_due=new_due, reason=reason, asked_by=person, asked_at=at, approver=rule.approver
        )
        clock = road.owe("extend", row.due_at, role=rule.approver, measure=row)
        road.journal(n=row.n, before=row.due_at.isoformat(), due=new_due.isoformat(), reason=reason)
        road.tell(road.owing(clock), "capa_ask_extension", words=reason)
    return road.capa


def grant_extension(person: Person, capa_id: int, *, measure_id: int, words: str = "", at: datetime) -> Capa:
    """Grant the open request: the measure's clock moves, both dates stay on record. Not one's own, not after it fell due."""
    with begin(person, capa_id, "grant_extension", at) as road:
        row = road.measure(measure_id)
        request = _request(road, row)
        if row.due_at <= at:
            raise Refused("late", "已经超时，不能再延期；请写明不准", "it is late already; it can only be refused now")
        _decide(road, request, "granted", words.strip())
        row.due_at = request.new_due
        row.save(update_fields=["due_at"])
        clock = road.clock("measure", row)
        if clock:
            clock.due_at = request.new_due
            road.wind(clock)
            clock.save(update_fields=["due_at", "rung", "next_ring_at"])
        road.journal(n=row.n, before=request.before.isoformat(), due=request.new_due.isoformat(), words=words.strip())
        road.tell([request.asked_by], "capa_grant_extension", words=row.what, due=request.new_due.isoformat())
    return road.capa


def refuse_extension(person: Person, capa_id: int, *, measure_id: int, reason: str, at: datetime) -> Capa:
    """Refuse the open request, with a reason; the date stays."""
    with begin(person, capa_id, "refuse_extension", at) as road:
        row = road.measure(measure_id)
        request = _request(road, row)
        reason = road.needs(reason, "reason", "写清为什么不准", "say why it is refused")
        _decide(road, request, "refused", reason)
        road.journal(n=row.n, reason=reason)
        road.tell([request.asked_by], "capa_refuse_extension", words=reason)
    return road.capa


def _own(road: CapaRoad, row: Measure) -> None:
    if road.rights is None or not owns(road.rights, row):
        raise Refused(
            "not_yours",
            f"第 {row.n} 条措施由{row.owner_name}负责，别人不能代办；要换人先“换人负责”",
            f"measure {row.n} is {row.owner_name}'s; hand it over before somebody else deals with it",
            field="measure",
        )


def _within_leave(road: CapaRoad, row: Measure, new_due: datetime) -> None:
    rule = road.rules.extension
    assert rule is not None
    if row.extensions.filter(state="asked").exists():
        raise Refused("asked", "已经申请过，等批复", "a request waits for its answer already", field="measure")
    if row.extensions.filter(state="granted").count() >= rule.times:
        raise Refused("times", f"最多延 {rule.times} 次", f"it may be extended {rule.times} time(s) at most", field="measure")
    latest = road.after(rule.longest, row.first_due_at)
    if new_due > latest:
        shown = latest.astimezone(road.at.tzinfo)
        raise Refused("too_far", f"最晚延到 {shown.month} 月 {shown.day} 日", f"at most until {shown.day} {shown:%b}", field="new_due")


def _request(road: CapaRoad, row: Measure) -> MeasureExtension:
    found = row.extensions.select_related("asked_by").filter(state="asked").first()
    if found is None:
        raise Refused("answered", "没有等批复的延期申请", "no request waits for an answer", field="measure")
    if road.person and found.asked_by_id == road.person.pk:
        raise Refused("own", "自己申请的要由别人批", "somebody else must answer your own request")
    return found


def _decide(road: CapaRoad, request: MeasureExtension, state: str, words: str) -> None:
    request.state, request.decided_by, request.decided_at, request.words = state, road.person, road.at, words
    request.save(update_fields=["state", "decided_by", "decided_at", "words"])
    road.done("extend", request.measure)
