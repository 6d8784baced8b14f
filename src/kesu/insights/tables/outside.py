"""What went outside, and what came again: which causes, which customers (as their cases, without a name)."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count

from kesu.complaints.models import Case, Handover
from kesu.insights.models import CaseFact
from kesu.insights.queries.sums import sums
from kesu.insights.queries.ties import known
from kesu.insights.tables.look import Look
from kesu.insights.tables.shares import shares
from kesu.insights.tables.table import Column, Table, number, share, text

FIGURES = ("outside", "outside_first", "escalated", "repeats", "repeated", "reopened")
JUDGED = ("hotline_replied", "hotline_solved", "hotline_content", "conciliated", "mediated")
MOST = 50


def tables(look: Look) -> list[Table]:
    """The shares, the offices, repeated causes, repeated customers."""
    found = [shares(look, "outside", look.tongue("外部的、升级的、再来的", "Outside, escalated, again"), FIGURES)]
    found += [shares(look, "verdicts", look.tongue("外面怎么评定", "What those outside found"), JUDGED), _bodies(look)]
    if look.period.whole_months:
        found.append(_causes(look))
    return [*found, _customers(look)]


def _bodies(look: Look) -> Table:
    tongue = look.tongue
    table = Table(
        "bodies",
        tongue("转到哪里", "Where they went"),
        [Column(tongue("单位", "Office"), "text", full=True), Column(tongue("件", "Cases"))],
        empty=tongue("本期没有转到外面的。", "None went outside in this period."),
    )
    if look.cover.nothing:
        return table
    facts = CaseFact.objects.filter(look.cover.rows(), counted=True, received_day__range=(look.period.first, look.period.last))
    rows = Handover.objects.filter(case__fact__in=facts).order_by().values("body").annotate(n=Count("case", distinct=True))
    for row in sorted(rows, key=lambda row: -row["n"]):
        behind = look.behind("received", by="body", value=row["body"])
        table.rows.append([text(look.name("body", row["body"])), number(row["n"], behind)])
    return table


def _causes(look: Look) -> Table:
    tongue = look.tongue
    table = Table(
        "repeat-causes",
        tongue("再来的，查明的原因", "Causes of what came again"),
        [
            Column(tongue("原因", "Cause"), "text", full=True),
            Column(tongue("重复来的", "Repeats")),
            Column(tongue("占这个原因的投诉", "Share of its complaints"), "share"),
        ],
        kpis=["repeats"],
        empty=tongue("本期没有重复来的。", "None came again in this period."),
    )
    rows = sums(look.cover, look.period, look.at, "case", "cause")
    for value, row in sorted(rows.items(), key=lambda item: -item[1]["repeats"]):
        if row["repeats"]:
            behind = look.behind("repeats", by="cause", value=value)
            table.rows.append([text(look.name("cause", value)), number(row["repeats"], behind), share(row["repeats"], row["complaints"])])
    return table


def _customers(look: Look) -> Table:
    """Customers who complained twice or more in the period; each stands as the number of the last case, whose page says who it is."""
    tongue = look.tongue
    table = Table(
        "repeat-customers",
        tongue("投诉了几次的客户", "Customers who complained more than once"),
        [
            Column(tongue("最近一件", "Last case"), "text", full=True),
            Column(tongue("本期几件", "Cases in the period")),
            Column(tongue("其中重复来的", "Repeats among them")),
        ],
        kpis=["repeats"],
        empty=tongue("本期没有一位客户投诉过两次。", "No customer complained twice in this period."),
    )
    if look.cover.nothing:
        return table
    facts = CaseFact.objects.filter(
        look.cover.rows(), counted=True, complaint=True, received_day__range=(look.period.first, look.period.last)
    )
    rows = Case.objects.filter(fact__in=facts, customer__isnull=False).order_by().values("customer").annotate(n=Count("id")).filter(n__gt=1)
    customers = {row["customer"]: row["n"] for row in rows.order_by("-n", "customer")[:MOST]}
    last: dict[int, str] = {}
    same: Counter[int] = Counter()
    tied = set(facts.filter(known(look.cover, "repeats"), case__customer__in=customers).values_list("case", flat=True))
    mine = Case.objects.filter(fact__in=facts, customer__in=customers).order_by("received_at", "pk")
    for customer, pk, case in mine.values_list("customer", "pk", "number"):
        if customer is not None:
            last[customer] = case
            same[customer] += pk in tied
    for customer, n in customers.items():
        table.rows.append([text(last[customer], {"case": last[customer]}), number(n), number(same[customer])])
    return table
