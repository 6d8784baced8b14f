"""Forms of finding out: a finding for each item, who is complained of, what is asked of them and of experts, telling them the result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.actions.findings import FINDINGS
from kesu.complaints.actions.investigating import KINDS, SIDES
from kesu.complaints.models import CaseItem, Complained, Evidence
from kesu.complaints.queries.next_step import askable, untold
from kesu.procedure.refused import Refused
from kesu.web.case.desk import Desk, Pairs, item_title
from kesu.web.case.fields import Group, choose, hidden, line, pick, several, words
from kesu.web.case.tableform import ActForm, Values, need, number

# Offered where they belong, in the sections about items and people, not among the acts beside the story.
IN_SECTIONS = frozenset(("find", "name_person", "drop_person", "ask_statement", "ask_expert", "tell_person"))
SHORT = 40


def _find(desk: Desk) -> list[Group]:
    choices = [(str(row.pk), _evidence(desk, row)) for row in desk.page.evidence]
    only = number(desk.asked.get("item", ""))
    return [_item(desk, item, choices) for item in desk.page.items if only in (0, item.n)]


def _evidence(desk: Desk, row: Evidence) -> str:
    half = 0 if desk.zh else 1
    said = row.words if len(row.words) <= SHORT else row.words[: SHORT - 1] + "…"
    named = [SIDES.get(row.side, (row.side, row.side))[half], row.who, KINDS.get(row.kind, (row.kind, row.kind))[half], said]
    return format_html("<span>{}</span>", "　".join(filter(None, named)))


def _item(desk: Desk, item: CaseItem, choices: Pairs) -> Group:
    n = item.n
    fields: dict[str, forms.Field] = {
        f"seen_{n}": hidden(item.found_n),
        f"finding_{n}": pick(_("查下来"), desk.pair(FINDINGS), initial=item.finding),
        f"reason_{n}": words(
            _("凭什么这样认定"), needed=False, rows=2, initial=item.reason, hint=_("证据说明了什么；几方说法不一的，为什么信这一方")
        ),
    }
    if choices:
        fields[f"evidence_{n}"] = several(_("依据哪些证据"), choices, initial=[str(pk) for pk in item.rests_on])
    return Group(fields, item_title(n, item.words))


def _do_find(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    """Only the items about which something new is said."""
    items = {item.n: item for item in CaseItem.objects.filter(case_id=case_id)}
    found: Any = None
    for n, item in items.items():
        finding, reason = values.get(f"finding_{n}", ""), values.get(f"reason_{n}", "").strip()
        evidence = sorted(number(pk) for pk in values.get(f"evidence_{n}", []))
        if finding and (finding, reason, evidence) != (item.finding, item.reason, item.rests_on):
            seen = number(values[f"seen_{n}"])
            found = actions.find(person, case_id, item=n, finding=finding, reason=reason, evidence=evidence, seen=seen, at=at)
    if found is None:
        first = next((name for name in values if name.startswith("finding_")), None)
        raise Refused("nothing", "还没有新的结论", "no new finding yet", field=first)
    return found


def _people(desk: Desk) -> Pairs:
    """The people of the company by department, those of this site first."""
    known, site = desk.page.standing, desk.page.case.site_id
    groups: dict[str, list[tuple[str, Any]]] = {}
    grants = sorted(known.grants, key=lambda grant: (grant.site_id != site, grant.department_id is None))
    placed: set[int] = set()
    for grant in grants:
        if grant.person_id in placed:
            continue
        placed.add(grant.person_id)
        department = known.departments.get(grant.department_id or 0)
        place = known.sites.get(grant.site_id or 0)
        name = " ".join(filter(None, [place.name if place else "", department.name if department else ""]))
        groups.setdefault(name or known.company.name, []).append((str(grant.person_id), grant.person.name))
    return list(groups.items())


def _name_person(desk: Desk) -> list[Group]:
    case, people = desk.page.case, _people(desk)
    known = {name: pk for _place, rows in people for pk, name in rows}
    same = next((pk for name, pk in known.items() if name in case.against), "")
    return [
        Group(
            {
                "who": choose(_("本公司的人"), people, needed=False, initial=same),
                "name": line(_("不是本公司的，写名字"), longest=60, initial="" if same else case.against[:60]),
                "words": line(_("是什么人"), hint=_("比如当天上门的师傅、前台当班")),
            }
        )
    ]


def _which(desk: Desk, rows: list[Complained]) -> forms.Field:
    choices = [(str(row.pk), row.name) for row in rows]
    return choose(_("哪个人"), choices, initial=desk.asked_or("complained", choices))


def _drop_person(desk: Desk) -> list[Group]:
    return [Group({"complained": _which(desk, desk.page.complained), "reason": words(_("为什么不是这个人"), rows=2)})]


def _ask_statement(desk: Desk) -> list[Group]:
    said = "\n".join(f"{item.n}. {item.words}" if len(desk.page.items) > 1 else item.words for item in desk.page.items)
    hint = _("对方在自己的手机上只看到这里写的话，看不到投诉单；客户的姓名、电话、住址不要写进去")
    return [
        Group(
            {"complained": _which(desk, askable(desk.page.situation)), "words": words(_("请对方说明什么"), rows=6, initial=said, hint=hint)}
        )
    ]


def _ask_expert(desk: Desk) -> list[Group]:
    aside = {str(row.person_id) for row in desk.page.complained}
    people = [(place, [row for row in rows if row[0] not in aside]) for place, rows in _people(desk)]
    return [
        Group(
            {
                "who": choose(_("本公司的人"), people, needed=False),
                "name": line(_("外面的机构或专家"), longest=60, hint=_("比如电梯检验所；答复来了，用“调查”记下")),
                "words": words(_("请看什么"), hint=_("问题写具体；本公司的人在自己的页面上答，看不到投诉单")),
            }
        )
    ]


def _tell_person(desk: Desk) -> list[Group]:
    half = 0 if desk.zh else 1
    found = [f"{item.n}. {item.words[:SHORT]}：{FINDINGS[item.finding][half]}" for item in desk.page.items if item.finding in FINDINGS]
    return [
        Group(
            {
                "complained": _which(desk, untold(desk.page.situation)),
                "channel": choose(_("怎么告诉的"), desk.channels()),
                "words": words(
                    _("告诉对方的话"),
                    rows=5,
                    initial="\n".join(found),
                    hint=_("怎么认定的、要怎样改、不服可以找谁；对方看得到"),
                ),
            }
        )
    ]


def _chosen(values: Values) -> int:
    return need(number(values["complained"]), "complained", "请选一个人", "choose a person")


FINDING_OUT = (
    ActForm("find", _find, _do_find, hint=_("一件一件下；改结论是新的一条，原来的留在经过里")),
    ActForm(
        "name_person",
        _name_person,
        lambda person, case_id, values, at: actions.name_person(
            person, case_id, who=number(values["who"]) or None, name=values["name"], words=values["words"], at=at
        ),
        hint=_("记下以后，这个人不能再调查、批准、回访或结案这件投诉"),
    ),
    ActForm(
        "drop_person",
        _drop_person,
        lambda person, case_id, values, at: actions.drop_person(
            person, case_id, complained_id=_chosen(values), reason=values["reason"], at=at
        ),
    ),
    ActForm(
        "ask_statement",
        _ask_statement,
        lambda person, case_id, values, at: actions.ask_statement(
            person, case_id, complained_id=_chosen(values), words=values["words"], at=at
        ),
    ),
    ActForm(
        "ask_expert",
        _ask_expert,
        lambda person, case_id, values, at: actions.ask_expert(
            person, case_id, who=number(values["who"]) or None, name=values["name"], words=values["words"], at=at
        ),
    ),
    ActForm(
        "tell_person",
        _tell_person,
        lambda person, case_id, values, at: actions.tell_person(
            person, case_id, complained_id=_chosen(values), channel=values["channel"], words=values["words"], at=at
        ),
    ),
)
