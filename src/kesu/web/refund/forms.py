"""What is asked about a prepaid card; only the fields of its kind are read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kesu.procedure.packmoneychecks import percent
from kesu.procedure.prepaid import KINDS, REASONS, TERM, TIMES, VALUE, Asked, Card
from kesu.procedure.refused import Refused
from kesu.web.case.fields import Group, choose, line, tick, yuan

MOST = 10_000


def _day(label: Any, initial: date | None = None, hint: Any = "") -> forms.Field:
    widget = forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d")
    found = forms.DateField(label=label, required=False, initial=initial, widget=widget, help_text=hint, input_formats=["%Y-%m-%d"])
    found.kind = "moment"  # type: ignore[attr-defined]  # read by web/case/field.html
    return found


def _count(label: Any) -> forms.Field:
    widget = forms.NumberInput(attrs={"class": "input", "inputmode": "numeric", "min": 0, "max": MOST})
    found = forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST, widget=widget)
    found.kind = "yuan"  # type: ignore[attr-defined]  # as wide as an amount
    return found


def groups(today: date, language: str) -> list[Group]:
    """The fields, by what they are about."""
    half = 0 if language.startswith("zh") else 1
    kinds = [(key, names[half]) for key, names in KINDS.items()]
    reasons = [(key, names[half]) for key, names in REASONS.items()]
    return [
        Group(
            {
                "kind": choose(_("哪种卡"), kinds, initial=VALUE),
                "paid": yuan(_("实付本金（元）")),
                "paid_on": _day(_("哪天付的")),
                "reason": choose(_("谁的原因退"), reasons),
                "asked_on": _day(_("哪天要求退"), today),
                "ended_on": _day(_("合同哪天解除"), hint=_("不填就是要求退的那天")),
                "back_on": _day(_("哪天退钱"), today, _("利息算到这天")),
                "same_before": tick(_("买卡前已经做过同样的"), hint=_("做过的，没有七天不讲理由退")),
            },
            _("买卡和退卡"),
        ),
        Group(
            {
                "gift": yuan(_("充值送的（元）")),
                "used": yuan(_("已消费，打折前（元）")),
                "used_discounted": yuan(_("已消费，打折后（元）"), hint=_("没打过折就不填")),
            },
            _("储值卡填这里"),
        ),
        Group(
            {
                "visits": _count(_("买了几次")),
                "gift_visits": _count(_("送了几次")),
                "visits_used": _count(_("用了几次")),
                "visit_price": yuan(_("打折前一次多少（元）")),
            },
            _("次卡填这里"),
        ),
        Group({"begins": _day(_("从哪天")), "ends": _day(_("到哪天，含当天"))}, _("期限卡填这里")),
        Group({"agreed_rate": line(_("约定的年利率（%）"), hint=_("没约定就不填，按司法解释算"))}, _("利息")),
    ]


def card_of(values: dict[str, Any]) -> Card:
    """The card that was written down. Refused beside the field that is missing."""
    kind = values["kind"] or VALUE
    given: dict[str, Any] = {}
    if kind == VALUE:
        given = {"gift": values["gift"], "used": values["used"], "used_discounted": values["used_discounted"] or None}
    elif kind == TIMES:
        given = {name: values[name] or 0 for name in ("visits", "gift_visits", "visits_used", "visit_price")}
    elif kind == TERM:
        given = {"begins": values["begins"], "ends": values["ends"]}
    return Card(kind, values["paid"], _need(values, "paid_on"), **given)


def asked_of(values: dict[str, Any]) -> Asked:
    """Why and when it is given back."""
    asked_on = _need(values, "asked_on")
    ended_on = values["ended_on"] or asked_on
    typed = values["agreed_rate"].strip().removesuffix("%")
    rate = percent(typed) if typed else None
    if typed and rate is None:
        raise Refused("rate", "利率写成 3.10 这样的百分数", "write the rate as a percentage like 3.10", field="agreed_rate")
    return Asked(values["reason"], asked_on, ended_on, values["back_on"] or ended_on, values["same_before"], rate)


def _need(values: dict[str, Any], name: str) -> date:
    if values[name] is None:
        raise Refused("date", "写明哪一天", "say which day", field=name)
    found: date = values[name]
    return found
