"""Corrective action in the period: opened, due, done, judged; came back after it was judged effective (B-12, B-18)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from kesu.improvement.models import Capa, Measure, Recurrence
from kesu.insights.periods import Period
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Table, number, text
from kesu.procedure.improving import stage_name
from kesu.reporting.contents.content import table_of

MOST = 100


def moments(look: Look, period: Period | None = None) -> tuple[datetime, datetime]:
    """The first moment of the period and the first one after it."""
    period, zone = period or look.period, ZoneInfo(look.cover.company.zone)
    after = datetime.combine(period.last + timedelta(days=1), time.min, zone)
    return datetime.combine(period.first, time.min, zone), after


def capas(look: Look) -> Q:
    """The records that the report is about: of the company, or with a complaint of the site."""
    found = Q(company=look.cover.company)
    return found & Q(sites=look.cover.site) if look.cover.site else found


def measures(look: Look) -> list[Table]:
    """What was due, done, effective; and each record that was open or ended in the period."""
    return [_sums(look), _records(look)]


def _sums(look: Look) -> Table:
    tongue, (start, end) = look.tongue, moments(look)
    records = Capa.objects.filter(capas(look))
    owed = Measure.objects.filter(capa__in=records, dropped_at__isnull=True, due_at__gte=start, due_at__lt=end)
    table = table_of(
        "measures",
        tongue("立项、到期、完成、有效", "Opened, due, done, effective"),
        [(tongue("指标", "Figure"), "text"), (tongue("本期", "This period"), "count"), (tongue("算法", "Definition"), "text")],
    )
    judged = records.filter(judged_at__gte=start, judged_at__lt=end)
    rows = [
        (
            ("立项", "Opened"),
            records.filter(opened_at__gte=start, opened_at__lt=end).count(),
            ("本期立的项", "records opened in the period"),
        ),
        (("到期的措施", "Measures due"), owed.count(), ("本期到期、没有取消的措施", "due in the period and not dropped")),
        (
            ("其中按时完成", "Of these, done in time"),
            owed.filter(ended_at__lte=F("due_at")).count(),
            ("到期前完成的", "ended by their due time"),
        ),
        (("其中晚完成", "Of these, done late"), owed.filter(ended_at__gt=F("due_at")).count(), ("到期后完成的", "ended after it")),
        (
            ("其中没完成", "Of these, not done"),
            owed.filter(ended_at__isnull=True).count(),
            ("到统计时还没完成的", "not ended when this was counted"),
        ),
        (
            ("评为有效", "Judged effective"),
            judged.filter(verdict="effective").count(),
            ("本期评的，现在还是这个结论", "judged in the period, and the verdict stands"),
        ),
        (("评为没有效果", "Judged not effective"), judged.filter(verdict="not_effective").count(), ("同上", "likewise")),
        (
            ("有效后又发生", "Back after effective"),
            Recurrence.objects.filter(capa__in=records, effective=True, seen_at__gte=start, seen_at__lt=end).count(),
            ("评为有效以后，本期又来的同样投诉", "the same complaint in the period after the record was judged effective"),
        ),
    ]
    table.rows = [[text(tongue.pair(name)), number(n), text(tongue.pair(means))] for name, n, means in rows]
    return table


def _records(look: Look) -> Table:
    tongue, (start, end) = look.tongue, moments(look)
    table = table_of(
        "records",
        tongue("本期在做的项", "Records open in the period"),
        [
            (tongue("编号", "Number"), "text"),
            (tongue("立项", "Opened"), "moment"),
            (tongue("在哪一步", "Stage"), "text"),
            (tongue("措施", "Measures"), "count"),
            (tongue("没完成", "Open"), "count"),
        ],
        tongue("本期没有整改。", "No corrective action in this period."),
    )
    rows = Capa.objects.filter(capas(look), opened_at__lt=end).filter(Q(closed_at__isnull=True) | Q(closed_at__gte=start))
    for row in rows.prefetch_related("measures").order_by("opened_at", "pk").distinct()[:MOST]:
        mine = [one for one in row.measures.all() if one.dropped_at is None]
        left = sum(one.ended_at is None for one in mine)
        table.rows.append(
            [text(row.number), Cell(row.opened_at), text(stage_name(row.stage, look.language)), number(len(mine)), number(left)]
        )
    return table
