"""The layout of the consumer associations (消保委, STANDARDS part 6): totals, natures, services, what is hot, typical cases, advice.

Typical cases say matter, grade, channel, cause, remedy and time by the procedure's own words; nobody's words and nobody's name.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from kesu.complaints.models import AgreedAction
from kesu.insights.models import CaseFact, RemedyFact
from kesu.insights.periods import Period
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Table, number, share, text
from kesu.procedure.pack import Category
from kesu.reporting.contents.content import Part, table_of

HOT, TYPICAL = 5, 3
SOLVED = "resolved"


def parts(look: Look) -> list[Part]:
    """Every part of the layout."""
    tongue = look.tongue
    last = look.period.before(12)
    natures = _shares(look, last, "natures", tongue("按投诉性质", "By nature"), _nature)
    services = _shares(look, last, "services", tongue("按服务类别", "By kind of service"), _service)
    return [
        Part("totals", tongue("总数", "Totals"), [_totals(look, last)]),
        Part("natures", tongue("投诉性质", "Natures"), [natures]),
        Part("services", tongue("服务类别", "Kinds of service"), [services]),
        Part("hot", tongue("热点", "What is hot"), [_hot(look)], asks=tongue("热点怎么看", "What is behind it")),
        Part("typical", tongue("典型案例", "Typical cases"), [_typical(look)]),
        Part(
            "advice",
            tongue("建议", "Advice"),
            asks=tongue("给客户、同行和主管部门的建议", "Advice to customers, the trade, the authorities"),
        ),
    ]


def _facts(look: Look, period: Period) -> QuerySet[CaseFact]:
    return CaseFact.objects.filter(look.cover.rows(), counted=True, complaint=True, received_day__range=(period.first, period.last))


@dataclass(frozen=True)
class _Sum:
    received: int
    solved: int
    recovered: int
    multiple: int
    multiple_fen: int


def _sum(look: Look, period: Period) -> _Sum:
    facts = _facts(look, period)
    paid = RemedyFact.objects.filter(look.cover.rows(), what="paid", day__range=(period.first, period.last))
    multiples = {ground.id for pack in look.packs for ground in pack.grounds if ground.times}
    doubled = AgreedAction.objects.filter(case__fact__in=facts, ground__in=multiples, agreed_at__isnull=False, cost__gt=0)
    return _Sum(
        facts.count(),
        facts.filter(outcome=SOLVED, closed_at__isnull=False).count(),
        paid.aggregate(fen=Sum("fen"))["fen"] or 0,
        doubled.values("case").distinct().count(),
        doubled.aggregate(fen=Sum("cost"))["fen"] or 0,
    )


def _totals(look: Look, last: Period) -> Table:
    tongue, now, then = look.tongue, _sum(look, look.period), _sum(look, last)
    table = table_of(
        "totals",
        tongue("受理和解决", "Received and solved"),
        [
            (tongue("指标", "Figure"), "text"),
            (tongue("本期", "This period"), "count"),
            (tongue("去年同期", "Last year"), "count"),
            (tongue("算法", "Definition"), "text"),
        ],
    )
    rows: list[tuple[tuple[str, str], Cell, Cell, tuple[str, str]]] = [
        (
            ("受理", "Received"),
            number(now.received),
            number(then.received),
            ("本期受理的投诉，没定性的先算", "complaints received in the period, unjudged ones included"),
        ),
        (("解决", "Solved"), number(now.solved), number(then.solved), ("其中现在已经结案、结果是解决的", "of these, closed now as solved")),
        (("解决率", "Share solved"), _rate(now), _rate(then), ("解决 ÷ 受理", "solved ÷ received")),
        (
            ("挽回损失", "Recovered"),
            Cell(now.recovered, kind="fen"),
            Cell(then.recovered, kind="fen"),
            ("本期付给客户的钱，冲回的减掉", "money paid to customers in the period, reversals taken off"),
        ),
        (
            ("加倍赔偿，件", "Multiple damages, cases"),
            number(now.multiple),
            number(then.multiple),
            ("本期受理的投诉里，按加倍赔偿的规定答应过的", "of those received, agreed on a ground that gives a multiple"),
        ),
        (
            ("加倍赔偿，金额", "Multiple damages, sum"),
            Cell(now.multiple_fen, kind="fen"),
            Cell(then.multiple_fen, kind="fen"),
            ("同上，答应的钱", "likewise, the money agreed"),
        ),
    ]
    table.rows = [[text(tongue.pair(name)), mine, theirs, text(tongue.pair(means))] for name, mine, theirs, means in rows]
    return table


def _rate(row: _Sum) -> Cell:
    cell = share(row.solved, row.received)
    return Cell(cell.value, cell.words, kind="share", of=cell.of)


def _category(look: Look, id: str) -> Category | None:
    return next((row for pack in look.packs if (row := pack.find("categories", id)) is not None), None)


def _nature(look: Look, id: str) -> str:
    row = _category(look, id)
    return (row.nature_class if row else "") or look.tongue("没分类", "Not classed")


def _service(look: Look, id: str) -> str:
    """The name of the branch of the tree to which the category belongs."""
    seen: set[str] = set()
    while (row := _category(look, id)) is not None and row.parent and row.id not in seen:
        seen.add(row.id)
        id = row.parent
    return look.name("category", id)


def _shares(look: Look, last: Period, id: str, title: str, group: object) -> Table:
    tongue = look.tongue
    table = table_of(
        id,
        title,
        [
            (title, "text"),
            (tongue("件", "Cases"), "count"),
            (tongue("占比", "Share"), "share"),
            (tongue("去年同期占比", "Share last year"), "share"),
            (tongue("升降", "Change"), "text"),
        ],
        tongue("本期没有投诉。", "No complaints in this period."),
    )
    now, then = (_grouped(look, period, group) for period in (look.period, last))
    total, before = sum(now.values()), sum(then.values())
    for name, n in sorted(now.items(), key=lambda item: (-item[1], item[0])):
        table.rows.append(
            [text(name), number(n), share(n, total), share(then[name], before), text(_points(look, n, total, then[name], before))]
        )
    table.notes = [
        tongue(
            "升降是占比相差的百分点；去年同期没有投诉的比不出。",
            "Change is in points of the share; there is none where last year had no complaints.",
        )
    ]
    return table


def _grouped(look: Look, period: Period, group: object) -> Counter[str]:
    assert callable(group)
    found: Counter[str] = Counter()
    for category in _facts(look, period).values_list("category", flat=True):
        found[group(look, category)] += 1
    return found


def _points(look: Look, n: int, total: int, then: int, before: int) -> str:
    if not before or not total:
        return look.tongue("比不出", "none")
    points = round(100 * (n / total - then / before), 1)
    if points == 0:
        return look.tongue("持平", "even")
    arrow = "↑" if points > 0 else "↓"
    return look.tongue(f"{arrow}{abs(points):.1f} 个百分点", f"{arrow}{abs(points):.1f} points")


def _hot(look: Look) -> Table:
    tongue = look.tongue
    length = len(look.period.starts()) if look.period.whole_months else 1
    found = [
        Counter(_facts(look, one).values_list("category", flat=True))
        for one in (look.period, look.period.before(length), look.period.before(12))
    ]
    table = table_of(
        "hot",
        tongue("投诉最多的事", "What most complaints are about"),
        [
            (tongue("事", "Matter"), "text"),
            (tongue("本期", "This period"), "count"),
            (tongue("上期", "Before"), "count"),
            (tongue("去年同期", "Last year"), "count"),
        ],
        tongue("本期没有投诉。", "No complaints in this period."),
    )
    for category, _n in sorted(found[0].items(), key=lambda item: (-item[1], item[0]))[:HOT]:
        table.rows.append([text(look.name("category", category)), *(number(one[category]) for one in found)])
    return table


def _typical(look: Look) -> Table:
    tongue = look.tongue
    table = table_of(
        "typical",
        tongue("已经解决的典型案例", "Typical cases that were solved"),
        [
            (tongue("事", "Matter"), "text"),
            (tongue("等级", "Grade"), "text"),
            (tongue("渠道", "Channel"), "text"),
            (tongue("原因", "Cause"), "text"),
            (tongue("怎么解决", "Remedy"), "text"),
            (tongue("办了多久", "Took"), "minutes"),
        ],
        tongue("本期没有已经解决的有效投诉。", "No valid complaint of this period is solved yet."),
    )
    rank = {grade.id: grade.rank for pack in reversed(look.packs) for grade in pack.grades}
    rows = _facts(look, look.period).filter(valid=True, outcome=SOLVED, closed_at__isnull=False)
    chosen = sorted(rows.order_by("pk"), key=lambda row: (-rank.get(row.grade, 0), row.pk))[:TYPICAL]
    kinds: dict[int, dict[str, None]] = {}
    for case, kind in AgreedAction.objects.filter(case__in=[row.case_id for row in chosen], agreed_at__isnull=False).values_list(
        "case", "remedy"
    ):
        kinds.setdefault(case, {})[kind] = None
    for row in chosen:
        done = tongue("、", ", ").join(look.name("remedy", kind) for kind in kinds.get(row.case_id, {}) if kind)
        names = (
            look.name("category", row.category),
            look.name("grade", row.grade),
            look.name("channel", row.channel),
            look.name("cause", row.cause),
        )
        table.rows.append([*map(text, names), text(done or tongue("没有约定补救", "no remedy agreed")), Cell(row.final_clock)])
    return table
