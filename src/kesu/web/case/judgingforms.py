"""Forms of the first steps: judging, changing the grade, dispatching, signing, sending back, handing on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.models import CaseItem
from kesu.procedure.pack import Fact
from kesu.procedure.suggest import split_items, suggest
from kesu.web.case.desk import Desk, item_title
from kesu.web.case.fields import NO, YES, Group, ask, choose, line, pick, several, words
from kesu.web.case.tableform import ActForm, Values, need, number

FACT, CATEGORY = "fact_", "category_"


def _judge(desk: Desk) -> list[Group]:
    page = desk.page
    natures = [(row.id, row.label(page.language)) for row in page.pack.natures if not row.unfounded]
    head = {
        "nature": choose(_("性质"), natures, initial=page.case.nature, hint=_nature_hint(desk)),
        "title": line(_("标题"), initial=page.case.title if page.sight.whole else "", longest=120),
    }
    tree = desk.tree("categories")
    items: dict[str, forms.Field] = {f"{CATEGORY}{item.n}": _category(desk, item, tree) for item in page.items}
    apart = [part.replace("\n", " ") for item in page.items if len(parts := split_items(item.words)) > 1 for part in parts[1:]]
    items["more"] = words(
        _("还有哪几件"), needed=False, rows=2, initial="\n".join(apart), hint=_("一段话里说了几件的，在这里一行写一件，逐件查、逐件答")
    )
    urgent = [fact for fact in page.pack.facts if fact.urgency]
    grading = [fact for fact in page.pack.facts if not fact.urgency]
    return [
        Group(head),
        Group(items, say("类别")),
        Group(_facts(desk, urgent), say("紧急的问题"), hint=_("任何一个“是”都先处理；不清楚就先不答，问到再补")),
        Group(_facts(desk, grading), say("定级的问题"), hint=_("等级由这些答案得出")),
    ]


def _category(desk: Desk, item: CaseItem, tree: Any) -> forms.Field:
    """What was chosen; else what the words point to, with those words beside it."""
    first = (split_items(item.words) or [item.words])[0]  # the further matters have a line each below
    near = [] if item.category else suggest(desk.page.pack, first).categories
    hint = say("客户的话里有：%(words)s") % {"words": ("、" if desk.zh else ", ").join(near[0][1])} if near else ""
    initial = item.category or (near[0][0] if near else "")
    return choose(item_title(item.n, item.words), tree, needed=False, initial=initial, hint=hint)


def _nature_hint(desk: Desk) -> str:
    rows = [row for row in desk.page.pack.natures if row.hint and not row.unfounded]
    pairs = [(row.label(desk.page.language), row.hint if desk.zh else row.hint_en) for row in rows]
    return "；".join(f"{name}：{hint}" for name, hint in pairs) if desk.zh else "; ".join(f"{name}: {hint}" for name, hint in pairs)


def _facts(desk: Desk, facts: list[Fact]) -> dict[str, forms.Field]:
    found = desk.suggested()
    return {f"{FACT}{fact.id}": _fact(desk, fact, found.get(fact.id, "")) for fact in facts}


def _fact(desk: Desk, fact: Fact, seen: str) -> forms.Field:
    known = desk.page.case.facts.get(fact.id)
    hints = [fact.hint if desk.zh else fact.hint_en, say("客户的话里有：%(words)s") % {"words": seen} if seen else ""]
    initial = "" if known is None else (YES if known else NO)
    return ask(fact.label(desk.page.language), hint="　".join(filter(None, hints)), initial=initial)


def answers(values: Values) -> dict[str, bool | None]:
    """Fact id → yes, no or unanswered."""
    found = {name.removeprefix(FACT): value for name, value in values.items() if name.startswith(FACT)}
    return {fact: {YES: True, NO: False}.get(value) for fact, value in found.items()}


def by_item(values: Values, prefix: str) -> dict[int, str]:
    """Item number → what was chosen for it; items left open are absent."""
    return {int(name.removeprefix(prefix)): value for name, value in values.items() if name.startswith(prefix) and value}


def _do_judge(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    return actions.judge(
        person,
        case_id,
        nature=values["nature"],
        facts=answers(values),
        categories=by_item(values, CATEGORY),
        title=values["title"],
        more=values["more"].splitlines(),
        at=at,
    )


def _regrade(desk: Desk) -> list[Group]:
    case, pack = desk.page.case, desk.page.pack
    grades = [pair for pair in desk.rows("grades") if pair[0] != case.grade]
    natures = [(row.id, row.label(desk.page.language)) for row in pack.natures if row.id != case.nature and not row.unfounded]
    return [
        Group(
            {
                "grade": pick(_("等级改为"), grades),
                "nature": choose(_("性质改为"), natures, needed=False, hint=_("比如求助变成了投诉；不改就不选")),
                "reason": words(_("为什么改"), hint=_("改等级不清零时限，新等级的时限从原来的起点算")),
            }
        )
    ]


def _dispatch(desk: Desk) -> list[Group]:
    departments, (lead, co) = desk.departments(), desk.leading()
    now = desk.page.situation.lead()
    fields = {
        "lead": choose(_("主办部门"), departments, needed=now is None, initial="" if now else lead, hint=_("按类别的第一责任部门预选")),
        "co": several(_("协办部门"), departments, initial=[] if now else co),
        "reason": words(_("要说明的"), needed=False, rows=2, hint=_("换主办部门的，写理由")),
    }
    return [Group(fields)]


def _do_dispatch(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    co = [number(department) for department in values["co"]]
    return actions.dispatch(person, case_id, lead=number(values["lead"]) or None, co=co, reason=values["reason"], at=at)


def _transfer(desk: Desk) -> list[Group]:
    rows = desk.colleagues()
    none = "" if rows else _("部门里没有别人能接：被投诉的、前一轮办过的不能接；要换部门请退回或请派单的人改派")
    return [Group({"to": choose(_("交给"), rows, hint=none), "reason": words(_("为什么换人"), rows=2)})]


def _do_transfer(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    to = need(number(values["to"]), "to", "请选交给谁", "choose whom to hand it to")
    return actions.transfer(person, case_id, to=to, reason=values["reason"], at=at)


JUDGING = (
    ActForm("judge", _judge, _do_judge),
    ActForm(
        "regrade",
        _regrade,
        lambda person, case_id, values, at: actions.regrade(
            person, case_id, grade=values["grade"], nature=values["nature"], reason=values["reason"], at=at
        ),
    ),
    ActForm("dispatch", _dispatch, _do_dispatch),
    ActForm(
        "sign",
        lambda desk: [],
        lambda person, case_id, values, at: actions.sign(person, case_id, at=at),
        hint=_("签收后由您负责办到有结果"),
    ),
    ActForm(
        "send_back",
        lambda desk: [Group({"reason": words(_("为什么退回"), hint=_("写清应归哪个部门"))})],
        lambda person, case_id, values, at: actions.send_back(person, case_id, reason=values["reason"], at=at),
    ),
    ActForm("transfer", _transfer, _do_transfer),
)
