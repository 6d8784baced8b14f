"""Splitting: one matter of a complaint becomes a complaint of its own, with the time it has had already (M-3, M-14)."""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from kesu.company.models import Person
from kesu.complaints.actions import judging
from kesu.complaints.actions.numbers import numbers_from
from kesu.complaints.actions.road import STAFF, Road, begin
from kesu.complaints.models import Case, CaseItem, Part, Split
from kesu.complaints.storing import insert
from kesu.complaints.titles import title_of
from kesu.procedure.acts import ACTS
from kesu.procedure.refused import Refused

KEPT = ("heard", "receive", "judge", "step:judge")  # marks that the new case has had already
SAME = (  # what the two cases have in common
    *("company_id", "site_id", "version_id", "channel", "heard_at", "received_at", "received_by_id", "customer_id", "home_id"),
    *("tell_by", "language"),
    *("contact_name", "contact_phone", "contact_tail", "reach", "confidential", "place", "happened", "against", "wants", "wanted_by"),
    *("nature", "judged", "grade", "grade_because", "facts"),
)


def split(person: Person, case_id: int, *, item: int, reason: str, at: datetime) -> Case:
    """Make matter no. `item` a case of its own and return it: same customer, nature and grade, heard and received when the old one was.

    A part that was sent out and signed for goes on there too, so that nothing is owed a second time. Raises Refused for the last
    matter and for one that is not (any more) here.
    """
    with begin(person, case_id, "split", at) as road:
        reason = road.needs(reason, "reason", "写清为什么拆开", "say why it is split off")
        rows = list(CaseItem.objects.filter(case=road.case))
        row = next((one for one in rows if one.n == item), None)
        if row is None:
            raise Refused(
                "no_item",
                "这一件不在这张单上，可能已经拆出去了",
                "that matter is not in this case; it may be split off already",
                field="item",
            )
        if len(rows) == 1:
            raise Refused("last_item", "只有一件，不用拆", "there is only one matter; nothing to split", field="item")
        new = _new_case(road, row)
        row.case, row.n = new.case, 1
        row.save(update_fields=["case", "n"])
        Split.objects.create(case=road.case, off=new.case, n=item, reason=reason[:400], by=person, at=at)
        _categories(road.case, [one for one in rows if one is not row])
        said = {"reason": reason, "categories": road.case.categories}
        road.journal(item=item, what=row.words[:120], number=new.case.number, off=new.case.pk, **said)
        _story(new, road, item, reason)
    return new.case


def _categories(case: Case, items: list[CaseItem]) -> None:
    case.category = next((item.category for item in items if item.category), "")
    case.categories = list(dict.fromkeys(item.category for item in items if item.category))


def _new_case(road: Road, item: CaseItem) -> Road:
    """The new case with what both have in common, stored with its number; its story comes after."""
    old = road.case
    case = Case(
        **{name: getattr(old, name) for name in SAME},
        token=secrets.token_urlsafe(24),
        title=title_of([item.words])[:120],
        raw=item.words,
        category=item.category,
        categories=[item.category] if item.category else [],
        step="judge",
    )
    case.site, case.received_by = old.site, old.received_by
    facts = tuple(mark for mark in old.marks if mark.startswith("fact:"))
    for name in (*KEPT, *facts):
        if name in old.whole_marks or name in old.marks:
            case.marks[name] = list(old.marks.get(name) or old.whole_marks[name])
            case.whole_marks[name] = list(case.marks[name])
    day = road.at.astimezone(ZoneInfo(old.site.company.zone)).date()
    case.number = numbers_from(case.site, road.pack.pack.number, day, 1)[0]
    insert([case])
    return Road(road.person, STAFF, case, road.pack, ACTS["split_off"], road.at, role=road.role, rights=road.rights)


def _story(new: Road, road: Road, item: int, reason: str) -> None:
    """What had happened, told in its own journal with its own times; then the clocks begin where they began there."""
    case, old = new.case, road.case
    answered = {"facts": case.facts} if case.facts else {}
    new.journal(
        "receive", at=case.received_at, channel=case.channel, items=1, heard_at=case.heard_at.isoformat(), title=case.title, **answered
    )
    if case.judged and "judge" in case.marks:
        new.journal("judge", at=datetime.fromisoformat(case.marks["judge"][1]), **judging.said(case))
    if (part := next((row for row in road.live_parts() if row.lead), None)) is not None:
        _same_part(new, part)
    new.own_mark = False
    new.mark("split_off")
    new.journal(number=old.number, item=item, reason=reason, other=old.pk)
    new.finish()


def _same_part(new: Road, part: Part) -> None:
    """The lead department goes on with it: sent and signed for when it was."""
    case = new.case
    own = Part.objects.create(
        case=case,
        round=1,
        department=part.department,
        lead=True,
        first=True,
        dispatched_at=part.dispatched_at,
        signed_at=part.signed_at,
        signed_by=part.signed_by,
        handler=part.handler,
    )
    new.parts, case.department, case.handler = [own], part.department, part.handler
    for name, when in (("dispatch", part.dispatched_at), ("sign", part.signed_at)):
        if when:
            for mark in (name, f"step:{name}"):
                case.marks[mark] = [when.isoformat(), when.isoformat()]
            case.whole_marks[name] = [when.isoformat(), when.isoformat()]
    new.journal("dispatch", at=part.dispatched_at, lead=part.department.name, co=[], departments=[part.department_id], reason="")
    if part.signed_at:
        new.journal("sign", at=part.signed_at, department=part.department.name, part=own.pk)
