"""What complaints are set against: homes, orders, visits, as somebody entered them. What is missing is said by name."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Min

from kesu.company.standing import standing
from kesu.insights.coverage import Coverage
from kesu.insights.kpis import Pair
from kesu.insights.models import CaseFact, Exposure
from kesu.insights.periods import Period
from kesu.procedure.figuring import Measure


def exposure(cover: Coverage, period: Period, measure: Measure) -> float | Pair:
    """The sum over the sites (a stock: of its averages over the months), or why it cannot be given.

    A site counts from the month of its first complaint or first entry: before that it was not open.
    """
    if not cover.exposed:
        return ("部门没有自己的户数、单数，只有项目有", "only sites have homes and orders, departments do not")
    sites = cover.site_ids()
    entered: dict[int, dict[date, int]] = defaultdict(dict)
    rows = Exposure.objects.filter(company=cover.company, measure=measure.id, site__in=sites)
    for site, month, n in rows.values_list("site_id", "month", "n"):
        entered[site][month] = n
    since = _open_since(cover, entered)
    known = standing(cover.company).sites
    total, missing = 0.0, []
    for site in sites:
        months = [month for month in period.starts() if site in since and month >= since[site]]
        missing += [f"{known[site].name} {month:%Y-%m}" for month in months if month not in entered[site]]
        values = [entered[site].get(month, 0) for month in months]
        total += sum(values) / (len(values) if measure.kind == "stock" and values else 1)
    if missing:
        named, more = "、".join(missing[:3]), len(missing) - 3
        return (
            f"没填{measure.name}：{named}" + (f" 等 {len(missing)} 处" if more > 0 else ""),
            f"{measure.name_en} not entered: {', '.join(missing[:3])}" + (f" and {more} more" if more > 0 else ""),
        )
    if total <= 0:
        return (f"{measure.name}是 0，除不出来", f"{measure.name_en}: 0, nothing to divide by")
    return total


def _open_since(cover: Coverage, entered: dict[int, dict[date, int]]) -> dict[int, date]:
    rows = CaseFact.objects.filter(company=cover.company).order_by().values("site_id").annotate(first=Min("received_day"))
    since = {row["site_id"]: row["first"].replace(day=1) for row in rows}
    for site, months in entered.items():
        first = min(months)
        since[site] = min(since.get(site, first), first)
    return since
