"""Judging: nature, categories, facts, and the grade that follows from them; changing the grade with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from kesu.company.models import Person
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.models import Case, CaseItem
from kesu.procedure.grading import grade as grade_by_facts
from kesu.procedure.refused import Refused
from kesu.procedure.suggest import suggest

MOST_ITEMS = 60  # matters of one complaint


def settle(road: Road, nature: str, facts: Mapping[str, bool | None], *, judged: bool) -> None:
    """Put nature, facts and the grade that follows (P-2) on the case; `judged` completes the step."""
    if road.pack.find("natures", nature) is None:
        raise Refused("nature", "规程里没有这个性质", "the procedure has no such nature", field="nature")
    case = road.case
    graded = grade_by_facts(road.pack, nature, facts)
    case.nature, case.grade = nature, graded.grade
    case.grade_because = [list(pair) for pair in graded.because]
    _put_facts(road, facts)
    if judged:
        case.judged = True
        road.mark("judge")
        road.complete("judge")


def _put_facts(road: Road, facts: Mapping[str, bool | None]) -> None:
    """The answers to the pack's questions; what is newly true starts its clocks now."""
    case = road.case
    case.facts = {fact: bool(answer) for fact, answer in facts.items() if answer is not None and road.pack.find("facts", fact)}
    for fact, answer in case.facts.items():
        if answer and f"fact:{fact}" not in case.marks:
            road.mark(f"fact:{fact}")


def write(road: Road, **besides: Any) -> None:
    """The journal's entry of a judgement."""
    road.journal("judge", **said(road.case), **besides)


def said(case: Case) -> dict[str, Any]:
    """What the journal says of a judgement."""
    return {
        "nature": case.nature,
        "grade": case.grade,
        "because": case.grade_because,
        "facts": case.facts,
        "categories": case.categories,
    }


def judge(
    person: Person,
    case_id: int,
    *,
    nature: str,
    facts: Mapping[str, bool | None],
    categories: Mapping[int, str] | None = None,
    title: str = "",
    more: Iterable[str] = (),
    at: datetime,
) -> Case:
    """Say what kind of complaint it is and answer the pack's questions; the grade follows (P-2, B-1, M-3).

    `categories`: item number → category id; `more`: further matters found in the customer's words, which become items of their own.
    After the first judgement only `regrade` changes it. Raises Refused.
    """
    with begin(person, case_id, "judge", at) as road:
        if road.case.judged:
            raise Refused("judged", "已经定过级，要改请用“改等级”并写理由", "already judged; use regrade and give a reason")
        road.own_mark = False
        _put_categories(road, categories or {})
        added = _add_items(road, more)
        if title.strip():
            road.case.title = title.strip()[:120]
        settle(road, nature, facts, judged=True)
        write(road, **({"more": added} if added else {}))
    return road.case


def _put_categories(road: Road, categories: Mapping[int, str]) -> None:
    if not categories:
        return
    items = list(CaseItem.objects.filter(case=road.case))
    for item in items:
        wanted = categories.get(item.n, item.category)
        if wanted and road.pack.find("categories", wanted) is None:
            raise Refused("category", "规程里没有这个类别", "the procedure has no such category", field=f"category_{item.n}")
        item.category = wanted
    CaseItem.objects.bulk_update(items, ["category"])
    road.case.category = next((item.category for item in items if item.category), "")
    road.case.categories = list(dict.fromkeys(item.category for item in items if item.category))


def _add_items(road: Road, more: Iterable[str]) -> list[str]:
    """One item a line (M-3), each with the category its words point to; the words that were there stay as they are."""
    lines = [line.strip() for line in more if line.strip()]
    last = CaseItem.objects.filter(case=road.case).count()
    if last + len(lines) > MOST_ITEMS:
        raise Refused("many", f"一张单最多 {MOST_ITEMS} 件", f"at most {MOST_ITEMS} items in one complaint", field="more")
    found = [(line, suggest(road.pack, line).categories) for line in lines]
    rows = [
        CaseItem(case=road.case, n=n, words=line, category=near[0][0] if near else "") for n, (line, near) in enumerate(found, last + 1)
    ]
    CaseItem.objects.bulk_create(rows)
    road.case.categories = list(dict.fromkeys([*road.case.categories, *(row.category for row in rows if row.category)]))
    road.case.category = road.case.category or next(iter(road.case.categories), "")
    return lines


def regrade(
    person: Person,
    case_id: int,
    *,
    grade: str = "",
    reason: str,
    nature: str = "",
    facts: Mapping[str, bool | None] | None = None,
    at: datetime,
) -> Case:
    """Change grade or nature (help that turns out to be a complaint) with a reason; empty leaves it as it is.

    Clocks of the new grade count from where the old ones did, so no time is lost.
    """
    with begin(person, case_id, "regrade", at) as road:
        reason = road.needs(reason, "reason", "写清为什么改", "say why it changes")
        case = road.case
        if grade and road.pack.find("grades", grade) is None:
            raise Refused("grade", "规程里没有这个等级", "the procedure has no such grade", field="grade")
        if (grade or case.grade) == case.grade and (nature or case.nature) == case.nature:
            raise Refused("same_grade", "等级和性质都没有变", "grade and nature are what they were", field="grade")
        if nature and nature != case.nature:
            _put_nature(road, nature)
        put_grade(road, grade or case.grade, reason, reason, facts, nature=nature if nature == case.nature else "")
    return road.case


def _put_nature(road: Road, nature: str) -> None:
    row = road.pack.find("natures", nature)
    if row is None or row.unfounded:  # that it does not stand is an act of its own, with its explanation to the customer
        raise Refused("nature", "不能改成这个性质", "it cannot be changed to this nature", field="nature")
    road.case.nature = nature


def put_grade(road: Road, grade: str, zh: str, en: str, facts: Mapping[str, bool | None] | None = None, nature: str = "") -> None:
    """Set another grade and write it down; used by people and by the procedure itself (P-2: a month unsolved)."""
    case = road.case
    before, case.grade, case.grade_because = case.grade, grade, [[zh, en]]
    if facts is not None:
        _put_facts(road, facts)
    if not case.judged:
        case.judged = True
        road.complete("judge")
        road.mark("judge")
    more = {"facts": case.facts} if facts is not None else {}
    more |= {"nature": nature} if nature else {}
    road.journal("regrade", before=before, grade=grade, reason=zh, reason_en=en, **more)
