"""Acts beside the story: contact, present, ask, note, urge, withdraw, mark unfounded, the customer's rating."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions import merging, remedies
from kesu.complaints.actions.handclocks import asked_alone
from kesu.complaints.actions.road import CUSTOMER, SYSTEM, begin
from kesu.complaints.models import Case, Clock, Question, Rating
from kesu.procedure.refused import Refused


def contact(person: Person, case_id: int, *, channel: str, words: str, at: datetime) -> Case:
    """Speak with the customer and write down what was said."""
    with begin(person, case_id, "contact", at) as road:
        words = road.needs(words, "words", "写下说了什么", "write down what was said")
        road.journal(channel=channel, words=words)
    return road.case


def present(person: Person, case_id: int, *, to: str, words: str = "", at: datetime) -> Case:
    """Present the case to a superior (P-3, P-4); `to` is a role of the pack, its holders are told."""
    with begin(person, case_id, "present", at) as road:
        role = road.pack.find("roles", to)
        people = road.holders.of(to) if role else []
        if role is None or not people:
            raise Refused("nobody", "没有人担任这个岗位，请管理员先设好", "nobody holds that role; ask the administrator", field="to")
        road.mark(f"present:{to}")
        road.journal(to=to, people=[who.name for who in people], words=words.strip())
        road.tell(people)
    return road.case


def ask(person: Person, case_id: int, *, words: str, at: datetime) -> Case:
    """Ask the customer something on their page."""
    with begin(person, case_id, "ask", at) as road:
        road.moves_clocks = False
        words = road.needs(words, "words", "写下要问什么", "write down the question")
        row = Question.objects.create(case=road.case, words=words, asked_by=person, asked_at=at)
        road.journal(question=row.pk, words=words)
    return road.case


def note(person: Person | None, case_id: int, *, words: str, actor: str = "staff", question_id: int | None = None, at: datetime) -> Case:
    """Write something down; from the customer: a message, or the answer to a question. Never moves a clock, never reopens."""
    with begin(person, case_id, "note", at, actor=actor) as road:
        road.moves_clocks = False
        words = road.needs(words, "words", "还没写内容", "nothing is written yet")
        question = Question.objects.filter(case=road.case, pk=question_id).select_related("asked_by").first() if question_id else None
        if question_id and (question is None or question.answered_at):
            raise Refused("answered", "这个问题已经答过", "that question has been answered", field="words")
        if question:
            question.answer, question.answered_at = words, at
            question.save(update_fields=["answer", "answered_at"])
        road.journal(words=words, question=question.pk if question else None)
        if actor == CUSTOMER:
            to = [*([question.asked_by] if question else []), *(merging.carriers(road.case) if road.case.outcome == "merged" else [])]
            road.tell([*to, *[who for who in (road.case.handler, road.case.received_by) if who]], "customer_said", words=words[:200])
        elif actor == SYSTEM:
            road.tell([who for who in (road.case.handler, road.case.received_by) if who], "device_said", words=words[:200])
    return road.case


def urge(person: Person, case_id: int, *, clock_id: int, words: str = "", at: datetime) -> Case:
    """Remind whoever owes it; the reminder is on record."""
    with begin(person, case_id, "urge", at) as road:
        road.moves_clocks = False
        clock = Clock.objects.filter(case=road.case, pk=clock_id, state="running").select_related("person", "case").first()
        if clock is None:
            raise Refused("not_owed", "这一项已经不欠了", "that is no longer owed")
        people = [clock.person] if clock.person else road.holders.of(clock.role, clock.department_id)
        if not people:
            people = road.holders.first_of(road.pack.dispatching.nobody)[1]
        road.journal(obligation=clock.obligation, clock=clock.pk, words=words.strip(), told=[who.name for who in people])
        for who in people:
            road.tell([who], obligation=clock.obligation, words=words.strip(), **asked_alone(clock, who))
    return road.case


def withdraw(person: Person | None, case_id: int, *, reason: str, actor: str = "staff", at: datetime) -> Case:
    """The customer takes the complaint back; what is left is to close it."""
    with begin(person, case_id, "withdraw", at, actor=actor) as road:
        reason = road.needs(reason, "reason", "写下客户怎么说的", "write down what the customer said")
        if road.case.outcome == "withdrawn":
            raise Refused("withdrawn", "已经撤回，等着结案", "it is withdrawn already and waits to be closed")
        remedies.replace_open(road)
        road.case.outcome = "withdrawn"
        road.journal(reason=reason)
    return road.case


def unfound(person: Person, case_id: int, *, reason: str, words: str, channel: str, at: datetime) -> Case:
    """It does not stand: say why, and what the customer was told, tactfully (S-21)."""
    with begin(person, case_id, "unfound", at) as road:
        reason = road.needs(reason, "reason", "写清为什么不成立", "say why it does not stand")
        words = road.needs(words, "words", "写下怎么向客户说明的", "write down how it was explained to the customer")
        nature = next((row for row in road.pack.natures if row.unfounded), None)
        if nature is None:
            raise Refused("nature", "规程里没有“不成立”这个性质", "the procedure has no nature for unfounded complaints")
        case = road.case
        remedies.replace_open(road)
        case.nature, case.outcome, case.told_at, case.judged = nature.id, "unfounded", at, True
        for step in ("judge", "report"):
            road.complete(step)
        road.mark("report_back")
        road.journal(reason=reason, words=words, channel=channel, nature=nature.id)
    return road.case


def rate(case_id: int, *, answers: Mapping[str, int], words: str = "", at: datetime) -> Case:
    """The customer's own rating by the secret link; each question once per state, nobody inside can change it."""
    with begin(None, case_id, "rate", at, actor=CUSTOMER) as road:
        road.moves_clocks = False
        known = {row.id for row in road.pack.ratings}
        given = {key: int(value) for key, value in answers.items() if key in known and int(value) in (0, 1, 2)}
        if not given and not words.strip():
            raise Refused("empty", "请至少选一项", "choose at least one answer", field="answers")
        state = {"case": road.case, "round": road.case.round, "after_closing": not road.case.is_open}
        if Rating.objects.filter(**state).exists():
            said = "您已经评过了，办完后还可以再评一次", "you have rated it already; you may again once it is settled"
            raise Refused("rated", *said, field="answers")
        Rating.objects.create(answers=given, words=words.strip(), at=at, **state)
        road.journal(answers=given, words=words.strip())
    return road.case
