"""Sending the form to departments: dispatch, sign, send back, hand on (P-6, H-2, M-5, M-14)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kesu.company.models import Department, Person
from kesu.complaints.actions.road import Road, begin, complained_of
from kesu.complaints.models import Case, Part
from kesu.complaints.queries.handlers import Before, did_before
from kesu.procedure.refused import Refused


def check_departments(road: Road, lead: int | None, co: Iterable[int]) -> dict[int, Department]:
    """The departments named, in order, lead first; Refused for departments of elsewhere and for those at work already."""
    wanted = list(dict.fromkeys([*([lead] if lead else []), *co]))
    here = {pk: row for pk, row in road.standing.departments.items() if row.site_id == road.case.site_id}
    if not wanted or set(wanted) - set(here):
        raise Refused("department", "请选本管理处的部门", "choose departments of this site", field="lead")
    has = {part.department_id for part in road.live_parts()}
    if has.intersection(wanted):
        names = "、".join(here[pk].name for pk in wanted if pk in has)
        raise Refused("already_there", f"{names}已经在办", f"already dispatched to {names}", field="lead")
    if lead:
        _check_head(road, here[lead])
    return {pk: here[pk] for pk in wanted}


def _check_head(road: Road, lead: Department) -> None:
    """A department whose only head is complained of cannot lead: nobody there could sign for it or investigate."""
    heads, concerned = road.department_heads(lead.pk), complained_of(road.case) if road.case.pk else set()
    if heads and all(who.pk in concerned for who in heads):
        names = "、".join(who.name for who in heads)
        raise Refused(
            "concerned",
            f"{lead.name}能签收的只有{names}，投诉的就是{names}；请派给别的部门",
            f"in {lead.name} only {names} could sign, and the complaint is about {names}; choose another department",
            field="lead",
        )


def make_parts(road: Road, lead: int | None, co: Iterable[int], reason: str = "") -> list[Part]:
    """Unsaved parts for a new lead (if given) and co-departments, with marks and journal; Refused for wrong departments."""
    case, wanted = road.case, check_departments(road, lead, co)
    first = case.round == 1 and not road.parts
    parts = [
        Part(case=case, round=case.round, department=row, lead=pk == lead, first=first, dispatched_at=road.at) for pk, row in wanted.items()
    ]
    if lead:
        case.department, case.handler = wanted[lead], None
        road.complete("dispatch")
        road.unmark("sign", "step:sign")
    road.mark("dispatch")
    names = [row.name for pk, row in wanted.items() if pk != lead]
    road.journal("dispatch", lead=wanted[lead].name if lead else "", co=names, departments=list(wanted), reason=reason)
    return parts


def dispatch(person: Person, case_id: int, *, lead: int | None, co: Iterable[int] = (), reason: str = "", at: datetime) -> Case:
    """Send the form to a lead department and co-departments. With a lead at work already, a reason moves the lead."""
    with begin(person, case_id, "dispatch", at) as road:
        road.own_mark = False
        if lead and (old := next((part for part in road.live_parts() if part.lead), None)):
            if old.department_id == lead:
                raise Refused(
                    "already_there", f"{old.department.name}已经在办", f"already dispatched to {old.department.name}", field="lead"
                )
            reason = road.needs(reason, "reason", "换主办部门要写理由", "say why the lead department changes")
            _end_part(old, reason, at)
        elif not lead and road.case.department_id is None:
            raise Refused("no_lead", "请选一个主办部门", "choose a lead department", field="lead")
        road.parts += Part.objects.bulk_create(make_parts(road, lead, co, reason))
    return road.case


def _end_part(part: Part, reason: str, at: datetime) -> None:
    part.sent_back_at, part.sent_back_why = at, reason[:400]
    part.save(update_fields=["sent_back_at", "sent_back_why"])


def sign(person: Person, case_id: int, *, department_id: int | None = None, at: datetime) -> Case:
    """Sign for the department's part by name (P-6). The second of two people at once gets Refused with who was first."""
    with begin(person, case_id, "sign", at) as road:
        road.own_mark = False
        part = _unsigned(road, department_id)
        part.signed_at, part.signed_by, part.handler = at, person, person
        part.save(update_fields=["signed_at", "signed_by", "handler"])
        if part.lead:
            road.case.handler = person
            road.mark("sign")
            road.complete("sign")
        road.journal(department=part.department.name, part=part.pk)
    return road.case


def _unsigned(road: Road, department_id: int | None) -> Part:
    try:
        return road.my_part(signed=False, department_id=department_id)
    except Refused:
        signed = [part for part in road.live_parts() if part.signed_at and part.returned_at is None]
        mine = [
            part
            for part in signed
            if road.rights and road.rights.by_role("sign", site_id=road.case.site_id, departments=[part.department_id])
        ]
        if not mine:
            raise
        who, when = mine[0].handler, mine[0].signed_at
        assert who is not None and when is not None  # a signed part names who and when
        raise Refused(
            "signed", f"没签收成：{who.name}已经签收", f"not signed: {who.name} has signed for it already", by=who.pk, at=when.isoformat()
        ) from None


def send_back(person: Person, case_id: int, *, reason: str, department_id: int | None = None, at: datetime) -> Case:
    """Not ours: back to reception with a reason. After the pack's number of bounces nobody may; the arbiter decides."""
    with begin(person, case_id, "send_back", at) as road:
        reason = road.needs(reason, "reason", "写清为什么退回、应归哪个部门", "say why, and whose it should be")
        part = road.my_part(department_id=department_id)
        case, rule = road.case, road.pack.dispatching
        if part.lead and case.bounces >= rule.max_bounces:
            arbiter = road.pack.one("roles", rule.arbiter)
            raise Refused(
                "bounced",
                f"已经退回过 {case.bounces} 次，不能再退；由{arbiter.name}定主办部门",
                f"sent back {case.bounces} times already; the {arbiter.name_en} decides who leads",
            )
        _end_part(part, reason, at)
        if part.lead:
            case.department = case.handler = None
            case.bounces += 1
            road.unmark("step:dispatch", "step:sign", "sign", "send_back:lead")
            road.mark("send_back:lead")  # the form lies with reception again: the latest time counts
        elif case.step == "handle":
            road.complete_handling()  # the others were waiting for this form only
        road.journal(department=part.department.name, part=part.pk, reason=reason, bounces=case.bounces)
        if part.lead and case.bounces >= rule.max_bounces:
            road.tell(road.holders.of(rule.arbiter), "bounced", bounces=case.bounces)
    return road.case


def transfer(person: Person, case_id: int, *, to: int, reason: str, department_id: int | None = None, at: datetime) -> Case:
    """Hand the department's part to a colleague of the department, with a reason."""
    with begin(person, case_id, "transfer", at) as road:
        reason = road.needs(reason, "reason", "写清为什么换人", "say why it is handed on")
        part = road.my_part(signed=True, department_id=department_id)
        heir = road.standing.people.get(to)
        inside = {grant.person_id for grant in road.standing.grants if grant.department_id == part.department_id}
        if heir is None or heir.pk not in inside or heir.pk == part.handler_id:
            raise Refused("person", "请选本部门的另一个人", "choose somebody else of the department", field="to")
        if heir.pk in complained_of(road.case):
            raise Refused("concerned", f"投诉的是{heir.name}，不能交给本人办", f"the complaint is about {heir.name}", field="to")
        _check_fresh(road, heir)
        part.handler = heir
        part.save(update_fields=["handler"])
        if part.lead:
            road.case.handler = heir
        road.journal(department=part.department.name, to=heir.name, person_id=heir.pk, reason=reason)
        road.tell([heir])
    return road.case


def _check_fresh(road: Road, heir: Person) -> None:
    """What is kept for somebody else is not handed to whoever handled it in an earlier round (M-7)."""
    before = did_before([road.case], road.standing).get(road.case.pk, Before())
    if any(before.bars(heir.pk, act) for act in ("sign", "execute")):
        raise Refused(
            "same_person",
            f"前一轮是{heir.name}办的，这一轮要交给别人",
            f"{heir.name} handled it before; hand this round to somebody else",
            field="to",
        )
