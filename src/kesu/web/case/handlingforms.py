"""Forms of handling: evidence, cause, approval, reply, the customer's answer, returning, all at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.actions.investigating import FINDINGS, KINDS, MOST_WHYS, SIDES
from kesu.complaints.files import Upload
from kesu.procedure.remedies import promised_words
from kesu.web.case.desk import Desk, item_title
from kesu.web.case.fields import Group, choose, files, line, moment, pick, tree, words
from kesu.web.case.judgingforms import by_item
from kesu.web.case.privacyforms import health_tick
from kesu.web.case.tableform import ActForm, Values, number

FINDING, WHY = "finding_", "why_"


def _investigate(desk: Desk) -> list[Group]:
    heard = desk.page.situation.heard
    sides = [(key, name) for key, name in desk.pair(SIDES)]
    first = next((key for key, _name in sides if key not in heard and key != "customer"), "customer")
    return [
        Group(
            {
                "side": choose(_("哪一方"), sides, initial=first),
                "kind": choose(_("哪一种"), desk.pair(KINDS), initial="statement"),
                "who": line(_("姓名或名称"), longest=60),
                "made_at": moment(_("什么时候的"), hint=_("证据本身的时间，不是现在；不清楚不填")),
                "origin": line(_("从哪里来的"), hint=_("比如 3 号岗监控、客户微信发来、维保单第 12 页"), longest=200),
                **_answers_to(desk),
                "words": words(_("说了什么、看到什么")),
                "files": files(_("附件"), hint=_("照片、录音、录像或 PDF，每个最大 20 MB")),
                **health_tick(desk),
            },
            hint=_("只写事实，不下结论；几方说法不一样的，分开记"),
        )
    ]


def _answers_to(desk: Desk) -> dict[str, forms.Field]:
    """Which of the questions that were asked this answers; nothing where nothing was asked."""
    rows = [(str(row.pk), f"{row.name}　{row.words[:40]}") for row in desk.page.situation.inquiries]
    return {"inquiry": choose(_("答的是哪一问"), rows, needed=False, initial=desk.asked_or("inquiry", []))} if rows else {}


def _do_investigate(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    rows = [Upload(row.name or "", row.size or 0, row.chunks()) for row in values["files"]]
    case = actions.investigate(
        person,
        case_id,
        side=values["side"],
        kind=values["kind"],
        words=values["words"],
        who=values["who"],
        origin=values["origin"],
        made_at=values["made_at"],
        inquiry_id=number(values.get("inquiry", "")) or None,
        upload=rows[0] if rows else None,
        health=values.get("health", False),
        at=at,
    )
    for row in rows[1:]:
        actions.attach(person, case_id, upload=row, health=values.get("health", False), at=at)
    return case


def _findings(desk: Desk) -> Group:
    fields = {f"{FINDING}{n}": pick(item_title(n, said), desk.pair(FINDINGS)) for n, said, finding in desk.findings() if not finding}
    return Group(fields, say("每件事查得怎样"))


def _find_cause(desk: Desk) -> list[Group]:
    found = _findings(desk)
    return [*([found] if found.fields else []), Group(_cause(desk, "words"), say("为什么会发生")), _whys(desk)]


def _whys(desk: Desk) -> Group:
    """Five lines at most; whoever has come to something that can be changed stops."""
    last = desk.page.root_cause.whys if desk.page.root_cause else []
    fields = {
        f"{WHY}{n}": line(say("第 %(n)s 个为什么") % {"n": n}, initial=last[n - 1] if n <= len(last) else "")
        for n in range(1, MOST_WHYS + 1)
    }
    return Group(fields, say("连问几个为什么"), folded=True, hint=_("从发生的事问起，一行答一个，问到能改的地方就停，不用写满"))


def _cause(desk: Desk, name: str) -> dict[str, forms.Field]:
    return {
        "cause": tree(_("原因"), desk.branches("causes"), initial=desk.page.case.cause, hint=_("先点开一类，再选具体的")),
        name: words(_("具体原因"), hint=_("写清哪个环节、为什么没做到，别只选类别")),
    }


def _do_find_cause(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    whys = [values[f"{WHY}{n}"] for n in range(1, MOST_WHYS + 1)]
    findings = by_item(values, FINDING)
    return actions.find_cause(person, case_id, cause=values["cause"], words=values["words"], whys=whys, findings=findings, at=at)


def _reply(desk: Desk) -> list[Group]:
    return [
        Group(
            {
                "channel": choose(_("怎么答复的"), desk.channels(), initial=desk.channel()),
                "words": words(
                    _("对客户说的话"), rows=6, initial=_letter(desk), hint=_("查到了什么、打算怎么办、什么时候前办好；客户在进度页上也看到")
                ),
            }
        )
    ]


def _letter(desk: Desk) -> str:
    """The proposal as a beginning of what is said: the words, then each promise on its line."""
    proposal = desk.page.proposal
    if proposal is None:
        return ""
    rows = [row for row in desk.page.actions if row.proposal_id == proposal.pk]
    lines = [promised_words(desk.page.pack, row.what, row.remedy, row.cost, row.payer, desk.page.language) for row in rows]
    return "\n".join([proposal.words, *(f"{n}. {what}" for n, what in enumerate(lines, 1))])


def _answer(desk: Desk, **fields: forms.Field) -> list[Group]:
    return [Group({"channel": choose(_("客户怎么告诉的"), desk.channels(), initial=desk.channel()), **fields})]


def _on_the_spot(desk: Desk) -> list[Group]:
    done = {
        "what": line(_("做了什么"), needed=True),
        "remedy": choose(_("哪一类"), desk.rows("remedies"), needed=False),
        "channel": choose(_("怎么跟客户说的"), desk.channels(), initial=desk.channel()),
        "words": words(_("对客户说的话"), rows=2),
        "done": words(_("结果怎样"), rows=2, hint=_("客户当面看过、试过的，写上")),
    }
    found = _findings(desk)
    return [*([found] if found.fields else []), Group(_cause(desk, "cause_words"), say("为什么会发生")), Group(done, say("当场办的"))]


def _do_on_the_spot(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    names = ("cause", "cause_words", "what", "remedy", "channel", "words", "done")
    return actions.settle_on_the_spot(person, case_id, findings=by_item(values, FINDING), **{name: values[name] for name in names}, at=at)


HANDLING = (
    ActForm("investigate", _investigate, _do_investigate),
    ActForm("find_cause", _find_cause, _do_find_cause),
    ActForm(
        "approve",
        lambda desk: [Group({"words": words(_("批语"), needed=False, rows=2, hint=_("可以不写"))})],
        lambda person, case_id, values, at: actions.approve(person, case_id, words=values["words"], at=at),
    ),
    ActForm(
        "refuse",
        lambda desk: [Group({"reason": words(_("为什么不批"), rows=2)})],
        lambda person, case_id, values, at: actions.refuse(person, case_id, reason=values["reason"], at=at),
    ),
    ActForm(
        "reply",
        _reply,
        lambda person, case_id, values, at: actions.reply(person, case_id, channel=values["channel"], words=values["words"], at=at),
    ),
    ActForm(
        "agree",
        lambda desk: _answer(desk, words=words(_("客户的话"), needed=False, rows=2)),
        lambda person, case_id, values, at: actions.agree(person, case_id, channel=values["channel"], words=values["words"], at=at),
    ),
    ActForm(
        "decline",
        lambda desk: _answer(desk, reason=words(_("为什么不同意、想要什么"), rows=2)),
        lambda person, case_id, values, at: actions.decline(person, case_id, channel=values["channel"], reason=values["reason"], at=at),
    ),
    ActForm(
        "return",
        lambda desk: [Group({"words": words(_("处理经过和结果"), hint=_("写在意见表上，反馈和回访都看它"))})],
        lambda person, case_id, values, at: actions.return_form(person, case_id, words=values["words"], at=at),
    ),
    ActForm("settle", _on_the_spot, _do_on_the_spot, hint=_("每一步都照样记进过程，一次写完")),
)
