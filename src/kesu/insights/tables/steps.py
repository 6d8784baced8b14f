"""Where time goes: at each step, and by forms that were sent back; who was late, and who had granted more time."""

from __future__ import annotations

from collections import Counter
from functools import partial
from math import ceil

from django.db.models import Q, QuerySet, Sum

from kesu.insights.cells import middle
from kesu.insights.deriving import BOUNCE
from kesu.insights.drawing import Bar, bars
from kesu.insights.intervals import wilson
from kesu.insights.models import ClockFact, Tally
from kesu.insights.queries.cases_of import fell_due
from kesu.insights.queries.sums import sums
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Column, Table, number, share, text
from kesu.insights.tables.words import minutes_words
from kesu.procedure.acts import STEPS

LATE_SHOWN = 60
ARCHIVE = "archive"  # after closing: nobody waits for it
BESIDE = {BOUNCE: ("已在上面", "in the steps above"), ARCHIVE: ("结案以后，不算", "after closing, not counted")}
LATE_SENT = 5000


def tables(look: Look) -> list[Table]:
    """The funnel of steps, and what fell late by duty."""
    found = [funnel(look), duties(look, "duty")] if look.period.whole_months else [duties(look, "duty")]
    return [*found, duties(look, "rule")] if look.period.whole_months else found


def funnel(look: Look) -> Table:
    """How many left each step, how long they stood there. Two queries; durations from histograms are off by 2.5 % at most."""
    tongue = look.tongue
    rows = sums(look.cover, look.period, look.at, "step", "step") if look.period.whole_months else {}
    lasted = _histograms(look)
    whole = sum(row["clock"] for step, row in rows.items() if step not in BESIDE)
    table = Table(
        "steps",
        tongue("每一步花了多久", "How long each step takes"),
        [
            Column(tongue("环节", "Step"), "text", full=True),
            Column(tongue("走完", "Left")),
            Column(tongue("中位数", "Median"), "minutes"),
            Column(tongue("第 90 百分位", "90th percentile"), "minutes"),
            Column(tongue("上班时间，平均", "Opening hours, mean"), "minutes"),
            Column(tongue("占全部时间", "Share of all time"), "share"),
        ],
        empty=tongue("本期没有走完的环节。", "No step was left in this period."),
    )
    drawn = []
    for step in (*STEPS, BOUNCE):
        row = rows.get(step)
        if row is None:
            continue
        median, high = (_percentile(lasted.get(step, []), of) for of in (0.5, 0.9))
        part = share(row["clock"], whole) if step not in BESIDE else Cell(None, tongue.pair(BESIDE[step]))
        name = look.name("step", step)
        left = number(row["left"], look.behind("left", by="step", value=step))
        table.rows.append([text(name), left, Cell(median), Cell(high), Cell(row["work"] / row["left"]), part])
        if step != ARCHIVE:  # weeks beside hours: nothing else could be seen
            drawn.append(Bar(name, median or 0, minutes_words(median or 0, tongue), tone="bad" if step == BOUNCE else ""))
    bounced = rows.get(BOUNCE)
    table.said = tongue("到结案为止，每一步时长的中位数", "Median time at each step up to closing")
    table.chart = bars(drawn, table.said)
    table.notes = [
        tongue(
            "按离开那一步的日子算，每办一轮算一次。退回重派：从派出到重新派出，这段时间已经算在派单里。时长是分档估计，误差不超过 2.5%。",
            "By the day on which the step was left, once in each round. Sent back: from sending out until sent out again, which is part of "
            "dispatching. Durations come from classes and are off by 2.5 % at most.",
        )
    ]
    if bounced:
        each = bounced["clock"] / bounced["left"]
        table.notes.insert(
            0,
            tongue(
                f"退回 {bounced['left']} 次，一次平均丢掉 {minutes_words(each, tongue)}。",
                f"Sent back {bounced['left']} times; each lost {minutes_words(each, tongue)} on average.",
            ),
        )
    return table


def _histograms(look: Look) -> dict[str, list[tuple[int, int]]]:
    """Step → (bucket, how many) in order. One query."""
    if look.cover.nothing or not look.period.whole_months:
        return {}
    found: dict[str, dict[int, int]] = {}
    rows = Tally.objects.filter(
        look.cover.tallies(),
        company_id=look.cover.company.pk,
        kind="hist",
        dimension__in=[f"step:{step}" for step in (*STEPS, BOUNCE)],
        grain="m",
        period__range=(look.period.first, look.period.last),
    )
    for dimension, value, n in rows.order_by().values_list("dimension", "value").annotate(n=Sum("n0")):
        found.setdefault(dimension.partition(":")[2], {})[int(value)] = int(n)
    return {step: sorted(buckets.items()) for step, buckets in found.items()}


def _percentile(buckets: list[tuple[int, int]], of: float) -> float | None:
    place, seen = ceil(of * sum(n for _, n in buckets)), 0
    for number_, n in buckets:
        seen += n
        if seen >= place > 0:
            return middle(number_)
    return None


def duties(look: Look, dimension: str) -> Table:
    """On time with and without extensions, by what was owed or by each rule of the procedure."""
    tongue = look.tongue
    title = tongue("按时不按时", "On time or not") if dimension == "duty" else tongue("规程的每一条", "Each rule of the procedure")
    table = Table(
        f"on-time-{dimension}",
        title,
        [
            Column(tongue("要做的事", "What was owed"), "text", full=True),
            Column(tongue("到期", "Fell due")),
            Column(tongue("按时", "On time"), "share"),
            Column(tongue("不算延期", "Without extensions"), "share"),
            Column(tongue("延过期", "Extended")),
            Column(tongue("还没做", "Not done yet")),
        ],
        kpis=["in_time", "in_time_first"],
        empty=tongue("本期没有到期的时限。", "No limit fell due in this period."),
        folded=dimension == "rule",
    )
    rows = sums(look.cover, look.period, look.at, "clock", dimension)
    names = {value: look.name(dimension, value) for value in rows}
    if dimension == "rule":
        names = _told_apart(look, names)
    for value, row in sorted(rows.items(), key=lambda item: -(item[1]["ended"] + item[1]["owing"])):
        due = row["ended"] + row["owing"]
        behind = partial(look.behind, by=dimension, value=value)
        good = share(row["kept"], due, behind("in_time", "rest"), wilson(row["kept"], due))
        first = share(row["kept_first"], due, behind("in_time_first", "rest"))
        extended, owing = number(row["extended"], behind("extended")), number(row["owing"], behind("owing"))
        table.rows.append([text(names[value]), number(due, behind("in_time", "below")), good, first, extended, owing])
    return table


NAMED = 2  # of what a rule is for; of more it is said how many there are


def _told_apart(look: Look, names: dict[str, str]) -> dict[str, str]:
    """Rules that have a name in common say in brackets which cases each is for."""
    often = Counter(names.values())
    return {id: f"{name}{_for_which(look, id)}" if often[name] > 1 else name for id, name in names.items()}


def _for_which(look: Look, id: str) -> str:
    row = next((row for pack in look.packs if (row := pack.obligation(id))), None)
    if row is None:
        return ""
    found = [(kind, ids) for kind, ids in (("channel", row.channels), ("nature", row.natures), ("grade", row.grades)) if ids]
    words = []
    for kind, ids in found:
        named = [look.name(kind, one) for one in ids[:NAMED]]
        more = look.tongue(f"等 {len(ids)} 种", f"and {len(ids) - NAMED} more") if len(ids) > NAMED else ""
        words.append(look.tongue("、", ", ").join(named) + (look.tongue(more, f" {more}") if more else ""))
    inside = look.tongue("，", "; ").join(words)
    return look.tongue(f"（{inside}）", f" ({inside})") if inside else ""


def late(look: Look, most: int = LATE_SHOWN) -> Table:
    """What was late, the latest first; who owed it, and who had granted more time. At most so many."""
    tongue = look.tongue
    rows = late_clocks(look)
    table = Table(
        "late",
        tongue("超时清单", "What was late"),
        [
            Column(tongue("单号", "Case"), "text"),
            Column(tongue("要做的事", "What was owed"), "text", full=True),
            Column(tongue("谁", "Who"), "text"),
            Column(tongue("部门", "Department"), "text"),
            Column(tongue("到期", "Due"), "moment"),
            Column(tongue("超了", "Late by"), "minutes"),
            Column(tongue("结果", "Outcome"), "text"),
            Column(tongue("延期批准人", "Extension granted by"), "text"),
        ],
        kpis=["in_time"],
        empty=tongue("本期没有超时的。", "Nothing was late in this period."),
    )
    total = _how_many(look)
    for row in rows.select_related("case", "person", "approver").order_by("-due_at", "pk")[:most]:
        end = row.ended_at or look.at
        outcome = tongue("还没做", "not done") if row.ended_at is None else tongue("晚做了", "done late")
        if row.state == "lifted":
            outcome = tongue("超时后取消", "lifted when late")
        who = row.person.name if row.person else look.packs[0].label("roles", row.role, look.language)
        granted = row.approver.name if row.approver else tongue("没有申请", "none") if not row.extended else ""
        table.rows.append(
            [
                text(row.case.number, {"case": row.case.number}),
                text(look.name("rule", row.obligation)),
                text(who),
                text(look.department(row.department_id or 0)),
                Cell(row.due_at),
                Cell(int((end - row.due_at).total_seconds()) // 60),
                text(outcome),
                text(granted),
            ]
        )
    if total > most:
        table.notes = [
            tongue(
                f"一共 {total} 项，这里是最近的 {most} 项；导出的表里最多 {LATE_SENT} 项。",
                f"{total} in all; these are the latest {most}. Files hold up to {LATE_SENT}.",
            )
        ]
    return table


def _how_many(look: Look) -> int:
    """As many as `late_clocks` finds, from roll-ups."""
    row = sums(look.cover, look.period, look.at, "clock").get("", {"ended": 0, "kept": 0, "owing": 0})
    return row["ended"] - row["kept"] + row["owing"]


def late_clocks(look: Look) -> QuerySet[ClockFact]:
    """The limits that fell due in the period and were not kept, or run on."""
    if look.cover.nothing:
        return ClockFact.objects.none()
    late = Q(kept=False) | Q(ended_at__isnull=True)
    return fell_due(look.cover, look.period, look.at).filter(late, case__fact__counted=True)
