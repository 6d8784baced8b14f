"""Forms of several hands: tasks, merging, groups, splitting, authorities, papers of the service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.models import Handover, Task
from kesu.complaints.queries.hands import droppable, mine_to_do
from kesu.web.case.desk import Desk, Pairs, item_title
from kesu.web.case.fields import YES, Group, ask, choose, line, moment, several, words
from kesu.web.case.tableform import ActForm, Values, number

DEPARTMENT, PERSON = "d", "p"  # what stands before an id in “给谁”


def _one(**fields: forms.Field) -> list[Group]:
    return [Group(fields)]


def _channel(desk: Desk) -> forms.Field:
    return choose(_("怎么告诉的"), desk.channels(), initial=desk.channel())


def _assignees(desk: Desk) -> Pairs:
    """Departments of the site, then the people here who may do a task."""
    page = desk.page
    departments = [(f"{DEPARTMENT}{pk}", name) for pk, name in desk.departments()]
    people = {
        grant.person_id: grant
        for grant in page.standing.grants
        if grant.site_id in (None, page.case.site_id) and page.pack.may(grant.role, "do_task") and grant.person.is_active
    }
    named = [
        (f"{PERSON}{pk}", desk.joined(grant.person.name, page.pack.label("roles", grant.role, page.language)))
        for pk, grant in people.items()
    ]
    return [(str(_("部门")), departments), (str(_("人")), named)]


def _assign(desk: Desk) -> list[Group]:
    return _one(
        who=choose(_("给谁"), _assignees(desk), hint=_("给部门的，由部门负责人办或交给手下")),
        what=words(_("做什么"), rows=2, hint=_("一件事写一条，写清要看到什么结果")),
        due_at=moment(_("什么时候前"), needed=True),
    )


def _do_assign(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    chosen = values["who"]
    of = {"to": None, "department_id": None, ("to" if chosen.startswith(PERSON) else "department_id"): number(chosen[1:]) or None}
    return actions.assign_task(person, case_id, what=values["what"], due_at=values["due_at"], **of, at=at)


def _tasks(desk: Desk, rows: list[Task]) -> forms.Field:
    pairs: Pairs = [(str(task.pk), f"{task.what}　{who_has(task)}") for task in rows]
    return choose(_("哪一件"), pairs, initial=desk.asked_or("task", pairs))


def who_has(task: Task) -> str:
    """The person or department that the task was given to."""
    return task.person.name if task.person else task.department.name if task.department else ""


def _outside(desk: Desk) -> list[Group]:
    page = desk.page
    notes = [(row.label(page.language), row.note if desk.zh else row.note_en) for row in page.pack.outside]
    rests = [row.label(page.language) for row in page.pack.outside if row.rests]
    hint = "；".join(f"{name}：{note}" for name, note in notes if note)
    return [
        Group(
            {
                "body": choose(_("移送到哪里"), desk.rows("outside"), hint=hint),
                "name": line(_("哪一家"), longest=120, hint=_("比如 某区市场监管局、某区法院")),
                "number": line(_("对方的编号"), longest=60, hint=_("有编号才写，以后按它能搜到")),
                "handed_at": moment(_("什么时候移送的"), hint=_("不填就是现在")),
                "due_at": moment(_("对方的期限"), hint=_("对方说了日子才填；不填按规程写的算")),
                "words": words(_("对客户说的话"), hint=_("移到哪里、为什么、多久有结果、怎么查；客户在进度页上也看到")),
            },
            hint=_("这些要等外部结果时停下计时：") + "、".join(rests) if rests else _("移送以后，我们自己的时限照走"),
        )
    ]


def _handed(desk: Desk) -> Pairs:
    rows: list[Handover] = desk.page.hands.waiting
    return [
        (str(row.pk), " ".join(filter(None, [desk.page.pack.label("outside", row.body, desk.page.language), row.name, row.number])))
        for row in rows
    ]


def _answer(desk: Desk) -> list[Group]:
    rows = _handed(desk)
    return _one(
        handover=choose(_("哪一次移送"), rows, initial=desk.asked_or("outside", rows)),
        words=words(_("对方的结果"), hint=_("谁、哪天、什么结论")),
        solved=ask(_("和解或调解成了没有"), hint=_("对方说了才选")),
    )


def _verdict(desk: Desk) -> list[Group]:
    rows = desk.rows("outside")
    mine = [row.body for row in desk.page.hands.handovers] + [
        row.id for row in desk.page.pack.outside if desk.page.case.channel in row.channels
    ]
    return [
        Group(
            {
                "body": choose(_("谁评定的"), rows, initial=mine[-1] if mine else ""),
                "replied": ask(_("对方认定我们及时响应")),
                "solved": ask(_("对方认定解决了"), hint=_("先行和解、调解成功也选是")),
                "content": ask(_("对方回访时客户满意")),
                "words": words(_("对方的原话"), needed=False, rows=2, hint=_("比如 哪天回访、回访单号")),
            },
            hint=_("没问到的不选。后来改了评定就再记一次，按最后一次统计"),
        )
    ]


def _yes(value: str) -> bool | None:
    return None if not value else value == YES


def _members(desk: Desk) -> Pairs:
    return [
        (str(row.pk), f"{row.number} {row.contact_name}")
        for row in desk.page.hands.members
        if row.pk != desk.page.case.pk and not row.closed_at
    ]


def _share(desk: Desk) -> list[Group]:
    rows = _members(desk)
    return _one(members=several(_("抄给哪几张"), rows, initial=[pk for pk, _name in rows]))


def _merge(desk: Desk) -> list[Group]:
    return _one(
        into=line(_("并入哪一张"), needed=True, longest=40, hint=_("写另一张的编号，比如 %(number)s") % {"number": desk.page.case.number}),
        reason=words(_("为什么是同一件事"), rows=2),
        channel=_channel(desk),
        words=words(_("对这位客户说的话"), hint=_("在哪个编号下接着办、为什么；客户原来的链接照样看得到进度")),
    )


HANDS = (
    ActForm("assign_task", _assign, _do_assign, hint=_("办好前，您的意见表不能交回，单子也不能结案")),
    ActForm(
        "do_task",
        lambda desk: _one(task=_tasks(desk, mine_to_do(desk.page.situation)), words=words(_("做了什么、结果怎样"))),
        lambda person, case_id, values, at: actions.do_task(person, case_id, task_id=number(values["task"]), words=values["words"], at=at),
    ),
    ActForm(
        "drop_task",
        lambda desk: _one(task=_tasks(desk, droppable(desk.page.situation)), reason=words(_("为什么不用办了"), rows=2)),
        lambda person, case_id, values, at: actions.drop_task(
            person, case_id, task_id=number(values["task"]), reason=values["reason"], at=at
        ),
    ),
    ActForm(
        "merge",
        _merge,
        lambda person, case_id, values, at: actions.merge(
            person, case_id, **{name: values[name] for name in ("into", "reason", "channel", "words")}, at=at
        ),
        hint=_("两张里先听到的那个时间算数，等级取重的，合并不会拖晚任何一位客户"),
    ),
    ActForm(
        "unmerge",
        lambda desk: _one(reason=words(_("为什么分开"), rows=2)),
        lambda person, case_id, values, at: actions.unmerge(person, case_id, reason=values["reason"], at=at),
        hint=_("两张各自接着办，时限照各自原来的算"),
    ),
    ActForm(
        "join_group",
        lambda desk: _one(
            lead=line(_("牵头单"), needed=True, longest=40, hint=_("写牵头那张的编号；同一个原因的几张归在它下面")),
            name=line(_("群诉叫什么"), longest=120, hint=_("第一次归入时写，比如 6 栋电梯停运；不写就用牵头单的标题")),
        ),
        lambda person, case_id, values, at: actions.join_group(person, case_id, lead=values["lead"], name=values["name"], at=at),
        hint=_("各单仍各自反馈、各自回访，只是原因一起查、话一起说"),
    ),
    ActForm(
        "leave_group",
        lambda desk: _one(reason=words(_("为什么离开"), rows=2)),
        lambda person, case_id, values, at: actions.leave_group(person, case_id, reason=values["reason"], at=at),
    ),
    ActForm(
        "tell_all",
        lambda desk: _one(
            channel=_channel(desk), words=words(_("对各位客户说的话"), hint=_("每张单各记一条，每位客户在自己的进度页上看到"))
        ),
        lambda person, case_id, values, at: actions.tell_all(person, case_id, channel=values["channel"], words=values["words"], at=at),
        hint=_("不代替反馈结果和回访，那两样仍一位一位做"),
    ),
    ActForm(
        "share_finding",
        _share,
        lambda person, case_id, values, at: actions.share_finding(person, case_id, members=map(number, values["members"]), at=at),
        hint=_("把各方的说法、原因、结论和方案抄过去；方案仍各自报批、各自答复客户"),
    ),
    ActForm(
        "split",
        lambda desk: _one(
            item=choose(_("拆出哪一件"), [(str(n), item_title(n, said)) for n, said, _finding in desk.findings()]),
            reason=words(_("为什么拆开"), rows=2),
        ),
        lambda person, case_id, values, at: actions.split(person, case_id, item=number(values["item"]), reason=values["reason"], at=at),
        hint=_("新单的时限照这张原来的算，不重新开始；要换部门的，拆开后再派单"),
    ),
    ActForm(
        "hand_outside",
        _outside,
        lambda person, case_id, values, at: actions.hand_outside(
            person, case_id, **{name: values[name] for name in ("body", "name", "number", "handed_at", "due_at", "words")}, at=at
        ),
    ),
    ActForm(
        "outside_answer",
        _answer,
        lambda person, case_id, values, at: actions.outside_answer(
            person, case_id, handover_id=number(values["handover"]), words=values["words"], solved=_yes(values["solved"]), at=at
        ),
    ),
    ActForm(
        "outside_verdict",
        _verdict,
        lambda person, case_id, values, at: actions.outside_verdict(
            person,
            case_id,
            body=values["body"],
            words=values["words"],
            **{name: _yes(values[name]) for name in ("replied", "solved", "content")},
            at=at,
        ),
    ),
    ActForm(
        "refer",
        lambda desk: _one(
            paper=choose(_("哪一种单"), desk.rows("references")), number=line(_("单号"), needed=True, longest=60), dated=moment(_("日期"))
        ),
        lambda person, case_id, values, at: actions.refer(
            person,
            case_id,
            paper=values["paper"],
            number=values["number"],
            dated=values["dated"].date() if values["dated"] else None,
            at=at,
        ),
        hint=_("以后按单号能搜到这张投诉单"),
    ),
    ActForm(
        "tie",
        lambda desk: _one(earlier=line(_("以前那张的编号"), needed=True, longest=40), reason=words(_("为什么是同一件事"), rows=2)),
        lambda person, case_id, values, at: actions.tie(person, case_id, earlier=values["earlier"], reason=values["reason"], at=at),
        hint=_("两张都显示，重复投诉按它统计"),
    ),
)
