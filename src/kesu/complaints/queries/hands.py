"""Who else has to do with a case: tasks, merged cases, its group, what was split off, authorities, papers, repeats (M-14).

Tables in which the case can have no rows are not asked: its marks say what ever happened to it. Other cases are shown only to who may
see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from kesu.company.prepared import ask, ask_about, key_of
from kesu.company.procedures import round_the_clock
from kesu.company.rights import Rights
from kesu.company.standing import Standing
from kesu.complaints.actions.handclocks import handovers_of, tasks_of
from kesu.complaints.models import Case, Group, Handover, Membership, Merge, Reference, Split, Task
from kesu.complaints.queries.cases import within
from kesu.procedure.due import due
from kesu.procedure.limits import parse_limit
from kesu.procedure.pack import Pack

if TYPE_CHECKING:
    from kesu.complaints.queries.situation import Situation

SHOWN = (
    *("number", "title", "step", "outcome", "received_at", "grade", "closed_at", "same_as_id", "contact_name", "version_id", "told_at"),
    *("site_id", "contact_phone", "contact_tail", "confidential", "home__label"),  # what covering needs
)
Hindrance = tuple[str, str]


@dataclass
class Hands:
    """What of a case lies in other hands, as one person sees it."""

    tasks: list[Task] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    into: Case | None = None  # it goes on there
    taken_in: list[Case] = field(default_factory=list)
    group: Group | None = None
    leads: bool = False
    members: list[Case] = field(default_factory=list)  # of the group, the lead first
    off: list[Case] = field(default_factory=list)  # split off from this one
    split_from: Case | None = None
    before: Case | None = None  # the same matter, earlier
    again: list[Case] = field(default_factory=list)  # the same matter, later
    repeats: int = 0  # how many complaints about it within the pack's time, this one included

    def __bool__(self) -> bool:
        return bool(self.tasks or self.handovers or self.references or self.tied)

    @property
    def tied(self) -> bool:
        """Whether other cases belong to it."""
        return bool(self.into or self.taken_in or self.group or self.off or self.split_from or self.before or self.again)

    @property
    def work(self) -> bool:
        """Whether something is open in it."""
        return any(task.open for task in self.tasks) or any(row.answered_at is None for row in self.handovers)

    @property
    def waiting(self) -> list[Handover]:
        """Handovers without a result."""
        return [row for row in self.handovers if row.answered_at is None]


def hands_of(case: Case, rights: Rights, known: Standing, pack: Pack) -> Hands:
    """Everything of this kind. Two queries where nothing ever happened, at most nine more."""
    been, found = case.whole_marks, Hands()
    found.tasks, found.handovers = tasks_of(case), handovers_of(case)
    known.attach(found.tasks, "person", "asked_by", "done_by", departments=["department"])
    known.attach(found.handovers, "by", "answer_by")
    found.references = list(Reference.objects.filter(case=case)) if "refer" in been else []
    merges = list(Merge.objects.filter(Q(case=case) | Q(into=case), undone_at__isnull=True)) if been.keys() & {"merge", "take_in"} else []
    splits = list(Split.objects.filter(Q(case=case) | Q(off=case))) if been.keys() & {"split", "split_off"} else []
    found.group = next(iter(ask(_group_of, key=None, case=case.pk)), None)
    found.leads = found.group is not None and found.group.lead_id == case.pk
    members = list(Membership.objects.filter(group=found.group).values_list("case_id", flat=True)) if found.group else []
    ids = (
        {row.into_id for row in merges} | {row.case_id for row in merges} | {row.case_id for row in splits} | {row.off_id for row in splits}
    )
    ids |= {*members, *([found.group.lead_id] if found.group else [])}
    cases = {row.pk: row for row in _cases(rights, case, ids)}
    found.into = next((cases.get(row.into_id) for row in merges if row.case_id == case.pk), None)
    found.taken_in = _known(cases, (row.case_id for row in merges if row.into_id == case.pk))
    found.off = _known(cases, (row.off_id for row in splits if row.case_id == case.pk))
    found.split_from = next((cases.get(row.case_id) for row in splits if row.off_id == case.pk), None)
    found.members = _known(cases, [found.group.lead_id, *members]) if found.group else []
    found.before = cases.get(case.same_as_id or 0)
    found.again = [row for row in cases.values() if row.same_as_id == case.pk]
    found.repeats = _repeats(case, found, pack)
    return found


def _known(cases: dict[int, Case], ids: Iterable[int]) -> list[Case]:
    return [cases[pk] for pk in ids if pk in cases]


def _cases(rights: Rights, case: Case, ids: Iterable[int]) -> list[Case]:
    """The cases named and those about the same matter, as far as this person may see them."""
    first = case.same_as_id or case.pk  # the first complaint about the matter: all later ones name it
    found = ask_about(_seen, rights, key=key_of(rights), pks=sorted({case.pk, first, *ids}), same=[case.pk, first])
    return sorted(found, key=lambda row: (row.received_at, row.pk))


def _seen(rights: Rights, *, pks: list[int], same: list[int]) -> QuerySet[Case]:
    """They are of the case's own company: naming it again would only lead to the index of everything that it has received."""
    return Case.objects.filter(within(rights)).filter(Q(pk__in=pks) | Q(same_as_id__in=same)).select_related("home").only(*SHOWN)


def _group_of(*, case: int) -> QuerySet[Group]:
    return Group.objects.filter(Q(lead=case) | Q(memberships__case=case)).order_by("id")[:1]


def _repeats(case: Case, found: Hands, pack: Pack) -> int:
    """How many complaints about the matter lie within the pack's time before this one (or after it), itself included."""
    rows = [row for row in (found.before, *found.again) if row]
    zone = round_the_clock(case.site.company.zone)
    limit = parse_limit(pack.hands.repeats)

    def near(row: Case) -> bool:
        first, last = sorted((row.received_at, case.received_at))
        end = due(limit, first, zone)
        return end is not None and last <= end.at

    return 1 + sum(near(row) for row in rows) if rows else 0


# What may be done now


def mine_to_do(now: Situation) -> list[Task]:
    """Open tasks that this person may report as done (the rule of actions.tasking.do_task)."""
    inside = {grant.department_id for grant in now.rights.grants if grant.department_id}
    heads = {grant.department_id for grant in now.rights.grants if grant.department_id and now.pack.may(grant.role, "sign")}
    return [
        task
        for task in now.hands.tasks
        if task.open
        and task.round == now.case.round
        and (
            now.me in (task.person_id, task.asked_by_id)
            or (task.person_id is None and task.department_id in inside)
            or task.department_id in heads
        )
    ]


def droppable(now: Situation) -> list[Task]:
    """Open tasks that this person may call off."""
    return [
        task
        for task in now.hands.tasks
        if task.open and task.round == now.case.round and not (now.me == task.person_id != task.asked_by_id)
    ]


def _unless(test: Callable[[Situation], object], zh: str, en: str) -> Callable[[Situation], Hindrance | None]:
    return lambda now: None if test(now) else (zh, en)


OBSTACLES: dict[str, Callable[[Situation], Hindrance | None]] = {
    "do_task": _unless(mine_to_do, "没有交给您的事", "no task was given to you"),
    "drop_task": _unless(droppable, "没有交办的事", "no task is open"),
    "merge": _unless(lambda now: not now.hands.leads, "牵头单不能并走", "the lead of a group is not merged away"),
    "unmerge": _unless(lambda now: now.case.outcome == "merged", "没有并入别的单", "it is not merged into another"),
    "join_group": _unless(lambda now: now.hands.group is None, "已经在一个群诉里", "it is in a group already"),
    "leave_group": _unless(lambda now: now.hands.group is not None, "不在群诉里", "it is in no group"),
    "tell_all": _unless(lambda now: now.hands.leads or now.hands.taken_in, "没有归在这里的投诉", "no other complaint follows this one"),
    "share_finding": _unless(
        lambda now: now.hands.leads and now.case.cause and len(now.hands.members) > 1,
        "要由牵头单查明原因后用",
        "for a lead whose cause is found",
    ),
    "split": _unless(lambda now: len(now.items) > 1, "只有一件，不用拆", "there is only one matter"),
    "hand_outside": _unless(lambda now: now.pack.outside, "规程没写可以移送到哪里", "the procedure names nobody to hand it to"),
    "outside_answer": _unless(lambda now: now.hands.waiting, "没有在等的外部结果", "no result from outside is awaited"),
    "outside_verdict": _unless(lambda now: now.pack.outside, "规程没写可以移送到哪里", "the procedure names nobody to hand it to"),
    "refer": _unless(lambda now: now.pack.references, "规程没写有哪些单", "the procedure names no papers"),
    "tie": _unless(lambda now: now.case.same_as_id is None, "已经关联以前的单", "it is tied to an earlier one already"),
}
