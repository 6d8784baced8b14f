"""Forms about personal data: what the customer asks, our answer, legal hold, de-identification."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.queries.kept import open_wishes, to_ask
from kesu.procedure.privacy import GIVEN
from kesu.procedure.privacyacts import MATTERS, WISHES
from kesu.web.case.desk import Desk
from kesu.web.case.fields import Group, choose, tick, words
from kesu.web.case.tableform import ActForm, Values

SHOWN = 40  # characters of what may be marked


def _ask(desk: Desk) -> list[Group]:
    rows = [row for row in desk.pair(WISHES) if row[0] not in open_wishes(desk.page.case)]
    return [
        Group(
            {"wish": choose(_("要什么"), rows, initial=rows[0][0] if rows else ""), "words": words(_("客户怎么说的"), needed=False, rows=2)}
        )
    ]


def _wish(desk: Desk) -> dict[str, Any]:
    rows = [row for row in desk.pair(WISHES) if row[0] in open_wishes(desk.page.case)]
    return {
        "wish": choose(_("答复哪一样"), rows, initial=rows[0][0] if rows else ""),
        "channel": choose(_("怎么告诉的"), desk.channels(), initial=desk.channel()),
    }


def _answer(desk: Desk) -> list[Group]:
    hint = _("查看的：客户在自己的进度页上下载。删除的：接着做“去标识化”")
    return [Group({**_wish(desk), "words": words(_("对客户说的话"), rows=3, hint=hint)})]


def _refuse(desk: Desk) -> list[Group]:
    hint = _("在打官司、法律要求留多久，写明是哪一条；客户在进度页上看得到，也可以去投诉、起诉")
    return [Group({**_wish(desk), "reason": words(_("为什么不能照办"), rows=3, hint=hint)})]


def _consent(desk: Desk) -> list[Group]:
    rows = [row for row in desk.pair(MATTERS) if row[0] in to_ask(desk.page.case, desk.page.pack)]
    rules = desk.page.pack.privacy.consents() if desk.page.pack.privacy else {}
    said = "；".join(f"{name}：{rules[matter].words(desk.page.language)}" for matter, name in rows)
    return [
        Group(
            {
                "matter": choose(_("问哪一样"), rows, hint=_("念给客户听")),
                "given": choose(_("客户怎么答"), [("yes", _("同意")), ("no", _("不同意"))]),
            },
            hint=said,
        )
    ]


def _do_consent(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    return actions.ask_consent(person, case_id, matter=values["matter"], given=values["given"] == "yes", at=at)


def _consented(desk: Desk) -> list[Group]:
    rows = [row for row in desk.pair(MATTERS) if desk.page.case.consents.get(row[0]) == GIVEN]
    return [Group({"matter": choose(_("撤回哪一样"), rows, initial=rows[0][0] if rows else "")})]


def _to_mark(desk: Desk) -> list[Group]:
    """Evidence, files and entries with words that are not marked yet, as one list."""
    page = desk.page
    rows = [(f"e{row.pk}", desk.joined(_("证据"), row.words[:SHOWN])) for row in page.evidence if not row.health]
    rows += [(f"f{row.pk}", desk.joined(_("附件"), row.name)) for row in page.attachments if not row.health]
    told = [row for row in page.journal if row.actor != "system" and row.act != "mark_health" and not row.data.get("health")]
    said = [(row.n, str(row.data.get("words", ""))) for row in told]
    rows += [(f"n{n}", desk.joined(_("经过第 %(n)s 条") % {"n": n}, words_[:SHOWN])) for n, words_ in said if words_]
    return [Group({"what": choose(_("标哪一样"), rows, hint=_("标了以后只给规程指定的岗位看；客户没有同意或撤回的，谁也看不到"))})]


def _do_mark(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    kind, number = values["what"][:1], int(values["what"][1:] or 0) if values["what"][1:].isdecimal() else 0
    chosen = {"e": "evidence_id", "f": "attachment_id"}.get(kind, "entry")
    return actions.mark_health(person, case_id, **{chosen: number}, at=at)


def health_tick(desk: Desk) -> dict[str, Any]:
    """The mark that something is health data, where the procedure knows of it."""
    if desk.page.pack.privacy is None or desk.page.pack.privacy.health is None:
        return {}
    return {"health": tick(_("这是健康资料"), hint=_("伤情、过敏、病历：只给规程指定的岗位看；客户单独同意了才能存"))}


def _reason(label: Any, hint: Any = "") -> Any:
    return lambda desk: [Group({"reason": words(label, rows=2, hint=hint)})]


def _with(act: Any, *names: str) -> Any:
    def do(person: Person, case_id: int, values: Values, at: datetime) -> Any:
        return act(person, case_id, **{name: values[name] for name in names}, at=at)

    return do


PRIVACY = (
    ActForm("ask_data", _ask, _with(actions.ask_data, "wish", "words"), hint=later("时限从现在走，答复或说明不能照办为止")),
    ActForm("answer_data", _answer, _with(actions.answer_data, "wish", "channel", "words")),
    ActForm("refuse_data", _refuse, _with(actions.refuse_data, "wish", "channel", "reason")),
    ActForm("ask_consent", _consent, _do_consent, hint=later("不同意的照样办，不记健康情况")),
    ActForm("withdraw_consent", _consented, _with(actions.withdraw_consent, "matter"), hint=later("标为健康资料的，从现在起谁也看不到")),
    ActForm("mark_health", _to_mark, _do_mark, hint=later("伤情、过敏、病历，或者孩子的这些情况；投诉的事情本身不在这里")),
    ActForm(
        "hold",
        _reason(later("为什么要留着"), later("打官司、监管在查、客户还在要求：写明是哪一件")),
        _with(actions.hold, "reason"),
        hint=later("解除以前，到期也不去标识化"),
    ),
    ActForm("lift_hold", _reason(later("为什么可以解除")), _with(actions.lift_hold, "reason")),
    ActForm(
        "deidentify",
        lambda desk: [],
        _with(actions.deidentify),
        hint=later("姓名、电话、住址、各人写的话和附件都抹掉，不能恢复；类别、等级、时间、金额留作统计"),
    ),
)
