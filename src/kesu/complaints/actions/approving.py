"""Approval of a proposal through as many levels as the pack says: each answered once, never one's own (P-18)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask
from kesu.complaints.actions.road import Road, begin, complained_of
from kesu.complaints.models import ApprovalLevel, Case, Proposal
from kesu.procedure.refused import Refused

OPEN = ("pending", "approved", "offered")


def _under_way(*, case: int) -> QuerySet[Proposal]:
    return Proposal.objects.select_related("by").filter(case=case, state__in=OPEN).order_by("id")[:1]


def open_proposal(road: Road, *states: str) -> Proposal:
    """The proposal under way, in one of these states; Refused says in which it is instead."""
    found: list[Proposal] = ask(_under_way, key=None, case=road.case.pk)
    if not found:
        last = Proposal.objects.filter(case=road.case).order_by("-id").select_related("decided_by").first()
        if last and last.decided_by and road.act.name in ("approve", "refuse"):
            raise Refused("answered", f"{last.decided_by.name}已经答复过了", f"{last.decided_by.name} has answered it already")
        raise Refused("no_proposal", "还没有方案", "there is no proposal yet")
    proposal = found[0]
    if proposal.state not in states:
        said = {
            "pending": ("方案还在等批准", "the proposal is waiting for approval"),
            "approved": ("方案已批准，还没答复客户", "the proposal is approved; the customer has not been told yet"),
            "offered": ("方案已经告诉客户，在等客户答复", "the customer has the proposal and has not answered yet"),
        }[proposal.state]
        raise Refused("proposal_state", said[0], said[1], state=proposal.state)
    return proposal


def somebody_else(road: Road, role: str) -> str:
    """The role that decides; where only the one who asks holds it, the next role of the pack's approvals that somebody else holds."""
    named = [name for row in road.pack.approvals for name in (row.by, *row.then)]
    roles = dict.fromkeys([role, *named]) if role else {}
    aside = complained_of(road.case)  # who is complained of does not decide either
    return next((name for name in roles if any(who != road.person and who.pk not in aside for who in road.holders.of(name))), role)


def chain_of(road: Road, roles: list[str]) -> list[str]:
    """The levels with somebody to answer each; two that fall to the same role are one."""
    return list(dict.fromkeys(somebody_else(road, role) for role in roles))


def open_levels(proposal: Proposal, roles: list[str]) -> None:
    """The levels of a new proposal, waiting."""
    ApprovalLevel.objects.bulk_create([ApprovalLevel(proposal=proposal, n=n, role=role) for n, role in enumerate(roles, 1)])


def _waiting(road: Road) -> tuple[Proposal, list[ApprovalLevel]]:
    """The proposal that waits for this person's word, and the levels not yet answered, theirs first."""
    proposal, person = open_proposal(road, "pending"), road.person
    assert person is not None and road.rights is not None  # only staff decide
    if proposal.by_id == person.pk:
        raise Refused("own_proposal", "自己提的方案要由别人批", "somebody else must decide on your own proposal")
    rows = list(ApprovalLevel.objects.filter(proposal=proposal).select_related("by"))
    mine = next((row for row in rows if row.by_id == person.pk), None)
    if not road.rights.holds(proposal.approver, site_id=road.case.site_id):
        if mine:
            raise Refused("answered", "这一级您已经批过了", "you have answered your level already")
        name = road.pack.one("roles", proposal.approver)
        raise Refused(
            "not_approver", f"这个方案由{name.name}批", f"this proposal is for the {name.name_en} to decide", role=proposal.approver
        )
    answered = {row.by_id for row in rows}
    others = [who for who in road.holders.of(proposal.approver) if who.pk not in answered | {proposal.by_id}]
    if mine and others:
        raise Refused(
            "same_approver",
            f"上一级是您批的，这一级由{'、'.join(who.name for who in others)}批",
            f"you approved the level before; this one is for {', '.join(who.name for who in others)}",
        )
    return proposal, [row for row in rows if not row.answer]


def _answer(road: Road, levels: list[ApprovalLevel], answer: str, words: str) -> None:
    if levels:  # a proposal made before there were levels has none
        row = levels[0]
        row.answer, row.by, row.at, row.why = answer, road.person, road.at, words[:400]
        row.save()


def _decide(road: Road, proposal: Proposal, state: str, words: str) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at, proposal.decided_why = state, road.person, road.at, words[:400]
    proposal.save()
    road.proposers = [proposal.by]


def approve(person: Person, case_id: int, *, words: str = "", at: datetime) -> Case:
    """Approve the open proposal at the level whose turn it is; after the last level it may be told to the customer."""
    with begin(person, case_id, "approve", at) as road:
        proposal, waiting = _waiting(road)
        words = words.strip()
        _answer(road, waiting, "approved", words)
        if len(waiting) > 1:
            _pass_on(road, proposal, waiting[1].role, words)
        else:
            _decide(road, proposal, "approved", words)
            road.journal(proposal=proposal.pk, words=words, cost=proposal.company_pays)
    return road.case


def _pass_on(road: Road, proposal: Proposal, role: str, words: str) -> None:
    """One level said yes: the next is asked as the first was; the proposal is not approved yet."""
    proposal.approver = role
    proposal.save(update_fields=["approver"])
    road.approvers = road.holders.of(role, road.case.department_id)
    road.own_mark, road.told_as = False, "propose"
    road.journal("approve_level", proposal=proposal.pk, next_role=role, words=words)


def refuse(person: Person, case_id: int, *, reason: str, at: datetime) -> Case:
    """Refuse the open proposal with a reason, at whatever level: that ends it; the proposer hears it."""
    with begin(person, case_id, "refuse", at) as road:
        reason = road.needs(reason, "reason", "写清为什么不批", "say why it is refused")
        proposal, waiting = _waiting(road)
        _answer(road, waiting, "refused", reason)
        _decide(road, proposal, "refused", reason)
        road.journal(proposal=proposal.pk, reason=reason)
    return road.case
