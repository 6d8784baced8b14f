"""The ledger of remedies for a case's page: what was offered, through whose hands it went, what was paid and what is still owed."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kesu.complaints.models import AgreedAction, ApprovalLevel, Payment, Proof, Proposal
from kesu.complaints.queries.case_page import CasePage
from kesu.procedure.remedies import CUSTOMER_PAYS, PAYERS, PROOFS, Balance, band, is_over, money_owed, paid

APPROVED = ("approved", "offered", "agreed", "declined")


@dataclass(frozen=True)
class Paid:
    """One payment, and whether and why it was taken back."""

    row: Payment
    method: str
    back: Payment | None


@dataclass(frozen=True)
class Promised:
    """One promise with its money: `owed` in all, `paid`, `left` (fen); `payer` only when it is not the company."""

    action: AgreedAction
    payer: str
    owed: int
    paid: int
    left: int
    over: bool
    usual: tuple[int, int] | None
    payments: list[Paid] = field(default_factory=list)
    proofs: list[tuple[str, Proof]] = field(default_factory=list)


@dataclass(frozen=True)
class Offer:
    """A proposal with what it promises and the levels of its approval."""

    proposal: Proposal
    actions: list[Promised]
    levels: list[ApprovalLevel]
    state: str

    @property
    def others_pay(self) -> int:
        """What neither the company nor the customer bears, in fen."""
        return sum(row.action.cost for row in self.actions if row.action.payer not in ("company", CUSTOMER_PAYS))

    @property
    def promised(self) -> int:
        """What is promised to the customer, whoever pays."""
        return sum(row.action.cost for row in self.actions if row.action.payer != CUSTOMER_PAYS)


def ledger(page: CasePage) -> list[Offer]:
    """The proposals of the case, the newest first."""
    said = {
        "pending": _("等批准"),
        "approved": _("已批准，还没答复客户"),
        "refused": _("没批"),
        "offered": _("等客户答复"),
        "agreed": _("客户已同意"),
        "declined": _("客户不同意"),
        "replaced": _("已换新方案"),
    }
    return [
        Offer(
            row,
            [promised(page, action, row) for action in page.actions if action.proposal_id == row.pk],
            [level for level in page.levels if level.proposal_id == row.pk],
            said.get(row.state, row.state),
        )
        for row in reversed(page.proposals)
    ]


def promised(page: CasePage, action: AgreedAction, proposal: Proposal) -> Promised:
    """One promise with its money."""
    half = 0 if page.language.startswith("zh") else 1
    remedy, ground = page.pack.find("remedies", action.remedy), page.pack.find("grounds", action.ground)
    rows = [row for row in page.payments if row.action_id == action.pk]
    back = {row.reverses_id: row for row in rows if row.reverses_id}
    gone = paid((row.amount, row.reverses_id is not None) for row in rows)
    owed = money_owed(page.pack, action.remedy, action.cost, action.payer)
    return Promised(
        action,
        "" if action.payer == "company" else PAYERS.get(action.payer, (action.payer, action.payer))[half],
        owed,
        gone,
        max(0, owed - gone) if action.agreed_at else 0,
        is_over(action.cost, remedy, ground, proposal.price),
        band(remedy, ground, proposal.price).usual,
        [Paid(row, page.pack.label("payment_methods", row.method, page.language), back.get(row.pk)) for row in rows if not row.reverses_id],
        [(PROOFS[row.kind][half], row) for row in page.proofs if row.action_id == action.pk],
    )


def balance(page: CasePage, offers: list[Offer]) -> Balance | None:
    """Money of the whole case: proposed and approved of what counts now, paid and outstanding of everything agreed; None without money."""
    found = Balance()
    for offer in offers:
        counts = offer.proposal.state in ("pending", *APPROVED)
        for row in offer.actions:
            if row.owed:
                approved = row.owed if offer.proposal.state in APPROVED else 0
                found += Balance(row.owed if counts else 0, approved, row.paid, row.left)
    return found if found != Balance() else None
