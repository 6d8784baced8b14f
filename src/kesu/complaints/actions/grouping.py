"""Groups (群诉): one cause, many customers. The lead case is investigated for all; each customer is told and followed up by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints.actions import investigating, remedies
from kesu.complaints.actions.road import Road, begin, locked, sees
from kesu.complaints.models import AgreedAction, Case, Evidence, Group, JournalEntry, Membership, Merge, Proposal
from kesu.procedure.refused import Refused


def join_group(person: Person, case_id: int, *, lead: str, name: str = "", at: datetime) -> Case:
    """Put the case into the group that the case with the number `lead` leads; the first one to join makes the group (`name`: its cause)."""
    with transaction.atomic():
        head = _lead(person, case_id, lead, at)
        with begin(person, case_id, "join_group", at) as road:
            road.moves_clocks = False
            _check_lead(road, head)
            group = Group.objects.filter(lead=head).first()
            if group is None:
                called = (name.strip() or head.title)[:120]
                group = Group.objects.create(company_id=head.company_id, lead=head, name=called, by=person, at=at)
            Membership.objects.create(group=group, case=road.case, by=person, at=at)
            road.journal(group=group.name, number=head.number, lead=head.pk)
            road.tell([who for who in (head.handler, head.received_by) if who])
    return road.case


def _visible(person: Person, case: Case | None, at: datetime) -> bool:
    return case is not None and sees(rights_of(person, at), case, list(case.parts.all()), case.tasks.all())


def _lead(person: Person, case_id: int, number: str, at: datetime) -> Case:
    """The lead case; both are locked in a fixed order, so that two who join each other at once do not both lead."""
    if not _visible(person, Case.objects.filter(pk=case_id).first(), at):
        raise Case.DoesNotExist
    found = Case.objects.filter(company_id=person.company_id, number=number.strip()).first()
    if found is None or not _visible(person, found, at):
        raise Refused("no_case", "没有找到这张单，请核对编号", "no such complaint was found; check the number", field="lead")
    if found.pk == case_id:
        raise Refused("itself", "牵头单不能是自己，写另一张的编号", "a case cannot be led by itself; name another", field="lead")
    rows = {row.pk: row for row in (locked(pk) for pk in sorted((case_id, found.pk)))}
    return rows[found.pk]


def _check_lead(road: Road, head: Case) -> None:
    rights = road.rights
    assert rights is not None  # staff only
    if rights.by_role("join_group", site_id=head.site_id, departments=[part.department_id for part in head.parts.all()]) is None:
        raise Refused("not_allowed", f"您的岗位不能动 {head.number}", f"your role may not touch {head.number}", field="lead")
    if not head.is_open:
        raise Refused("closed_case", f"{head.number} 已经结案，不能牵头", f"{head.number} is closed and cannot lead", field="lead")
    if Membership.objects.filter(case=road.case).exists():
        raise Refused("grouped", "这张单已经在一个群诉里，先离开再归入", "this case is in a group already; leave it first", field="lead")
    if Group.objects.filter(lead=road.case).exists():
        raise Refused("leads", "这张单自己牵头一个群诉", "this case leads a group itself", field="lead")
    above = Membership.objects.filter(case=head).select_related("group__lead").first()
    if above:
        number = above.group.lead.number
        raise Refused(
            "circular",
            f"{head.number} 自己归在 {number} 下，请写 {number}",
            f"{head.number} is itself led by {number}; name that one",
            field="lead",
        )


def leave_group(person: Person, case_id: int, *, reason: str, at: datetime) -> Case:
    """The case is no part of the group after all. A lead leaves when nobody follows any more, and the group ends."""
    with begin(person, case_id, "leave_group", at) as road:
        road.moves_clocks = False
        reason = road.needs(reason, "reason", "写清为什么离开", "say why it leaves")
        mine = Membership.objects.filter(case=road.case).select_related("group").first()
        led = Group.objects.filter(lead=road.case).first()
        if mine:
            name = mine.group.name
            mine.delete()
        elif led and not led.memberships.exists():
            name = led.name
            led.delete()
        elif led:
            raise Refused("leads", "还有别的单归在这里，牵头单不能先离开", "others still follow this case; the lead cannot leave first")
        else:
            raise Refused("no_group", "这张单不在群诉里", "this case is in no group")
        road.journal(group=name, reason=reason)
    return road.case


def followers(case: Case) -> list[int]:
    """The cases of the group that this one leads, and those that were merged into it, by id."""
    found = set(Membership.objects.filter(group__lead=case).values_list("case_id", flat=True))
    found |= set(Merge.objects.filter(into=case, undone_at__isnull=True).values_list("case_id", flat=True))
    return sorted(found)


def tell_all(person: Person, case_id: int, *, channel: str, words: str, at: datetime) -> Case:
    """Tell every customer of the group and of what was merged in the same words; each case keeps its own entry, and each customer reads it.

    It stands for nobody's report-back or follow-up.
    """
    with transaction.atomic():
        everybody = _everybody(person, case_id, at)
        for pk in [case_id, *(pk for pk in everybody if pk != case_id)]:
            with begin(person, pk, "tell_all", at) as road:
                if pk == case_id and not followers(road.case):
                    raise Refused("nobody", "没有归在这张单下的投诉", "no other complaint follows this case")
                if road.pack.find("channels", channel) is None:
                    raise Refused("channel", "请选怎么告诉客户的", "choose how the customers were told", field="channel")
                words = road.needs(words, "words", "写下对客户说的话", "write down what the customers were told")
                road.journal(channel=channel, words=words)
            if pk == case_id:
                answer = road.case
    return answer


def _everybody(person: Person, case_id: int, at: datetime) -> list[int]:
    """The lead and all that follow it, locked in a fixed order; Refused when some of them are not this person's to see."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not _visible(person, case, at):
        raise Case.DoesNotExist
    found = sorted({case_id, *followers(case)})
    unseen = [row.number for row in map(locked, found) if not _visible(person, row, at)]
    if unseen:
        raise Refused(
            "unseen",
            f"有 {len(unseen)} 张单不在您的范围，请上级来告知",
            f"{len(unseen)} of them are not yours to see; ask a superior to tell them",
        )
    return found


def share_finding(person: Person, case_id: int, *, members: Iterable[int], at: datetime) -> Case:
    """Copy what was heard, the cause, and the last proposal of the lead case to these members, each by its own act and approval.

    A member that stands elsewhere is named with the reason and nothing of any is written. Raises Refused.
    """
    wanted = sorted(set(members))
    with transaction.atomic():
        with begin(person, case_id, "share_finding", at) as road:
            road.moves_clocks = False
            lead, group = road.case, Group.objects.filter(lead=road.case).first()
            known = set(Membership.objects.filter(group=group).values_list("case_id", flat=True)) if group else set()
            if group is None or not wanted or set(wanted) - known:
                raise Refused("nobody", "请选归在这张单下的投诉", "choose complaints of this group", field="members")
            if not lead.cause:
                raise Refused("no_cause", "牵头单还没查明原因", "the cause has not been found in the lead case")
            numbers = dict(Case.objects.filter(pk__in=wanted).values_list("pk", "number"))
            road.journal(cases=[numbers[pk] for pk in wanted], members=wanted)
        for pk in wanted:
            try:
                _copy(person, lead, pk, at)
            except Refused as no:
                raise Refused("member", f"{numbers[pk]}：{no.zh}", f"{numbers[pk]}: {no.en}", field="members") from no
    return road.case


def _copy(person: Person, lead: Case, member: int, at: datetime) -> None:
    said = JournalEntry.objects.filter(case=lead, act="find_cause").order_by("-n").first()
    heard = {row.side: row for row in Evidence.objects.filter(case=lead, round=lead.round).order_by("id")}
    for row in heard.values():
        words = f"{lead.number}：{row.words}"
        investigating.investigate(person, member, side=row.side, kind=row.kind, who=row.who, words=words, at=at)
    findings = {str(n): finding for n, finding in lead.items.exclude(finding="").values_list("n", "finding")}
    common = next(iter(findings.values()), "")
    items = Case.objects.get(pk=member).items.filter(finding="").values_list("n", flat=True)
    words = str(said.data.get("words", "")) if said else ""
    found = dict.fromkeys(items, common) if common else None
    investigating.find_cause(
        person,
        member,
        cause=lead.cause,
        words=f"{words}（{lead.number}）",
        findings=found,
        at=at,
    )
    last = Proposal.objects.filter(case=lead, round=lead.round).exclude(state__in=["refused", "declined"]).order_by("-id").first()
    if last is not None:
        rows = AgreedAction.objects.filter(proposal=last)
        promises = [remedies.Promise(row.what, due_at=row.due_at, remedy=row.remedy, cost=row.cost, department_id=None) for row in rows]
        remedies.propose(person, member, words=last.words, promises=promises, customer_pays=last.customer_pays, at=at)
