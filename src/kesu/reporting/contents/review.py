"""Inputs of the management review as ISO 10002 8.6 asks for them (STANDARDS part 1), gathered from what is recorded; the rest is asked."""

from __future__ import annotations

from collections import Counter

from django.conf import settings

from kesu.company.procedures import pack_of
from kesu.insights.tables import asked, overview
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Table, number, text
from kesu.procedure import law
from kesu.reporting.contents.content import Part, table_of
from kesu.reporting.contents.improving import measures, moments
from kesu.reporting.models import APPROVED, Report
from kesu.warnings.models import Warning
from kesu.warnings.outcomes import OUTCOMES

BEFORE = "review-conclusions"  # the part whose comment the next review takes up


def parts(look: Look) -> list[Part]:
    """Every input; what is not kept in this system has to be written by whoever comments."""
    tongue = look.tongue
    return [
        Part(
            "before",
            tongue("上次评审定的事", "From the review before"),
            words=_before(look),
            asks=tongue("上次定的事做到了没有", "Was it done"),
        ),
        Part(
            "within",
            tongue("内部的变化", "Changes within"),
            [_versions(look)],
            asks=tongue("方针、目标、组织、资源有什么变化", "Policy, objectives, organisation, resources"),
        ),
        Part(
            "around",
            tongue("外部的变化", "Changes around"),
            [_laws(look)],
            asks=tongue("法律、竞争、技术有什么变化", "Law, competition, technology"),
        ),
        Part("performance", tongue("投诉处理做得怎样", "How complaints were handled"), [overview.compared(look)]),
        Part("satisfaction", tongue("客户满意", "Satisfaction"), asked.tables(look)),
        Part("monitoring", tongue("预警", "Early warnings"), [_warnings(look)]),
        Part(
            "audits",
            tongue("内部审核", "Audits"),
            asks=tongue("审核了什么，查出什么（这里不记审核）", "What was audited and found (audits are not recorded here)"),
        ),
        Part("measures", tongue("整改", "Corrective action"), measures(look)),
        Part(
            "conclusions",
            tongue("改进的建议和决定", "Recommendations and decisions"),
            asks=tongue("改什么，要什么资源，谁，什么时候", "What is improved, with which resources, by whom, by when"),
        ),
    ]


def _before(look: Look) -> list[str]:
    """What was decided in the approved report of the year before."""
    rows = Report.objects.filter(company=look.cover.company, site=look.cover.site, state=APPROVED, last__lt=look.period.first)
    found = next((row for row in rows.order_by("-last", "-pk") if row.comments.get(BEFORE)), None)
    if found is None:
        return [look.tongue("系统里没有上次评审的记录。", "No earlier review is recorded here.")]
    return [look.tongue(f"{found.period} 的报表里定的：", f"Decided in the report of {found.period}: ") + found.comments[BEFORE]]


def _versions(look: Look) -> Table:
    tongue, known = look.tongue, look.standing
    table = table_of(
        "versions",
        tongue("本期生效的规程", "Procedures that came into force"),
        [(tongue("生效", "In force from"), "text"), (tongue("规程", "Procedure"), "text"), (tongue("版本", "Version"), "text")],
        tongue("本期规程没有变。", "The procedure did not change in this period."),
    )
    for day, pk in known.versions:
        if look.period.first <= day <= look.period.last:
            pack = pack_of(pk)
            name = pack.pack.name if tongue.zh else pack.pack.name_en
            table.rows.append([text(day.isoformat()), text(name), text(pack.pack.version)])
    return table


def _laws(look: Look) -> Table:
    tongue, about = look.tongue, look.packs[0].pack
    table = table_of(
        "laws",
        tongue("本期生效的法定时限", "Legal limits that came into force"),
        [
            (tongue("规定", "Rule"), "text"),
            (tongue("要做的事", "Duty"), "text"),
            (tongue("多久", "Limit"), "text"),
            (tongue("生效", "In force from"), "text"),
        ],
        tongue("法定时限表里本期没有新的。", "None of those in the table of legal limits."),
    )
    known = law.read(sorted(settings.PACKS.glob("law/*.toml")))
    for row in known.rows:
        if row.since and look.period.first <= row.since <= look.period.last and row.binds(about.sector, about.province, about.city):
            rule = (f"{row.rule}{row.article}", f"{row.rule_en} {row.article_en}".strip())
            told = row.limit_words(look.language)
            table.rows.append([text(tongue.pair(rule)), text(tongue(row.duty, row.duty_en)), text(told), text(row.since.isoformat())])
    return table


def _warnings(look: Look) -> Table:
    tongue, (start, end) = look.tongue, moments(look)
    table = table_of(
        "warnings",
        tongue("本期的预警和结果", "Warnings of the period and what came of them"),
        [(tongue("结果", "Outcome"), "text"), (tongue("条", "Warnings"), "count")],
        tongue("本期没有预警。", "No warnings in this period."),
    )
    rows = Warning.objects.filter(company=look.cover.company, opened_at__gte=start, opened_at__lt=end)
    found = Counter((rows.filter(site=look.cover.site) if look.cover.site else rows).values_list("outcome", flat=True))
    for outcome, n in found.most_common():
        words = tongue.pair(OUTCOMES[outcome]) if outcome in OUTCOMES else tongue("还没答复", "not answered yet")
        table.rows.append([text(words), number(n)])
    return table
