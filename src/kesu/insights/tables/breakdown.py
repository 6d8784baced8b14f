"""Figures by site, department, category, cause, person, channel, grade, hour: side by side, fairly.

Rates, not raw counts, where it is known what they are to be set against; an interval beside each; "higher" is said only where intervals
lie apart from everybody's together. People are set in no order below the number of cases that the procedure names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kesu.insights.drawing import Bar, bars, pareto
from kesu.insights.exposed import exposure
from kesu.insights.intervals import apart, counted, wilson
from kesu.insights.queries.sums import grouped
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Column, Table, number, share, text

DIMENSIONS: dict[str, tuple[str, str]] = {
    "site": ("项目", "Site"),
    "department": ("部门", "Department"),
    "category": ("类别", "Category"),
    "cause": ("原因", "Cause"),
    "handler": ("经办人", "Handler"),
    "against": ("被投诉的人", "Complained of"),
    "channel": ("渠道", "Channel"),
    "grade": ("等级", "Grade"),
    "nature": ("性质", "Nature"),
    "hour": ("时段", "Hour"),
}
OF_PEOPLE = frozenset(("handler", "against"))
WITH_CLOCKS = frozenset(("site", "department", "category", "grade", "handler"))
NOBODY = "0"  # the department of what was not sent out yet
BARS = 20
Numbers = Mapping[str, int]


@dataclass
class Line:
    """What was counted for one value."""

    value: str
    name: str
    numbers: dict[str, Numbers]
    behind: dict[str, str]
    rate: tuple[float, tuple[float, float]] | None = None  # valid complaints per so many, with its interval
    why: str = ""  # it has none
    word: str = ""  # higher, lower, or too few to say

    def n(self, kind: str, name: str) -> int:
        return self.numbers.get(kind, {}).get(name, 0)


def tables(look: Look, dimension: str) -> list[Table]:
    """The table of a dimension; of causes and categories the Pareto before it. KeyError for a dimension that there is not."""
    title = look.tongue.pair(DIMENSIONS[dimension])
    lines = _lines(look, dimension)
    found = [_table(look, dimension, title, lines)]
    if dimension in ("cause", "category"):
        found.insert(0, pareto_of(look, dimension, title, lines))
    return found


def _lines(look: Look, dimension: str) -> list[Line]:
    kinds = ["case", "closed", *(["clock", "said"] if dimension in WITH_CLOCKS else [])]
    found: dict[str, dict[str, Numbers]] = defaultdict(dict)
    placed = dimension in ("site", "department")
    rows = grouped(look.cover, look.period, look.at, kinds, "" if placed else dimension, (dimension,) if placed else ())
    for kind, values in rows.items():
        for key, numbers in values.items():
            found[str(key[1] if placed else key[0])][kind] = numbers
    lines = [Line(value, _name(look, dimension, value), numbers, _behind(dimension, value)) for value, numbers in found.items()]
    _rates(look, dimension, lines)
    _compare(look, dimension, lines)
    return sorted(lines, key=_order(look, dimension))


def _name(look: Look, dimension: str, value: str) -> str:
    if dimension == "site":
        return look.site(int(value))
    return look.department(int(value or 0)) if dimension == "department" else look.name(dimension, value)


def _behind(dimension: str, value: str) -> dict[str, str]:
    placed = dimension in ("site", "department") and value != NOBODY
    return {dimension: value} if placed else {"by": dimension, "value": value}


def ranked(look: Look, dimension: str, line: Line) -> bool:
    """Whether there are enough cases to set somebody in an order (figures.rank_from of the pack)."""
    least = look.packs[0].figures.rank_from
    return dimension not in OF_PEOPLE or line.n("case", "complaints") >= least


def _by_name(look: Look, dimension: str) -> bool:
    """Whether these are people whom nobody sets in an order, nor against each other (B-23)."""
    return dimension in OF_PEOPLE and not look.ranks_people


def _order(look: Look, dimension: str) -> Callable[[Line], Any]:
    if dimension == "hour":
        return lambda line: line.value
    if _by_name(look, dimension):
        return lambda line: line.name
    return lambda line: (
        (0, -(line.rate[0] if line.rate else line.n("case", "valid")), line.name) if ranked(look, dimension, line) else (1, 0, line.name)
    )


def _rates(look: Look, dimension: str, lines: list[Line]) -> None:
    if dimension != "site" or look.entered is None:
        return
    for line in lines:
        against = exposure(look.cover.at(int(line.value)), look.so_far, look.entered)
        if isinstance(against, tuple):
            line.why = look.tongue.pair(against)
        else:
            scale = look.entered.measure.per / against
            low, high = counted(line.n("case", "valid"))
            line.rate = line.n("case", "valid") * scale, (low * scale, high * scale)


def _compare(look: Look, dimension: str, lines: list[Line]) -> None:
    """Higher or lower than all together, where the intervals lie apart; else nothing is said."""
    if dimension not in WITH_CLOCKS or _by_name(look, dimension):
        return
    whole = {name: sum(line.n("clock", name) for line in lines) for name in ("kept", "ended", "owing")}
    everybody = wilson(whole["kept"], whole["ended"] + whole["owing"])
    for line in lines:
        of = line.n("clock", "ended") + line.n("clock", "owing")
        own = wilson(line.n("clock", "kept"), of)
        if not ranked(look, dimension, line):
            line.word = look.tongue("件数太少，不排", "Too few, not ranked")
        elif own and everybody and apart(own, everybody):
            line.word = (
                look.tongue("及时高于整体", "more on time than all")
                if own[0] > everybody[1]
                else look.tongue("及时低于整体", "less on time than all")
            )
        elif own:
            line.word = look.tongue("和整体分不出高低", "no difference that can be told")


def _table(look: Look, dimension: str, title: str, lines: list[Line]) -> Table:
    tongue, clocks, named = look.tongue, dimension in WITH_CLOCKS, _by_name(look, dimension)
    rated = any(line.rate for line in lines)
    unit = look.packs[0].figures.measures[0] if rated else None
    columns = [Column(title, "text", full=True), Column(tongue("投诉", "Complaints")), Column(tongue("有效", "Valid"))]
    if unit:
        columns.append(Column(tongue(f"每 {unit.per:,} {unit.name}", f"Per {unit.per:,} {unit.name_en.lower()}"), "rate"))
    columns += [
        Column(tongue("已结案", "Closed of these"), "share"),
        Column(tongue("重复来的", "Repeats")),
        Column(tongue("外部", "Outside")),
    ]
    columns.append(Column(tongue("一次解决", "Solved first time"), "share"))
    if clocks:
        columns += [
            Column(tongue("按时", "On time"), "share"),
            Column(tongue("满意", "Content"), "share"),
            *([] if named else [Column(tongue("比较", "Compared"), "text")]),
        ]
    kpis = ["complaints", "valid", "done_rate", "repeats", "outside", "first_time", *(["in_time", "satisfied"] if clocks else [])]
    table = Table(f"by-{dimension}", title, columns, kpis=[*kpis, *(["valid_exposed"] if rated else [])])
    table.rows = [_row(look, line, clocks, rated) + ([text(line.word)] if clocks and not named else []) for line in lines]
    table.notes = _notes(look, dimension, rated or not lines)
    table.empty = tongue("本期没有投诉。", "No complaints in this period.")
    shown = [line for line in lines if ranked(look, dimension, line) and (line.n("case", "complaints") or line.rate)][:BARS]
    if rated:
        drawn = [Bar(line.name, line.rate[0], f"{line.rate[0]:.2f}", line.rate[1]) for line in shown if line.rate]
        table.said = tongue(f"{title}的投诉率，细线是可能的范围", f"Complaint rate by {title.lower()}; thin lines show the range")
    else:
        drawn = [Bar(line.name, line.n("case", "complaints"), f"{line.n('case', 'complaints'):,}") for line in shown]
        table.said = tongue(f"投诉按{title}", f"Complaints by {title.lower()}")
    table.chart = bars(drawn, table.said) if dimension not in ("cause", "category") and not named else ""
    return table


def _row(look: Look, line: Line, clocks: bool, rated: bool) -> list[Cell]:
    complaints, done = line.n("case", "complaints"), line.n("case", "done")
    cells = [
        text(line.name),
        number(complaints, look.behind("complaints", **line.behind)),
        number(line.n("case", "valid"), look.behind("valid", **line.behind)),
    ]
    if rated:
        valid = look.behind("valid", **line.behind) if line.n("case", "valid") else None
        cells.append(Cell(line.rate[0], interval=line.rate[1], behind=valid) if line.rate else Cell(None, line.why))
    closed, first = line.n("closed", "closed"), line.n("closed", "first_time")
    cells += [
        share(done, complaints, look.behind("done_rate", "rest", **line.behind)),
        number(line.n("case", "repeats"), look.behind("repeats", **line.behind)),
        number(line.n("case", "outside"), look.behind("outside", **line.behind)),
        share(first, closed, look.behind("first_time", **line.behind), wilson(first, closed)),
    ]
    if clocks:
        kept, due = line.n("clock", "kept"), line.n("clock", "ended") + line.n("clock", "owing")
        content, answered = line.n("said", "content"), line.n("said", "content") + line.n("said", "not_content")
        cells += [
            share(kept, due, look.behind("in_time", "rest", **line.behind), wilson(kept, due)),
            share(content, answered, look.behind("satisfied", "rest", **line.behind), wilson(content, answered)),
        ]
    return cells


def _notes(look: Look, dimension: str, rated: bool) -> list[str]:
    tongue, least = look.tongue, look.packs[0].figures.rank_from
    found = []
    if dimension == "site" and not rated:
        found.append(
            tongue(
                "没填户数、单数，只能比件数；件数多不等于做得差。",
                "Homes or orders are not entered: only counts stand here, and more cases are not worse work.",
            )
        )
    if _by_name(look, dimension):
        found.append(
            tongue(
                "按姓名列，不排先后：难的单多，数字也会低。和这些单该有的结果比，看“员工表现”。",
                "In the order of names, nobody is ranked: harder cases lower figures. See People's performance.",
            )
        )
    elif dimension in OF_PEOPLE:
        found.append(
            tongue(
                f"少于 {least} 件的人不排先后，按姓名列；难的单多，数字也会低。",
                f"Nobody with fewer than {least} cases is ranked; they stand by name. Harder cases lower figures too.",
            )
        )
    if dimension == "against":
        found.append(tongue("只是被点了名，查实没查实看每张单。", "They were named; whether it stood is in each case."))
    return found


def pareto_of(look: Look, dimension: str, title: str, lines: list[Line]) -> Table:
    """Of valid complaints the largest first; how many make four fifths."""
    tongue = look.tongue
    rows = sorted(((line.n("case", "valid"), line) for line in lines if line.n("case", "valid")), key=lambda row: (-row[0], row[1].name))
    total, seen, enough = sum(n for n, _ in rows), 0, 0
    table = Table(
        f"pareto-{dimension}",
        tongue(f"{title}：从多到少", f"{title}: the largest first"),
        [
            Column(title, "text", full=True),
            Column(tongue("有效投诉", "Valid complaints")),
            Column(tongue("占", "Share"), "share"),
            Column(tongue("累计", "Together"), "share"),
        ],
        kpis=["valid"],
        empty=tongue("本期没有有效投诉。", "No valid complaints in this period."),
    )
    for n, line in rows:
        seen += n
        enough += seen - n < 0.8 * total
        table.rows.append([text(line.name), number(n, look.behind("valid", **line.behind)), share(n, total), share(seen, total)])
    drawn = [(line.name, n) for n, line in rows[:12]]
    if len(rows) > 12:
        drawn.append((tongue("其余", "the rest"), sum(n for n, _ in rows[12:])))
    table.said = tongue(f"前 {enough} 类占了八成，一共 {len(rows)} 类", f"The first {enough} of {len(rows)} make four fifths")
    table.chart = pareto(drawn, table.said)
    return table
