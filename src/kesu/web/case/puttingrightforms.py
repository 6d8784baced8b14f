"""The form by which a case goes into corrective action: a new record, or one that is open (P-13)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kesu.company.models import Person
from kesu.improvement import actions
from kesu.improvement.actions import Same
from kesu.improvement.queries.listing import to_join
from kesu.web.case.desk import Desk
from kesu.web.case.fields import Group, choose, several, words
from kesu.web.case.tableform import ActForm, Values, need, number

NEW = "new"
TRAITS = (("sites", _("地点")), ("category", _("类别")), ("cause", _("原因")), ("against", _("被投诉的人")))
BY_ITSELF = ("sites", "category", "cause")


def _put_right(desk: Desk) -> list[Group]:
    records = [(str(capa.pk), f"{capa.number}　{capa.title}") for capa in to_join(desk.person, desk.page.case, desk.page.at)]
    return [
        Group(
            {
                "into": choose(
                    _("立在哪里"), [(NEW, _now("新立一项")), *records], initial=NEW, hint=_("同一个问题已经在整改的，并进那一项")
                ),
                "words": words(_("要解决什么问题"), hint=_("不是这一件怎么办，是以后怎么不再发生")),
            }
        ),
        Group(
            {"same": several(_("以后再来什么样的算又发生"), TRAITS, initial=BY_ITSELF, hint=_("选中的几样都一样才算"))},
            title=_("怎么看有没有效果"),
            folded=True,
        ),
    ]


def _do(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    if need(values["into"], "into", "选一项整改，或新立一项", "choose a record of corrective action or open one") == NEW:
        same = Same(**{name: name in (values["same"] or BY_ITSELF) for name, _label in TRAITS})
        return actions.open_capa(person, [case_id], problem=values["words"], same=same, at=at)
    return actions.include(person, number(values["into"]), case_id=case_id, words=values["words"], at=at)


PUTTING_RIGHT = (ActForm("put_right", _put_right, _do, hint=_("从根上解决：定原因和措施，办完看效果")),)
