"""Where a case stands, and what is missing before it may be closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

from django.db.models import QuerySet

from kesu.company.prepared import ask
from kesu.complaints.models import AgreedAction, Case, CaseItem, Clock, Complained, Extension, Part, Pause, Payment, Proposal, Task
from kesu.procedure.acts import CONDITIONS, DONE
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused
from kesu.procedure.remedies import money_owed, paid
from kesu.procedure.running import step_of


def completed(case: Case) -> set[str]:
    """The steps done in this round."""
    return {mark.removeprefix("step:") for mark in case.marks if mark.startswith("step:")}


def step_of_case(pack: Pack, case: Case) -> str:
    """The first step of the case's nature that is not completed."""
    if case.outcome == "merged":  # nothing is owed here any more: it goes on under another number
        return DONE
    if case.outcome == "withdrawn":
        return step_of(["close", "archive"], completed(case))
    nature = pack.find("natures", case.nature) or pack.nature_default()
    left = nature.steps if case.is_open else _after_closing(nature.steps)
    return step_of(left, completed(case))


def _after_closing(nature_steps: Sequence[str]) -> Sequence[str]:
    """A withdrawn case is closed with steps left out: those are not owed any more, only the archive is."""
    return nature_steps[list(nature_steps).index("close") + 1 :] if "close" in nature_steps else nature_steps


def closing_needs(pack: Pack, case: Case) -> list[str]:
    """The conditions that closing this case needs: those of the first rule of the pack that fits it."""
    for rule in pack.closing:
        outcomes: list[str] = list(rule.outcomes)
        if (
            (not rule.natures or case.nature in rule.natures)
            and (not rule.grades or case.grade in rule.grades)
            and (not outcomes or case.outcome in outcomes)
        ):
            return list(rule.needs)
    return list(CONDITIONS)


class Belongings(Protocol):
    """The rows of a case that closing looks at. A page that has read them already hands itself in."""

    @property
    def parts(self) -> list[Part]: ...
    @property
    def actions(self) -> list[AgreedAction]: ...
    @property
    def payments(self) -> list[Payment]: ...
    @property
    def proposals(self) -> list[Proposal]: ...
    @property
    def extensions(self) -> list[Extension]: ...
    @property
    def pauses(self) -> list[Pause]: ...
    @property
    def clocks(self) -> list[Clock]: ...
    @property
    def tasks(self) -> list[Task]: ...
    @property
    def items(self) -> list[CaseItem]: ...
    @property
    def complained(self) -> list[Complained]: ...


class Stored:
    """The same, read when first asked for."""

    def __init__(self, case: Case, parts: list[Part]) -> None:
        self.case, self.parts = case, parts

    @cached_property
    def actions(self) -> list[AgreedAction]:
        """What was promised, agreed or not."""
        return self._of(AgreedAction)

    @cached_property
    def payments(self) -> list[Payment]:
        """Money paid and taken back."""
        return self._of(Payment)

    @cached_property
    def proposals(self) -> list[Proposal]:
        """Every proposal."""
        return self._of(Proposal)

    @cached_property
    def extensions(self) -> list[Extension]:
        """Every request for more time."""
        return self._of(Extension)

    @cached_property
    def pauses(self) -> list[Pause]:
        """Every pause."""
        return self._of(Pause)

    @cached_property
    def clocks(self) -> list[Clock]:
        """Every clock."""
        return self._of(Clock)

    @cached_property
    def tasks(self) -> list[Task]:
        """Every task."""
        return self._of(Task)

    @cached_property
    def items(self) -> list[CaseItem]:
        """What the customer named."""
        return self._of(CaseItem)

    @cached_property
    def complained(self) -> list[Complained]:
        """Whom it is against."""
        return self._of(Complained)

    def _of(self, table: type[Any]) -> list[Any]:
        return ask(_of_case, table, key=(table,), case=self.case.pk)


def _of_case(table: type[Any], *, case: int) -> QuerySet[Any]:
    return table.objects.filter(case=case)


def missing(pack: Pack, case: Case, of: Belongings) -> list[str]:
    """The needs of closing that are not there yet."""
    return [need for need in closing_needs(pack, case) if not _CHECKS[need](pack, case, of)]


def refuse_unless_ready(pack: Pack, case: Case, parts: list[Part]) -> None:
    """Raise Refused naming everything that closing still needs."""
    lacking = missing(pack, case, Stored(case, parts))
    if lacking:
        zh = "；".join(CONDITIONS[need][0] for need in lacking)
        en = "; ".join(CONDITIONS[need][1] for need in lacking)
        raise Refused("not_ready", f"还不能结案：{zh}", f"it cannot be closed yet: {en}", needs=lacking)


def _forms_returned(pack: Pack, case: Case, of: Belongings) -> bool:
    return all(part.returned_at for part in of.parts if part.round == case.round and part.sent_back_at is None)


def _actions_done(pack: Pack, case: Case, of: Belongings) -> bool:
    return not any(row.agreed_at and not row.done_at for row in of.actions)


def _money_paid(pack: Pack, case: Case, of: Belongings) -> bool:
    """Every fen that was agreed has been paid and not taken back."""
    owed = sum(money_owed(pack, row.remedy, row.cost, row.payer) for row in of.actions if row.agreed_at and row.cost > 0)
    return not owed or paid((row.amount, row.reverses_id is not None) for row in of.payments) >= owed


def _approvals_answered(pack: Pack, case: Case, of: Belongings) -> bool:
    return not any(row.state == "pending" for row in of.proposals) and not any(row.state == "asked" for row in of.extensions)


def open_tasks(case: Case, tasks: list[Task] | None = None) -> list[Task]:
    """Tasks of this round that are neither done nor dropped; those of `tasks` where they have been read already."""
    if "assign_task" not in case.marks:
        return []
    rows = tasks if tasks is not None else Stored(case, []).tasks
    return [row for row in rows if row.round == case.round and row.done_at is None and row.dropped_at is None]


def _clocks_done(pack: Pack, case: Case, of: Belongings) -> bool:
    """Nothing is owed that closing would break off: a works order after the answer, an authority's notice. Not the customer's turn."""
    running = [row.obligation for row in of.clocks if row.state in ("running", "paused")]
    return not any((row := pack.obligation(id)) and row.before_closing for id in running)


def _person_told(pack: Pack, case: Case, of: Belongings) -> bool:
    return not any(row.dropped_at is None and row.person_id is not None and row.told_at is None for row in of.complained)


_CHECKS: dict[str, Callable[[Pack, Case, Belongings], bool]] = {
    "told": lambda pack, case, of: "report_back" in case.marks,
    "followed_up": lambda pack, case, of: "visit" in case.marks,
    "cause_found": lambda pack, case, of: bool(case.cause),
    "actions_done": _actions_done,
    "money_paid": _money_paid,
    "forms_returned": _forms_returned,
    "agreed": lambda pack, case, of: "agree" in case.marks,
    "approvals_answered": _approvals_answered,
    "not_paused": lambda pack, case, of: all(row.ended_at for row in of.pauses),
    "tasks_done": lambda pack, case, of: not open_tasks(case, of.tasks),
    "clocks_done": _clocks_done,
    "put_right": lambda pack, case, of: "put_right" in case.whole_marks,
    "findings_made": lambda pack, case, of: all(row.finding for row in of.items),
    "person_told": _person_told,
    "explained": lambda pack, case, of: "unfound" in case.marks or "report_back" in case.marks,
}
