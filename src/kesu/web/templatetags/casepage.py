"""Words of the case's tables on its page: findings, sides, kinds of evidence, outcomes, ratings."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kesu.complaints.actions.following import OUTCOMES
from kesu.complaints.actions.investigating import FINDINGS, KINDS, SIDES
from kesu.complaints.actions.lettering import WAYS
from kesu.complaints.models import Rating
from kesu.papers.forms import Paper
from kesu.papers.sheet import Entry, Ticks
from kesu.procedure.pack import Pack
from kesu.web.case.fields import Branch

register = template.Library()


def _half() -> int:
    return 0 if (get_language() or "zh-hans").startswith("zh") else 1


def _of(table: dict[str, tuple[str, str]], key: str) -> str:
    return table[key][_half()] if key in table else key


@register.simple_tag
def finding(key: str) -> str:
    """属实, 部分属实 …"""
    return _of(FINDINGS, key)


@register.simple_tag
def side(key: str) -> str:
    """Which side a piece of evidence comes from."""
    return _of(SIDES, key)


@register.simple_tag
def kind(key: str) -> str:
    """A statement, a record, a photograph …"""
    return _of(KINDS, key)


@register.simple_tag
def way(key: str) -> str:
    """How a letter went out: 当面交, 邮寄 …"""
    return _of(WAYS, key)


@register.filter
def holds(node: Branch, value: str) -> bool:
    """Whether a chosen id is this branch or hangs below it."""
    return bool(value) and value in node.ids()


@register.simple_tag
def branch(pack: Pack, cause: str) -> str:
    """“设施设备 › 保养不到位”."""
    rows = pack.branch("causes", cause)
    return " › ".join(row.label(get_language() or "zh-hans") for row in rows) or cause


@register.simple_tag
def outcome(key: str) -> str:
    """How a follow-up came out."""
    return _of(OUTCOMES, key)


@register.simple_tag
def paper_title(paper: Paper) -> str:
    """住户投诉意见表"""
    return paper.title(get_language() or "zh-hans")


@register.filter
def pens(number: int) -> range:
    """Lines to write on."""
    return range(number)


@register.filter
def at(table: dict[str, SafeString], key: str) -> SafeString:
    """What stands under a key."""
    return table[key]


@register.simple_tag
def boxes(row: Ticks) -> SafeString:
    """Boxes to tick; the ticked ones stand out."""
    return format_html_join("", '<span class="box">{} {}</span>', (("☑" if on else "☐", name) for name, on in row))


@register.simple_tag
def entry(value: Entry) -> SafeString:
    """What stands in a place of a table."""
    return format_html("{}", linebreaksbr(value)) if isinstance(value, str) else boxes(value)


@register.simple_tag
def answers(given: dict[str, int], pack: Pack) -> SafeString:
    """The answers to the follow-up's questions; one left out is unrated and says so."""
    if not given:
        return SafeString("")
    survey, here = pack.follow_up.survey, get_language() or "zh-hans"
    choices = survey.choices(here)
    rows = [
        (row.label(here), choices[given[row.id]] if 0 <= given.get(row.id, -1) < len(choices) else _("没评")) for row in survey.questions
    ]
    return format_html('<dl class="facts">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))


@register.simple_tag
def rating(row: Rating, pack: Pack) -> SafeString:
    """The customer's answers, question by question."""
    rows = [(pack.find("ratings", key), choice) for key, choice in row.answers.items()]
    if _half():
        said = [(question.question_en, question.choices_en[choice]) for question, choice in rows if question]
    else:
        said = [(question.question, question.choices[choice]) for question, choice in rows if question]
    return format_html('<dl class="facts">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", said))
