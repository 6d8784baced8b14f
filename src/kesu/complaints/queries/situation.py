"""A case and what belongs to it, seen by one person at one moment: what the next step follows from. Nothing is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kesu.company.rights import Rights
from kesu.complaints.actions.road import departments_for
from kesu.complaints.models import AgreedAction, Case, CaseItem, Clock, Complained, Extension, Inquiry, Part, Payment, Proposal
from kesu.complaints.queries.handlers import Before
from kesu.complaints.queries.hands import Hands
from kesu.complaints.queries.letters import Letters
from kesu.procedure.acts import ACTS
from kesu.procedure.pack import Obligation, Pack
from kesu.procedure.remedies import money_owed, paid


@dataclass(frozen=True)
class Situation:
    """A case and what belongs to it, seen by one person at one moment."""

    rights: Rights
    case: Case
    pack: Pack
    at: datetime
    parts: Sequence[Part] = ()  # of every round
    proposal: Proposal | None = None  # the last one of this round
    answered: frozenset[int] = frozenset()  # who has answered a level of it
    actions: Sequence[AgreedAction] = ()  # agreed ones
    payments: Sequence[Payment] = ()
    extensions: Sequence[Extension] = ()  # asked, not answered
    clocks: Sequence[Clock] = ()
    paused: bool = False
    heard: frozenset[str] = frozenset()  # sides recorded in this round
    handled: frozenset[int] = frozenset()  # people who handled the case in any round
    before: Before = field(default_factory=Before)  # who did in an earlier round what this one gives to somebody else
    granted: dict[int, int] = field(default_factory=dict)  # clock id → how many extensions were granted
    items: Sequence[CaseItem] = ()
    complained: Sequence[Complained] = ()  # who is complained of now
    inquiries: Sequence[Inquiry] = ()  # asked, not answered
    hands: Hands = field(default_factory=Hands)
    letters: Letters = field(default_factory=Letters)

    @property
    def me(self) -> int:
        """The id of the person who looks."""
        return self.rights.person.pk

    @property
    def concerned(self) -> bool:
        """Whether the complaint is about the person who looks."""
        return any(row.person_id == self.me for row in self.complained)

    def for_somebody_else(self, act: str) -> bool:
        """Whether this round gives the act to somebody who did not do it before (M-7)."""
        return bool(self.before.refused.get(act))

    def live(self) -> list[Part]:
        """This round's parts that were not sent back, the lead first."""
        rows = [part for part in self.parts if part.round == self.case.round and part.sent_back_at is None]
        return sorted(rows, key=lambda part: not part.lead)

    def lead(self) -> Part | None:
        """The lead department's part."""
        return next((part for part in self.live() if part.lead), None)

    def role_for(self, act: str, departments: Sequence[int] | None = None) -> str | None:
        """By which role the person may do the act on this case; None when they may not."""
        inside = departments_for(ACTS[act], self.case, self.parts, self.hands.tasks) if departments is None else departments
        return self.rights.by_role(act, site_id=self.case.site_id, departments=inside)

    def my_parts(self, act: str) -> list[Part]:
        """Parts not yet returned on which the person may do the act: as handler, or by a role."""
        return [
            part
            for part in self.live()
            if part.returned_at is None and (part.handler_id == self.me or self.role_for(act, [part.department_id]) is not None)
        ]

    def in_department(self, part: Part | None) -> bool:
        """Whether the person handles the part or has a post in its department."""
        return part is not None and (
            part.handler_id == self.me or any(grant.department_id == part.department_id for grant in self.rights.grants)
        )

    def undone(self) -> list[AgreedAction]:
        """Agreed actions that are not done."""
        return [action for action in self.actions if action.agreed_at and not action.done_at]

    def owed(self, action: AgreedAction) -> int:
        """What is still to be paid of an agreed action, in fen."""
        rows = ((row.amount, row.reverses_id is not None) for row in self.payments if row.action_id == action.pk)
        return money_owed(self.pack, action.remedy, action.cost, action.payer) - paid(rows)

    def unpaid(self) -> list[AgreedAction]:
        """Agreed actions of which money is still owed to the customer."""
        return [action for action in self.actions if action.agreed_at and self.owed(action) > 0]

    def to_do(self) -> list[AgreedAction]:
        """What is not done and is carried out rather than paid."""
        return [action for action in self.undone() if self.owed(action) <= 0]

    def reversible(self) -> list[Payment]:
        """Payments that were not taken back."""
        taken = {row.reverses_id for row in self.payments}
        return [row for row in self.payments if row.reverses_id is None and row.pk not in taken]

    def part_of(self, action: AgreedAction) -> Part | None:
        """The part whose department carries the action out; without a department it is the lead's."""
        return next((part for part in self.live() if part.department_id == action.department_id), self.lead())

    def obligation(self, clock: Clock) -> Obligation | None:
        """The pack's row of a clock."""
        return self.pack.obligation(clock.obligation)

    def running(self) -> list[Clock]:
        """Clocks that run or stand still, what falls due first first."""
        return sorted((clock for clock in self.clocks if clock.state in ("running", "paused")), key=lambda clock: clock.due_at)

    def owes(self, clock: Clock) -> bool:
        """Whether this person answers for the clock: by name, or by the role (and department) it names."""
        if clock.person_id is not None and (clock.person_id == self.me or clock.department_id is None):
            return clock.person_id == self.me
        departments = [clock.department_id] if clock.department_id else []
        return self.rights.holds(clock.role, site_id=clock.site_id, departments=departments)
