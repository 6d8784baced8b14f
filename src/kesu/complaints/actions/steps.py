"""Where a case stands, and what is missing before it may be closed."""

from __future__ import annotations

from collections.abc import Sequence

from kesu.complaints.models import AgreedAction, Case, CaseItem, Clock, Complained, Part, Pause, Payment, Proposal, Task
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


def missing(pack: Pack, case: Case, parts: list[Part]) -> list[str]:
    """The needs of closing that are not there yet."""
    return [need for need in closing_needs(pack, case) if not _CHECKS[need](pack, case, parts)]


def refuse_unless_ready(pack: Pack, case: Case, parts: list[Part]) -> None:
    """Raise Refused naming everything that closing still needs."""
    lacking = missing(pack, case, parts)
    if lacking:
        zh = "；".join(CONDITIONS[need][0] for need in lacking)
        en = "; ".join(CONDITIONS[need][1] for need in lacking)
        raise Refused("not_ready", f"还不能结案：{zh}", f"it cannot be closed yet: {en}", needs=lacking)


def _live(case: Case, parts: list[Part]) -> list[Part]:
    return [part for part in parts if part.round == case.round and part.sent_back_at is None]


def _actions_done(pack: Pack, case: Case, parts: list[Part]) -> bool:
    return not AgreedAction.objects.filter(case=case, agreed_at__isnull=False, done_at__isnull=True).exists()


def _money_paid(pack: Pack, case: Case, parts: list[Part]) -> bool:
    """Every fen that was agreed has been paid and not taken back."""
    agreed = AgreedAction.objects.filter(case=case, agreed_at__isnull=False, cost__gt=0).values_list("remedy", "cost", "payer")
    owed = sum(money_owed(pack, *row) for row in agreed)
    if not owed:
        return True
    rows = Payment.objects.filter(case=case).values_list("amount", "reverses")
    return paid((amount, reverses is not None) for amount, reverses in rows) >= owed


def _approvals_answered(pack: Pack, case: Case, parts: list[Part]) -> bool:
    return not Proposal.objects.filter(case=case, state="pending").exists() and not case.extensions.filter(state="asked").exists()


def open_tasks(case: Case) -> list[Task]:
    """Tasks of this round that are neither done nor dropped."""
    if "assign_task" not in case.marks:
        return []
    return list(Task.objects.filter(case=case, round=case.round, done_at__isnull=True, dropped_at__isnull=True))


def _clocks_done(pack: Pack, case: Case, parts: list[Part]) -> bool:
    """Nothing is owed that closing would break off: a works order after the answer, an authority's notice. Not the customer's turn."""
    running = Clock.objects.filter(case=case, state__in=["running", "paused"]).values_list("obligation", flat=True)
    return not any((row := pack.obligation(id)) and row.before_closing for id in running)


_CHECKS = {
    "told": lambda pack, case, parts: "report_back" in case.marks,
    "followed_up": lambda pack, case, parts: "visit" in case.marks,
    "cause_found": lambda pack, case, parts: bool(case.cause),
    "actions_done": _actions_done,
    "money_paid": _money_paid,
    "forms_returned": lambda pack, case, parts: all(part.returned_at for part in _live(case, parts)),
    "agreed": lambda pack, case, parts: "agree" in case.marks,
    "approvals_answered": _approvals_answered,
    "not_paused": lambda pack, case, parts: not Pause.objects.filter(case=case, ended_at__isnull=True).exists(),
    "tasks_done": lambda pack, case, parts: not open_tasks(case),
    "clocks_done": _clocks_done,
    "put_right": lambda pack, case, parts: "put_right" in case.whole_marks,
    "findings_made": lambda pack, case, parts: not CaseItem.objects.filter(case=case, finding="").exists(),
    "person_told": lambda pack, case, parts: (
        not Complained.objects.filter(case=case, dropped_at__isnull=True, person__isnull=False, told_at__isnull=True).exists()
    ),
    "explained": lambda pack, case, parts: "unfound" in case.marks or "report_back" in case.marks,
}
