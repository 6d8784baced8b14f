"""What the figures themselves suggest for the next period: facts to start from, no judgement."""

from __future__ import annotations

from kesu.improvement.models import Capa, Measure
from kesu.insights.models import CaseFact
from kesu.insights.periods import Period, moved
from kesu.insights.queries.sums import sums
from kesu.insights.tables.look import Look
from kesu.reporting.contents.improving import capas, moments


def focus(look: Look) -> list[str]:
    """The largest causes, the limit that was missed most, what is still open, what falls due next."""
    return [line for line in (_causes(look), _late(look), _open(look), _due(look)) if line]


def _causes(look: Look) -> str:
    rows = {value: row["valid"] for value, row in sums(look.cover, look.period, look.at, "case", "cause").items() if value}
    top = [(value, n) for value, n in sorted(rows.items(), key=lambda item: -item[1]) if n][:3]
    if not top:
        return ""
    named = look.tongue("、", ", ").join(f"{look.name('cause', value)} {n}" for value, n in top)
    return look.tongue(f"有效投诉最多的原因：{named}。", f"The largest causes of valid complaints: {named}.")


def _late(look: Look) -> str:
    rows = {
        value: row["ended"] + row["owing"] - row["kept"] for value, row in sums(look.cover, look.period, look.at, "clock", "rule").items()
    }
    worst = max(rows.items(), key=lambda item: item[1], default=("", 0))
    if worst[1] <= 0:
        return ""
    name = look.name("rule", worst[0])
    return look.tongue(f"超时最多的一条：{name}，{worst[1]} 次。", f"The limit missed most: {name}, {worst[1]} times.")


def _open(look: Look) -> str:
    facts = CaseFact.objects.filter(look.cover.rows(), counted=True, complaint=True, received_day__lte=look.period.last, closed_at=None)
    n = facts.count()
    return (
        look.tongue(f"到统计时，期末以前受理的还有 {n} 件没结案。", f"{n} received by the end of the period are still open.") if n else ""
    )


def _due(look: Look) -> str:
    length = len(look.period.starts()) if look.period.whole_months else 1
    start, end = moments(look, Period.months(moved(look.period.first, length), length))
    rows = Measure.objects.filter(
        capa__in=Capa.objects.filter(capas(look)), dropped_at__isnull=True, ended_at__isnull=True, due_at__gte=start, due_at__lt=end
    )
    n = rows.count()
    return look.tongue(f"下期到期的整改措施 {n} 条。", f"{n} measures of corrective action fall due in the next period.") if n else ""
