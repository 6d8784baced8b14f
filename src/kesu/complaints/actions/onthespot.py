"""Settling a simple matter at once (当场办结): the same acts as ever, each in the journal, in one transaction (M-15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kesu.company.models import Person
from kesu.complaints.actions.investigating import find_cause
from kesu.complaints.actions.remedies import Promise, agree, execute, propose, reply, return_form
from kesu.complaints.models import AgreedAction, Case, Proposal
from kesu.procedure.refused import Refused


def settle_on_the_spot(
    person: Person,
    case_id: int,
    *,
    cause: str,
    cause_words: str,
    findings: Mapping[int, str] | None = None,
    what: str,
    remedy: str = "",
    channel: str,
    words: str,
    done: str,
    at: datetime,
) -> Case:
    """Cause, proposal, reply, the customer's agreement, carrying out and returning the form, all now or not at all.

    `what` was done at no cost, `words` were said to the customer, `done` is how it came out. Raises Refused when the
    proposal would need approval, or whatever any of the acts refuses.
    """
    with transaction.atomic():
        find_cause(person, case_id, cause=cause, words=cause_words, findings=findings, at=at)
        if not what.strip():
            raise Refused("missing", "写下做了什么", "write down what was done", field="what")
        propose(person, case_id, words=what, promises=[Promise(what, remedy=remedy)], at=at)
        proposal = Proposal.objects.filter(case_id=case_id).latest("id")
        if proposal.approver:
            raise Refused("needs_approval", "这个方案要先批准，不能当场办结", "this needs approval first and cannot be settled on the spot")
        reply(person, case_id, channel=channel, words=words, at=at)
        agree(person, case_id, channel=channel, at=at)
        for action in AgreedAction.objects.filter(proposal=proposal):
            execute(person, case_id, action_id=action.pk, words=done, at=at)
        return return_form(person, case_id, words=done, at=at)
