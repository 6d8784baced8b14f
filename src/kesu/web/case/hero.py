"""The head of a case's page: what is mine now with the clock that binds it, what comes next, what happens if I don't."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kesu.complaints.actions import steps
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.queries.clocks import ClockView
from kesu.complaints.queries.next_step import Turn, on_the_spot
from kesu.complaints.queries.prospect import Otherwise, Prospect, otherwise, prospects
from kesu.procedure.acts import ACTS, CONDITIONS
from kesu.procedure.money import in_yuan

ONE_CLICK = ("sign", "archive")  # nothing to write: the button itself does it
BESIDE_MAIN = {  # what is offered right under the primary button
    "sign": ("send_back",),
    "approve": ("refuse",),
    "find": ("investigate", "ask_extension"),
    "find_cause": ("investigate", "ask_extension"),
    "investigate": ("ask_extension",),
    "propose": ("ask_extension",),
    "reply": ("propose", "ask_extension"),
    "execute": ("ask_extension",),
    "grant_extension": ("refuse_extension",),
    "dispatch": ("unfound",),
    "close": ("reopen",),
}
LETTERS = ("draft_letter", "pass_letter", "return_letter", "send_letter")  # they have pages of their own
WHILE_WAITING = ("agree", "decline", "urge", "resume")


@dataclass(frozen=True)
class Button:
    """A button or link: what it says, where it leads, and whether it does the act at once by POST."""

    act: str
    label: str
    url: str
    post: bool = False


@dataclass
class Hero:
    """Everything above the first scroll."""

    caption: str
    title: str
    hint: str = ""
    tone: str = "done"
    clock: ClockView | None = None
    main: Button | None = None
    beside: list[Button] = field(default_factory=list)
    after: list[Prospect] = field(default_factory=list)
    otherwise: Otherwise | None = None
    mine: bool = False


def button(page: CasePage, act: str, target: int = 0) -> Button:
    """The button of an act; `target` is the action or extension it is about."""
    return Button(act, verb(page, act), address(page, act, target), act in ONE_CLICK)


def address(page: CasePage, act: str, target: int = 0) -> str:
    """Where the act's form is."""
    if act == "approve":
        return reverse("approve", args=[page.case.number])  # one screen with everything needed to decide
    if act in LETTERS:
        return reverse("case_letters", args=[page.case.number]) + (f"?{urlencode({'review': target})}" if target else "")
    url = reverse("case_act", args=[page.case.number, act])
    names = {
        "execute": "action",
        "pay": "action",
        "reverse_payment": "payment",
        "grant_extension": "extension",
        "refuse_extension": "extension",
        "urge": "clock",
        "ask_extension": "clock",
        "do_task": "task",
        "drop_task": "task",
        "outside_answer": "outside",
        "investigate": "inquiry",
    }
    return f"{url}?{urlencode({names[act]: target})}" if target and act in names else url


def verb(page: CasePage, act: str) -> str:
    """The act's verb in the reader's language."""
    if act == "settle":
        return _("当场办结")
    row = ACTS[act]
    return row.zh if page.language.startswith("zh") else row.en


def hero(page: CasePage) -> Hero:
    """The head of the page for this person."""
    step = page.next
    if step.mine:
        return _mine(page, step.mine)
    if step.waiting:
        return _waiting(page, step.waiting)
    return _over(page)


def _mine(page: CasePage, turn: Turn) -> Hero:
    view = page.view(turn.clock)
    found = Hero(_("轮到你"), headline(page, turn), _hint(page, turn), view.tone if view else "calm", view, mine=True)
    found.main = button(page, turn.act, turn.target)
    if on_the_spot(page.situation) and turn.act == "find_cause":
        found.beside.append(Button("settle", verb(page, "settle"), reverse("case_act", args=[page.case.number, "settle"])))
    found.beside += _offered(page, BESIDE_MAIN.get(turn.act, ()), turn)
    found.after = prospects(page, turn.act)
    found.otherwise = otherwise(page, turn.clock) if turn.clock else None
    return found


def _offered(page: CasePage, acts: tuple[str, ...], turn: Turn) -> list[Button]:
    target = turn.clock.pk if turn.clock else 0
    return [button(page, act, target if act in ("urge", "ask_extension") else turn.target) for act in acts if act in page.next.others]


def _waiting(page: CasePage, turn: Turn) -> Hero:
    view = page.view(turn.clock)
    who = _whom(page, turn)
    tone = view.tone if view else ("paused" if page.pause else "calm")
    title = _("%(who)s：%(what)s") % {"who": who, "what": headline(page, turn)} if who else headline(page, turn)
    found = Hero(_("在等"), title, _hint(page, turn), tone, view)
    found.beside = _offered(page, WHILE_WAITING, turn)
    found.after = prospects(page, turn.act)
    found.otherwise = otherwise(page, turn.clock) if turn.clock else None
    return found


def _whom(page: CasePage, turn: Turn) -> str:
    if page.next.customer:
        return page.case.contact_name or _("客户")
    if turn.clock:
        return page.doer(turn.act, turn.clock)
    lead = page.situation.lead()
    return (lead.handler.name if lead.handler else lead.department.name) if lead else ""


def _over(page: CasePage) -> Hero:
    outcome = {"resolved": _("已解决"), "unfounded": _("不成立"), "withdrawn": _("客户撤回"), "merged": _merged(page)}.get(
        page.case.outcome, ""
    )
    title = _("已归档") if page.case.step == "done" else _("已结案")
    title = _("已并入另一张单") if page.case.outcome == "merged" else title
    found = Hero(_("结果"), title, outcome)
    found.beside = [button(page, act) for act in ("reopen", "unmerge") if act in page.next.others]
    return found


def _merged(page: CasePage) -> str:
    """Where a merged case goes on."""
    return _("在 %(number)s 里接着办") % {"number": page.hands.into.number} if page.hands.into else _("在另一张单里接着办")


def headline(page: CasePage, turn: Turn) -> str:
    """What is to be done, as a heading."""
    name = page.case.contact_name or _("客户")
    plain = {
        "judge": _("定性质和等级"),
        "dispatch": _("派给负责的部门"),
        "sign": _("签收"),
        "investigate": _("调查，听各方怎么说"),
        "find": _("逐件下结论"),
        "find_cause": _("查明原因，逐件下结论"),
        "propose": _("拟方案"),
        "approve": _("批方案"),
        "reply": _("给%(name)s答复") % {"name": name},
        "agree": _("答复方案"),
        "execute": _("按方案办好"),
        "pay": _("付答应的钱"),
        "return": _("办好，交回意见表"),
        "report_back": _("把结果告诉%(name)s") % {"name": name},
        "visit": _("回访%(name)s") % {"name": name},
        "close": _("结案"),
        "archive": _("归档"),
        "contact": _("联系%(name)s") % {"name": name},
        "acknowledge": _("告诉%(name)s已经受理") % {"name": name},
        "pass_letter": _("审给%(name)s的信") % {"name": name},
    }
    row = page.pack.obligation(turn.clock.obligation) if turn.clock else None
    if turn.act not in plain and row:
        return row.label(page.language)
    return plain.get(turn.act, verb(page, turn.act))


def _hint(page: CasePage, turn: Turn) -> str:
    tell = {
        "investigate": _sides,
        "propose": _why_again,
        "approve": _offer,
        "agree": _offer,
        "execute": _what,
        "pay": _unpaid,
        "visit": _tries,
        "close": _lacking,
        "dispatch": _bounced,
    }.get(turn.act)
    said = tell(page, turn) if tell else ""
    return said or _which_limit(page, turn)


def _which_limit(page: CasePage, turn: Turn) -> str:
    """Which limit the clock shows, where the act is only on the way to it."""
    row = page.pack.obligation(turn.clock.obligation) if turn.clock else None
    return _("时限：%(limit)s") % {"limit": row.label(page.language)} if row and row.act != turn.act else ""


def _sides(page: CasePage, turn: Turn) -> str:
    grade = page.pack.find("grades", page.case.grade)
    heard = len(page.situation.heard | {"customer"})
    return _("要听 %(sides)s 方，已有 %(heard)s 方") % {"sides": grade.sides if grade else 1, "heard": heard}


def _why_again(page: CasePage, turn: Turn) -> str:
    last = page.proposal
    if last and last.state == "refused":
        return _("上次没批：%(why)s") % {"why": last.decided_why}
    return _("客户不同意：%(why)s") % {"why": last.answer} if last and last.state == "declined" else ""


def _offer(page: CasePage, turn: Turn) -> str:
    return page.proposal.words if page.proposal else ""


def _what(page: CasePage, turn: Turn) -> str:
    left = page.situation.undone()
    wanted = [row.what for row in left if row.pk == turn.target] or [row.what for row in left]
    return "；".join(wanted) if page.language.startswith("zh") else "; ".join(wanted)


def _unpaid(page: CasePage, turn: Turn) -> str:
    left = [f"{row.what} {in_yuan(page.situation.owed(row))}" for row in page.situation.unpaid()]
    return ("；" if page.language.startswith("zh") else "; ").join(left)


def _tries(page: CasePage, turn: Turn) -> str:
    tried = [row for row in page.visits if row.round == page.case.round]
    most = page.pack.follow_up.attempts
    return _("已经试过 %(tried)s 次，最多 %(most)s 次") % {"tried": len(tried), "most": most} if tried else ""


def _lacking(page: CasePage, turn: Turn) -> str:
    lacking = steps.missing(page.pack, page.case, page)
    said = [CONDITIONS[need][0 if page.language.startswith("zh") else 1] for need in lacking]
    return ("；" if page.language.startswith("zh") else "; ").join(said)


def _bounced(page: CasePage, turn: Turn) -> str:
    back = [part for part in page.parts if part.sent_back_at and part.round == page.case.round]
    if not back:
        return ""
    return _("%(department)s退回：%(why)s") % {"department": back[-1].department.name, "why": back[-1].sent_back_why}
