"""The form of a follow-up: how it went, the questions of the procedure, when to call instead (S-15, M-4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.actions.following import OUTCOMES
from kesu.web.case.desk import Desk
from kesu.web.case.fields import Group, choose, hidden, moment, pick, tick, words
from kesu.web.case.tableform import Values, number

ASKED = "asked_"  # one field for each question of the procedure


def visit_groups(desk: Desk) -> list[Group]:
    """How it went; what was asked; what is only needed now and then. The attempt goes along, so that two people do not make it twice."""
    page, survey = desk.page, desk.page.pack.follow_up.survey
    scale = [(str(n), name) for n, name in enumerate(survey.choices(page.language))]
    asked: dict[str, forms.Field] = {ASKED + row.id: pick(row.label(page.language), scale) for row in survey.questions}
    made = sum(row.round == page.case.round for row in page.visits)
    return [
        Group(
            {
                "outcome": pick(_("这次回访"), desk.pair(OUTCOMES)),
                "attempt": hidden(str(made + 1)),
            }
        ),
        Group(asked, _("问客户的"), hint=_("客户没说的不选，记作没评；总的选最差一档就是不满意")),
        Group(
            {
                "words": words(_("客户的话"), needed=False, hint=_("不满意的要写哪里不满意，会重新办理")),
                "next_at": moment(_("约到什么时候"), hint=_("客户现在不方便、约了别的时间才填")),
                "channel": choose(_("怎么回访的"), desk.channels(), initial=desk.channel()),
                "agreed_time": tick(_("客户要求现在打"), hint=_("客户打回来，或在休息时间、约好的时间以前自己要求说，才勾")),
            }
        ),
    ]


def do_visit(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    """The form's answers as whole numbers; what was not chosen is not said."""
    answers = {key.removeprefix(ASKED): int(value) for key, value in values.items() if key.startswith(ASKED) and value}
    names = ("outcome", "channel", "words", "agreed_time", "next_at")
    given = {name: values[name] for name in names}
    return actions.visit(person, case_id, answers=answers, attempt=number(values["attempt"]) or None, at=at, **given)
