"""What complaints are set against: homes, orders, visits, as somebody entered them. What is missing is said by name."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Min

from kesu.company.models import Company
from kesu.company.standing import standing
from kesu.insights.coverage import Coverage
from kesu.insights.kpis import Pair
from kesu.insights.models import Exposure, Tally
from kesu.insights.periods import Period
from kesu.procedure.figuring import Measure


class Entered:
    """Everything that was entered of a measure, and since when each site is open. Read once, asked for any period. Two queries."""

    def __init__(self, company: Company, measure: Measure) -> None:
        self.measure = measure
        self.months: dict[int, dict[date, int]] = defaultdict(dict)
        for site, month, n in Exposure.objects.filter(company=company, measure=measure.id).values_list("site_id", "month", "n"):
            self.months[site][month] = n
        self.since = open_since(company, self.months)


def exposure(cover: Coverage, period: Period, known_of: Entered) -> float | Pair:
    """The sum over the sites (a stock: of its averages over the months), or why it cannot be given.

    A site counts from the month of its first complaint or first entry: before that it was not open.
    """
    if not cover.exposed:
        return ("部门没有自己的户数、单数，只有项目有", "only sites have homes and orders, departments do not")
    entered, since, measure = known_of.months, known_of.since, known_of.measure
    sites = [site for site in cover.site_ids() if site in since and since[site] <= period.last]
    if not sites:
        return ("那时还没有项目", "no site was open then")
    known = standing(cover.company).sites
    total, missing = 0.0, []
    for site in sites:
        months = [month for month in period.starts() if month >= since[site]]
        missing += [f"{known[site].name} {month:%Y-%m}" for month in months if month not in entered.get(site, {})]
        values = [entered.get(site, {}).get(month, 0) for month in months]
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


def open_since(company: Company, entered: dict[int, dict[date, int]]) -> dict[int, date]:
    """Site → the month of its first complaint, or of its first entry in `entered`. One query."""
    rows = Tally.objects.filter(company=company, grain="m", kind="case", dimension="", n0__gt=0).order_by()
    since = dict(rows.values("site").annotate(first=Min("period")).values_list("site", "first"))
    for site, months in entered.items():
        first = min(months)
        since[site] = min(since.get(site, first), first)
    return since
