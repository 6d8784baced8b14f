"""Tables as the page draws them: every value in words, with the address of the cases behind it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from kesu.insights.periods import Period, moved, today
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Column, Table
from kesu.insights.tables.words import interval_words, shown
from kesu.performance.queries.items import DEPARTMENT, PERSON
from kesu.performance.tables import may_order
from kesu.web.figures.looking import VIEWS, Looker, View, may_see

FEW = 200  # from so many cases on a share stands without its interval


@dataclass(frozen=True)
class Shown:
    """One cell."""

    name: str  # of its column
    words: str
    url: str
    range: str
    number: bool
    full: bool
    why: bool  # it cannot be given: the words say why


@dataclass(frozen=True)
class Drawn:
    """One table."""

    table: Table
    chart: SafeString
    rows: list[list[Shown]]
    definitions: list[tuple[str, list[tuple[str, str]]]]
    xlsx: str
    csv: str


@dataclass(frozen=True)
class Chip:
    """A choice as a link."""

    name: str
    url: str
    chosen: bool


def drawn(look: Look, view: str, tables: list[Table], query: str) -> list[Drawn]:
    """The tables, ready for the page."""
    return [
        Drawn(
            table,
            mark_safe(table.chart),  # drawn by insights.drawing, which escapes every word
            [[_cell(look, column, cell) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows],
            table.definitions(look.language),
            f"{reverse('figures_export', args=[view, table.id, 'xlsx'])}?{query}",
            f"{reverse('figures_export', args=[view, table.id, 'csv'])}?{query}",
        )
        for table in tables
    ]


def _cell(look: Look, column: Column, cell: Cell) -> Shown:
    kind = cell.kind or column.kind
    few = kind != "share" or cell.of is None or cell.of < FEW
    return Shown(
        column.name,
        shown(cell, column.kind, look.tongue, look.cover.company.zone),
        address(cell.behind),
        interval_words(cell, column.kind, look.tongue) if few else "",
        kind not in ("text", "moment"),
        column.full,
        cell.value is None and bool(cell.words),
    )


def address(behind: dict[str, str] | None) -> str:
    """Where the cases behind a value are; "" for none."""
    if not behind:
        return ""
    if "case" in behind:
        return reverse("case", args=[behind["case"]])
    if "fair" in behind:
        return f"{reverse('people_cases')}?{urlencode(behind)}"
    return f"{reverse('figures_cases')}?{urlencode(behind)}"


def tabs(seen: Looker, here: str) -> list[Chip]:
    """The views that this person may open, for the same days and place."""
    return [
        Chip(seen.look.tongue.pair(view.name), _url(view, seen), view.id == here) for view in VIEWS.values() if may_see(seen.rights, view)
    ]


def _url(view: View, seen: Looker, period: Period | None = None, site: int | None | str = "") -> str:
    where = seen.site if site == "" else site
    query = {"period": str(period or seen.look.period), **({"site": str(where)} if where else {})}
    place = reverse("figures") if view.id == "overview" else reverse("figures_view", args=[view.id])
    return f"{place}?{urlencode(query)}"


def orders(seen: Looker, view: View) -> list[Chip]:
    """By name or by result, where the procedure allows an order at all."""
    rules, of = seen.rights.pack.performance, {"people": PERSON, "departments": DEPARTMENT}.get(view.id)
    if rules is None or of is None or not may_order(of, rules):
        return []
    tongue, here, chosen = seen.look.tongue, _url(view, seen), seen.look.by_result
    return [Chip(tongue("按名称", "By name"), here, not chosen), Chip(tongue("按结果", "By result"), f"{here}&order=result", chosen)]


def sites(seen: Looker, view: View) -> list[Chip]:
    """The sites to choose from, where there are several."""
    rows = seen.rights.sites()
    if len(rows) < 2:
        return []
    whole = Chip(seen.look.tongue("全部", "All"), _url(view, seen, site=None), seen.site is None)
    return [whole, *(Chip(site.name, _url(view, seen, site=site.pk), seen.site == site.pk) for site in rows)]


def periods(seen: Looker, view: View) -> list[Chip]:
    """This month and the last, this quarter, this year; the one before and the one after what is shown."""
    day, tongue, now = today(seen.look.cover.company.zone, seen.look.at), seen.look.tongue, seen.look.period
    quarter = day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    rows = [
        (tongue("本月", "This month"), Period.month(day.year, day.month)),
        (tongue("上月", "Last month"), Period.months(moved(day.replace(day=1), -1), 1)),
        (tongue("本季", "This quarter"), Period.months(quarter, 3)),
        (tongue("今年", "This year"), Period.months(day.replace(month=1, day=1), 12)),
    ]
    found = [Chip(name, _url(view, seen, period), period == now) for name, period in rows]
    if now.whole_months:
        earlier = now.before(len(now.starts()))
        found.append(Chip(tongue(f"往前 {earlier}", f"Back to {earlier}"), _url(view, seen, earlier), False))
    return found
