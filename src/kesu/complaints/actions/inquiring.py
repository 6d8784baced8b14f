"""The people complained of: named, asked for a statement, told the result; experts asked for an assessment (STANDARDS 7.6, 7.8, H-8)."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.company.procedures import time_of
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.models import Case, Complained, Evidence, Inquiry
from kesu.procedure.due import due
from kesu.procedure.limits import parse_limit
from kesu.procedure.refused import Refused

STATEMENT, ASSESSMENT = "statement", "assessment"


def name_person(person: Person, case_id: int, *, who: int | None = None, name: str = "", words: str = "", at: datetime) -> Case:
    """Say who is complained of: a person of the company (`who`) or a bare name. They have no further say in this case."""
    with begin(person, case_id, "name_person", at) as road:
        _needs_rules(road)
        found = _colleague(road, who)
        name = found.name if found else road.needs(name, "name", "选一个人，或写下名字", "choose somebody, or write a name")[:60]
        if found and Complained.objects.filter(case=road.case, person=found, dropped_at__isnull=True).exists():
            raise Refused("named", f"{name}已经记下了", f"{name} has been named already", field="who")
        row = Complained.objects.create(case=road.case, person=found, name=name, words=words.strip()[:400], named_by=person, named_at=at)
        road.journal(complained=row.pk, who=name, person_id=found.pk if found else None, words=row.words)
    return road.case


def _needs_rules(road: Road) -> None:
    if road.pack.investigation is None:
        raise Refused("no_rules", "规程里没有写怎么调查，用不上", "the procedure says nothing about investigating")


def _colleague(road: Road, who: int | None) -> Person | None:
    if not who:
        return None
    found = road.standing.people.get(who)
    if found is None:
        raise Refused("person", "请选本公司的人", "choose somebody of the company", field="who")
    return found


def _complained(road: Road, complained_id: int) -> Complained:
    row = Complained.objects.filter(case=road.case, pk=complained_id, dropped_at__isnull=True).select_related("person").first()
    if row is None:
        raise Refused("complained", "请选一个被投诉的人", "choose a person complained of", field="complained")
    return row


def drop_person(person: Person, case_id: int, *, complained_id: int, reason: str, at: datetime) -> Case:
    """It was a mistake: this is not the one. The entry stays in the journal."""
    with begin(person, case_id, "drop_person", at) as road:
        row = _complained(road, complained_id)
        reason = road.needs(reason, "reason", "写清为什么不是这个人", "say why it is not this person")
        row.dropped_at = at
        row.save(update_fields=["dropped_at"])
        row.inquiries.filter(answered_at__isnull=True).update(answered_at=at)  # nothing is asked of them any more
        road.journal(complained=row.pk, who=row.name, reason=reason)
    return road.case


def ask_statement(person: Person, case_id: int, *, complained_id: int, words: str, at: datetime) -> Case:
    """Ask the person complained of for a statement: they see these words and nothing else of the case."""
    with begin(person, case_id, "ask_statement", at) as road:
        _needs_rules(road)
        row = _complained(road, complained_id)
        words = road.needs(words, "words", "写下要对方说明什么", "write down what they should speak to")
        if Inquiry.objects.filter(complained=row, answered_at__isnull=True).exists():
            raise Refused(
                "asked", f"已经请{row.name}说明，还没答", f"{row.name} has been asked and has not answered yet", field="complained"
            )
        _ask(road, STATEMENT, row.person, row.name, words, row)
    return road.case


def ask_expert(person: Person, case_id: int, *, who: int | None = None, name: str = "", words: str, at: datetime) -> Case:
    """Ask an expert for an assessment: somebody of the company, who answers on their own page, or a body outside."""
    with begin(person, case_id, "ask_expert", at) as road:
        _needs_rules(road)
        found = _colleague(road, who)
        name = found.name if found else road.needs(name, "name", "选一个人，或写下机构", "choose somebody, or write the body's name")[:60]
        words = road.needs(words, "words", "写下要看什么", "write down what should be assessed")
        if found and found.pk in _named(road):
            raise Refused("concerned", f"投诉的是{name}，不能请本人鉴定", f"the complaint is about {name}", field="who")
        _ask(road, ASSESSMENT, found, name, words, None)
    return road.case


def _named(road: Road) -> set[int | None]:
    return set(Complained.objects.filter(case=road.case, dropped_at__isnull=True).values_list("person_id", flat=True))


def _ask(road: Road, kind: str, who: Person | None, name: str, words: str, complained: Complained | None) -> None:
    assert road.person is not None and road.pack.investigation is not None  # staff ask, where the pack has rules for it
    rules = road.pack.investigation
    limit = rules.statement if kind == STATEMENT else rules.assessment
    ends = due(parse_limit(limit), road.at, time_of(road.case.site, rules.time)) if limit else None
    row = Inquiry.objects.create(
        case=road.case,
        kind=kind,
        complained=complained,
        person=who,
        name=name,
        words=words,
        asked_by=road.person,
        asked_at=road.at,
        due_at=ends.at if ends else None,
    )
    stamp = row.due_at.isoformat() if row.due_at else ""
    road.journal(inquiry=row.pk, who=name, words=words, due=stamp)
    if who:
        road.tell([who], inquiry=row.pk, due=stamp)


def open_inquiry(road: Road, inquiry_id: int) -> Inquiry:
    """What was asked and not answered yet; Refused otherwise."""
    row = Inquiry.objects.filter(case=road.case, pk=inquiry_id).select_related("asked_by").first()
    if row is None or row.answered_at:
        raise Refused("answered", "这一项已经答过了", "that has been answered already", field="inquiry")
    return row


def answered(road: Road, inquiry: Inquiry, evidence: Evidence) -> None:
    """The answer is there, as evidence; whoever asked is told."""
    inquiry.answered_at, inquiry.evidence = road.at, evidence
    inquiry.save(update_fields=["answered_at", "evidence"])
    road.tell([inquiry.asked_by], "answered", words=inquiry.name)


def tell_person(person: Person, case_id: int, *, complained_id: int, channel: str, words: str, at: datetime) -> Case:
    """Tell the person complained of what came of it (STANDARDS 7.8); they find the words on their own page too."""
    with begin(person, case_id, "tell_person", at) as road:
        road.moves_clocks = False
        row = _complained(road, complained_id)
        words = road.needs(words, "words", "写下告诉对方的话", "write down what they are told")
        if road.pack.find("channels", channel) is None:
            raise Refused("channel", "请选怎么告诉的", "choose how they were told", field="channel")
        row.told_at, row.told_by, row.told_words = at, person, words
        row.save(update_fields=["told_at", "told_by", "told_words"])
        road.journal(complained=row.pk, who=row.name, channel=channel, words=words)
        if row.person:
            road.tell([row.person])
    return road.case
