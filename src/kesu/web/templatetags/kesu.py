"""Template tags and filters of the design language: clock, grade, icon, field, and values in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kesu.config.now import now
from kesu.customers import phones
from kesu.papers.money import yuan
from kesu.procedure import acts, improving, officialdays
from kesu.procedure.pack import Pack
from kesu.web.icons import ICONS

register = template.Library()

WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def language() -> str:
    """The reader's language; Chinese where nobody has said."""
    return get_language() or "zh-hans"


def _zh() -> bool:
    return language().startswith("zh")


# Parts of a page


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of `kesu.web.icons`, hidden from screen readers: its words stand beside it."""
    return format_html('<svg class="icon" viewBox="0 0 20 20" aria-hidden="true">{}</svg>', mark_safe(ICONS[name]))


# Drawn here and not by a template: a list has fifty of them.
CLOCK = '<div class="clock{}" data-time="{}"><b>{}</b><progress class="left" max="{}" value="{}">{}</progress><small>{}</small></div>'


@register.simple_tag
def clock(view: Any, large: bool = False) -> SafeString:
    """What is left of a limit, in words and as a bar, from a `complaints.queries.clocks.ClockView`; None draws nothing."""
    if not view:
        return mark_safe("")
    whole = view.whole or 1
    left = whole if view.tone in ("late", "paused", "done") else view.left
    return format_html(CLOCK, " large" if large else "", view.tone, view.words, whole, left, view.words, view.due_words)


@register.simple_tag
def grade(grade: str, pack: Pack, step: str = "") -> SafeString:
    """The grade's word, drawn by its weight; where the case still stands at being judged, that nobody has said it yet."""
    if step == "judge":
        return format_html('<span class="grade">{}</span>', _("待定级"))
    row = pack.find("grades", grade)
    if row is None:
        return format_html('<span class="grade">{}</span>', grade) if grade else mark_safe("")
    return format_html('<span class="grade {}">{}</span>', row.weight, row.label(language()))


@register.simple_tag
def label(pack: Pack, table: str, id: str | None) -> str:
    """The name that the pack gives to an id of one of its tables."""
    return pack.label(table, id, language())


@register.simple_tag
def step_name(step: str) -> str:
    """The step's name: 定级, 派单 …"""
    return acts.step_name(step, language())


@register.simple_tag
def stage_name(stage: str) -> str:
    """The stage of a record of corrective action: 定计划, 办措施 …"""
    return improving.stage_name(stage, language())


@register.simple_tag
def act_name(act: str) -> str:
    """The act's verb as a button says it."""
    row = acts.ACTS[act]
    return row.zh if _zh() else row.en


@register.inclusion_tag("web/shell/field.html")
def field(bound: BoundField, **extra: Any) -> dict[str, Any]:
    """A form's field with label, hint and what is wrong with it. `hint=` adds words below."""
    return {"field": bound, "hint": extra.get("hint", ""), "checkbox": isinstance(bound.field.widget, CheckboxInput)}


@register.filter
def field_errors(bound: BoundField) -> SafeString:
    """What is wrong with a field, to stand right below it; its id is what `aria-describedby` names."""
    if not bound.errors:
        return mark_safe("")
    return format_html('<span class="wrong" id="{}_error">{}</span>', bound.auto_id, "；".join(map(str, bound.errors)))


@register.simple_tag
def refused(error: Any) -> SafeString:
    """A refusal above a form: what, why, what now. Takes a `Refused` or None."""
    if error is None or error == "":
        return mark_safe("")
    return format_html('<p class="tip" data-time="late" role="alert"><b>{}</b></p>', error.reason(language()))


@register.simple_tag(takes_context=True)
def hidden_query(context: template.Context, *but: str) -> SafeString:
    """The address's present parameters as hidden inputs, without those named: a small form keeps the filters."""
    pairs = [(key, value) for key, values in context["request"].GET.lists() if key not in but for value in values]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


# Values in words


@register.filter
def masked(phone: str | None) -> str:
    """138 **** 6021."""
    return phones.masked(phone or "")


@register.filter
def fen(amount: int | None) -> str:
    """An amount in fen as people write it: 360000 → 3,600 元."""
    return yuan(amount, _zh())


@register.filter
def moment(value: datetime | None) -> str:
    """今天 13:20, 昨天 09:02, 18 日 21:45 this month, 11 月 3 日 before, with the year when it is another."""
    if value is None:
        return ""
    there, today = timezone.localtime(value), timezone.localtime(now()).date()
    day, clock_time = there.date(), f"{there:%H:%M}"
    near = {today: ("今天", "today"), today - timedelta(1): ("昨天", "yesterday"), today + timedelta(1): ("明天", "tomorrow")}.get(day)
    if near:
        return f"{near[0 if _zh() else 1]} {clock_time}"
    if (day.year, day.month) == (today.year, today.month):
        return f"{day.day} 日 {clock_time}" if _zh() else f"{day.day} {day:%b} {clock_time}"
    return date_words(day, with_year=day.year != today.year)


def date_words(day: Any, *, with_year: bool = False) -> str:
    """11 月 3 日, 2025 年 11 月 3 日."""
    if _zh():
        return (f"{day.year} 年 " if with_year else "") + f"{day.month} 月 {day.day} 日"
    return f"{day.day} {day:%b}" + (f" {day.year}" if with_year else "")


@register.filter
def whole_date(value: Any) -> str:
    """2026 年 11 月 3 日."""
    return date_words(value, with_year=True) if value else ""


@register.filter
def day_and_time(value: datetime) -> str:
    """11 月 20 日 周五 14:32."""
    there = timezone.localtime(value)
    if _zh():
        return f"{date_words(there)} {WEEKDAYS_ZH[there.weekday()]} {there:%H:%M}"
    return f"{there:%a} {date_words(there)} {there:%H:%M}"


@register.filter
def both(pair: tuple[str, str] | list[str]) -> str:
    """The reader's half of a (zh, en) pair."""
    return pair[0] if _zh() else pair[1]


@register.filter
def yes_no(value: bool | None) -> str:
    """是, 否, or 没问 for a question that is unanswered."""
    return {True: _("是"), False: _("否"), None: _("没问")}[value]


@register.filter
def by_weekday(week: dict[str, Any]) -> list[tuple[str, Any]]:
    """(name of the weekday, windows) Monday to Sunday, from a pack's or a site's opening hours."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    shown = WEEKDAYS_ZH if _zh() else ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return [(shown[n], windows_words(week.get(names[n]) or week.get(str(n)) or ())) for n in range(7)]


def windows_words(windows: Any) -> list[tuple[str, str]]:
    """Windows as ("08:30", "12:00"), whether given in minutes from midnight or already in words."""
    return [(clock_words(start), clock_words(end)) for start, end in windows]


def clock_words(value: int | str) -> str:
    """510 → 08:30."""
    return value if isinstance(value, str) else f"{value // 60:02}:{value % 60:02}"


@register.filter
def weekday_name(n: int) -> str:
    """0 → 周一."""
    return WEEKDAYS_ZH[n] if _zh() else ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[n]


register.filter("windows_words", windows_words)


@register.filter
def day_name(name: str) -> str:
    """春节 → Spring Festival for English readers."""
    return name if _zh() else officialdays.english_name(name)
