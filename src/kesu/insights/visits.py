"""The summary of follow-ups (回访总结报告, S-15): counted from stored follow-ups and their clocks, each figure with its definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from kesu.company.models import Company
from kesu.company.procedures import pack_of
from kesu.complaints.models import Case, Clock, Part, SurveyAnswer, Visit
from kesu.complaints.queries.veil import UNKNOWN_TO_ALL, Veil

DEFINITIONS: dict[str, tuple[str, str]] = {
    "owed": ("本期到期的回访，一件投诉每办一轮算一次", "follow-ups that fell due in the period, one for each round of a case"),
    "done": (
        "应回访里客户答了满意或不满意的（电话，或规程算数的网上回答）",
        "of those owed, answered content or not, by a call or an answer that counts",
    ),
    "not_reached": (
        "应回访里打过、没有一次答上的；不算完成，也不算满意",
        "of those owed, tried and never answered; neither done nor content",
    ),
    "open": ("应回访里还没打过的", "of those owed, not tried yet"),
    "questions": ("完成的回访里每一题选了哪一档；没选的记“没评”，不进别的档", "answers of those done; unanswered is unrated, on its own"),
}


@dataclass
class Question:
    """How one question was answered: `counts` from 0 (best), and how many left it out."""

    id: str
    label: tuple[str, str]
    counts: list[int]
    unrated: int = 0


@dataclass(frozen=True)
class Unhappy:
    """One customer who was not content, and what became of it (zh, en)."""

    number: str
    title: str
    department: str
    words: str
    at: datetime
    became: tuple[str, str]


@dataclass
class Summary:
    """The report's figures."""

    first: date
    last: date
    owed: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)  # content, not_content, not_reached, open
    departments: dict[str, Counter[str]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    scale: tuple[list[str], list[str]] = ([], [])
    unhappy: list[Unhappy] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Answered, content or not."""
        return self.outcomes["content"] + self.outcomes["not_content"]


Key = tuple[int, int]


def summary(company: Company, first: date, last: date, site: int | None = None) -> Summary:
    """The figures for follow-ups that fell due from the first day to the last (both whole days in the company's zone). Five queries."""
    zone = ZoneInfo(company.zone)
    start, end = datetime.combine(first, time.min, zone), datetime.combine(last, time.max, zone)
    owed = _owed(company, start, end, site)
    ids = {case_id for case_id, _round in owed}
    calls: dict[Key, list[Visit | SurveyAnswer]] = {}
    answered: Iterable[Visit | SurveyAnswer] = [
        *Visit.objects.filter(case__in=ids).order_by("id"),
        *SurveyAnswer.objects.filter(case__in=ids, counts=True),
    ]
    for row in answered:
        calls.setdefault((row.case_id, row.round), []).append(row)
    leads = {
        (part.case_id, part.round): part.department.name
        for part in Part.objects.filter(case__in=ids, lead=True).select_related("department").order_by("id")
    }
    found = Summary(first, last, len(owed))
    for key, case in owed.items():
        _count(found, key, case, calls.get(key, []), leads.get(key, ""))
    return found


def _owed(company: Company, start: datetime, end: datetime, site: int | None) -> dict[Key, Case]:
    rows = Clock.objects.filter(company_id=company.pk, due_at__gte=start, due_at__lte=end).exclude(state="void")
    rows = rows.filter(site_id=site) if site else rows
    found = {}
    for clock in rows.select_related("case__home").order_by("due_at", "id"):
        obligation = pack_of(clock.case.version_id).obligation(clock.obligation)
        if obligation and obligation.act == "visit" and obligation.per == "case":  # not the times agreed within it
            found[clock.case_id, clock.round] = clock.case
    return found


def _count(found: Summary, key: Key, case: Case, rows: list[Visit | SurveyAnswer], department: str) -> None:
    answer = next((row for row in reversed(rows) if row.outcome in ("content", "not_content")), None)
    outcome = answer.outcome if answer else "not_reached" if rows else "open"
    found.outcomes[outcome] += 1
    found.departments.setdefault(department, Counter())[outcome] += 1
    if answer is None:
        return
    _ask(found, case, answer.answers)
    if outcome == "not_content":
        veil = Veil(case, UNKNOWN_TO_ALL)  # the report goes to people of every role
        found.unhappy.append(
            Unhappy(case.number, veil.words(case.title), department, veil.words(answer.words), answer.at, _became(case, key[1]))
        )


def _ask(found: Summary, case: Case, answers: dict[str, int]) -> None:
    survey = pack_of(case.version_id).follow_up.survey
    found.scale = found.scale if found.scale[0] else (list(survey.scale), list(survey.scale_en))
    known = {row.id: row for row in found.questions}
    for asked in survey.questions:
        row = known.get(asked.id)
        if row is None:
            row = Question(asked.id, (asked.question, asked.question_en), [0] * 5)
            found.questions.append(row)
        if asked.id in answers:
            row.counts[answers[asked.id]] += 1
        else:
            row.unrated += 1


def _became(case: Case, round: int) -> tuple[str, str]:
    if case.round == round:
        return "没有重新办理", "not handled anew"
    state = ("已结案", "closed") if case.closed_at else ("还在办", "under way")
    return f"办到第 {case.round} 轮，{state[0]}", f"round {case.round}, {state[1]}"
