"""The tables of performance: what people and departments had in hand, and what went wrong beside what was to be expected."""

from __future__ import annotations

from dataclasses import dataclass, field

from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Column, Table, number, text
from kesu.performance.comparing import Compared, Row, Sheet, sheet
from kesu.performance.fair import ALONE, AS_EXPECTED, BETTER, FEW, UNTOLD, WORSE
from kesu.performance.measures import MEASURES, Measure
from kesu.performance.queries.items import DEPARTMENT, PERSON, how_many
from kesu.performance.queries.recognitions import in_period
from kesu.procedure.performing import STRATA, Performance

WORDS: dict[str, tuple[str, str]] = {
    FEW: ("例数太少，不作比较", "too few cases, not compared"),
    ALONE: ("没有足够的同事可比", "not enough colleagues to compare with"),
    BETTER: ("好于预期", "better than expected"),
    WORSE: ("比预期差", "worse than expected"),
    AS_EXPECTED: ("与预期相当", "as expected"),
    UNTOLD: ("看不出差别", "no difference can be told"),
}
UNBLAMED: dict[str, tuple[str, str]] = {BETTER: ("比预期少", "fewer than expected"), WORSE: ("比预期多", "more than expected")}
MOST = 50_000  # cases of the whole company that a page compares one by one
SHORT = 12  # so many rows stand open; of more the words come first
SILENT = 3  # … and where nothing can be told of any of them: on a phone each is a block of its own
TITLES = {PERSON: ("员工", "Person"), DEPARTMENT: ("部门", "Department")}


@dataclass
class FairTable(Table):
    """A table that is explained by the measures in it."""

    measures: list[Measure] = field(default_factory=list)

    def definitions(self, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """(name, its definition line by line) of every measure in it."""
        return [(row.name[0 if language.startswith("zh") else 1], row.told(language)) for row in self.measures]


def people(look: Look) -> list[Table]:
    """The people whom the reader sees."""
    return [*tables(look, PERSON), *thanked(look)]


def thanked(look: Look, words: bool = True) -> list[Table]:
    """Whom colleagues and customers recognised; no table where nobody was. Without `words` for what is frozen: these must be able to go."""
    rows = in_period(look.reader, look.cover, look.period) if look.packs[0].performance else []
    if not rows:
        return []
    tongue = look.tongue
    columns = [
        Column(tongue("员工", "Person"), "text", full=True),
        *([Column(tongue("做得好在哪里", "What was done well"), "text", full=True)] if words else []),
        Column(tongue("谁表扬", "Recognised by"), "text"),
        Column(tongue("时间", "When"), "moment"),
        Column(tongue("单", "Case"), "text"),
    ]
    table = Table("person-thanked", tongue("表扬", "Recognition"), columns)
    for row in rows:
        by = tongue(f"客户表扬，{row.by.name}转告", f"a customer, told by {row.by.name}") if row.praised else row.by.name
        behind = {"case": row.case.number}
        said = [text(row.words)] if words else []
        table.rows.append([text(row.person.name), *said, text(by), Cell(row.at), text(row.case.number, behind)])
    table.notes = [tongue("表扬了几次不排名次，也不折算奖金。", "How often somebody was recognised is no ranking and no measure of pay.")]
    return [table]


def departments(look: Look) -> list[Table]:
    """The departments whose cases the reader sees."""
    return tables(look, DEPARTMENT)


def tables(look: Look, of: str) -> list[Table]:
    """What they had in hand, then one table for each measure. Nothing where the pack has no [performance]."""
    rules = look.packs[0].performance
    if rules is None:
        return [Table("none", look.tongue.pair(TITLES[of]), [], empty=_unwritten(look))]
    if how_many(look.cover.company, look.period) > MOST:
        return [Table("many", look.tongue.pair(TITLES[of]), [], empty=_too_many(look))]
    found = sheet(rules, look.cover, look.reader, look.period, look.at)
    rows = sorted(found.rows(of), key=lambda row: (name_of(look, of, row.unit), row.unit))
    named = {row.unit: name_of(look, of, row.unit) for row in rows}
    if not rows:
        return [_work(look, of, found, rows, named)]
    return [
        _work(look, of, found, rows, named),
        *(table for measure in MEASURES.values() if (table := _measure(look, of, rules, rows, named, measure)).rows),
    ]


def _too_many(look: Look) -> str:
    return look.tongue(
        f"这段时间超过 {MOST:,} 件，逐件比太久，换短一点的时段。",
        f"More than {MOST:,} cases: to compare them one by one takes too long. Choose fewer days.",
    )


def _unwritten(look: Look) -> str:
    return look.tongue(
        "规程没写 [performance]，不比较人和部门。", "The procedure has no [performance]: people and departments are not compared."
    )


def name_of(look: Look, of: str, unit: int) -> str:
    """What a person or department is called."""
    return look.person(unit) if of == PERSON else look.department(unit)


def behind(look: Look, of: str, measure: str, unit: int, side: str) -> dict[str, str]:
    """What leads to the cases behind a count."""
    found = look.behind(measure, side)
    return {"fair" if name == "kpi" else name: value for name, value in found.items()} | {"of": of, "unit": str(unit)}


def _work(look: Look, of: str, found: Sheet, rows: list[Row], named: dict[int, str]) -> Table:
    tongue = look.tongue
    columns = [
        Column(tongue.pair(TITLES[of]), "text", full=True),
        Column(tongue("接手", "Signed for")),
        Column(tongue("其中帮忙", "Of these helping")),
        Column(tongue("平均同时在办", "In hand at once"), "tenth"),
        Column(tongue("签收到交回", "Signing to returning"), "minutes"),
        Column(tongue("其中等别人", "Of this waiting"), "share"),
    ]
    table = Table(f"{of}-work", tongue("手里的事", "Work in hand"), columns, empty=_nobody(look))
    for row in rows:
        work, of_returned = row.work, row.measures.get("pace")
        n = of_returned.result.n if of_returned else 0
        table.rows.append(
            [
                text(named[row.unit]),
                number(len(work.taken), behind(look, of, "taken", row.unit, "below")),
                number(len(work.helped), behind(look, of, "helped", row.unit, "below")),
                Cell(round(work.minutes / (found.read.days * 1440), 1)),
                Cell(work.handling / n if n else None),
                Cell(work.waiting / work.handling if work.handling else None),
            ]
        )
    table.notes, table.folded = method(look, of, found.rules), len(table.rows) > SHORT
    return table


def _nobody(look: Look) -> str:
    return look.tongue("本期没有您看得到的单。", "No cases that you see in this period.")


def method(look: Look, of: str, rules: Performance) -> list[str]:
    """How it is compared, in plain words."""
    tongue, n, others = look.tongue, rules.stratum_from, rules.others if of == PERSON else 1
    zh, en = "、".join(STRATA[name][0] for name in rules.strata), ", ".join(STRATA[name][1] for name in rules.strata)
    who = tongue("人", "people") if of == PERSON else tongue("部门", "departments")
    return [
        tongue(
            f"怎么比：每件单先分到和它最像的一层（{zh}；一层要有 {n} 件以上、{others + 1} 个以上{who}办过，不够的并到粗一层）。"
            "这一层在全公司有几成没做到，就是这件单的预期；所有单的预期加起来，和实际没做到的件数比。难的单预期本来就高，不吃亏。",
            f"How: each case is put with those most like it ({en}; {n} cases or more by more than {others} {who}, else one step coarser). "
            "The share of these that went wrong in the whole company is what is expected of the case; the sum over all cases is set beside "
            "what did go wrong. Hard cases have a high expectation, so they cost nobody anything.",
        ),
        tongue(
            "比值小于 1：没做到的比预期少。后面是可能的范围（件数的拜尔近似，按一件至多错一次收窄，再按一页看了多少个放宽："
            f"人人平常的话，{rules.sure:.0%} 的页上没有人被误说）。范围整个在 1 的一边才说好或差；少于 {rules.at_least} 件不作比较。",
            "A ratio below 1: fewer went wrong than expected. Beside it how far it may be off by chance (Byar's limits of a count, "
            "narrowed because a case goes wrong at most once, widened for the number of rows looked at: with ordinary people nobody "
            f"is called wrongly on {rules.sure:.0%} of pages). Better or worse is said only where all of it lies on one side of 1; below "
            f"{rules.at_least} cases nothing is compared.",
        ),
        tongue(
            "等客户、等审批、等别的部门不算在谁头上；帮别的部门办的也算自己的。",
            "Waiting for customers, approvals and other departments is held against nobody; helping counts.",
        )
        + _order(look, of, rules)
        + tongue(
            "奖金不要直接按这里的件数算：件数多少看派给谁。",
            " Do not pay by these counts: how many there are depends on who is given them.",
        ),
    ]


def _order(look: Look, of: str, rules: Performance) -> str:
    if not may_order(of, rules):
        return look.tongue("按姓名排，不排名次。", " In the order of names; nobody is ranked.")
    return look.tongue(
        f"按名称排；{rules.at_least} 件以上的可以按结果排。", f" In the order of names; from {rules.at_least} cases on also by result."
    )


def mine(look: Look) -> Table | None:
    """The reader's own measures, one line each; None where the pack has no [performance]."""
    rules, reader = look.packs[0].performance, look.reader
    if rules is None or reader is None or how_many(look.cover.company, look.period) > MOST:
        return None
    found, me = sheet(rules, look.cover, reader, look.period, look.at), reader.person.pk
    tongue = look.tongue
    columns = [
        Column(tongue("看什么", "Measure"), "text", full=True),
        Column(tongue("例数", "Cases")),
        Column(tongue("没做到的", "Went wrong")),
        Column(tongue("预期", "Expected"), "tenth"),
        Column(tongue("比值", "Ratio"), "rate"),
        Column(tongue("说明什么", "In words"), "text"),
    ]
    table = FairTable(
        "mine", tongue("我办的单", "My cases"), columns, measures=list(MEASURES.values()), empty=tongue("本期没有单。", "No cases.")
    )
    for measure in MEASURES.values():
        row = found.measure(PERSON, measure.id).get(me)
        if row is not None:
            table.rows.append(_line(look, PERSON, measure, row, me, tongue.pair(measure.name)))
    table.notes = method(look, PERSON, rules)
    return table


def _measure(look: Look, of: str, rules: Performance, rows: list[Row], named: dict[int, str], measure: Measure) -> Table:
    tongue = look.tongue
    columns = [
        Column(tongue.pair(TITLES[of]), "text", full=True),
        Column(tongue("例数", "Cases")),
        Column(tongue.pair(measure.wrong)),
        Column(tongue("预期", "Expected"), "tenth"),
        Column(tongue("比值", "Ratio"), "rate"),
        Column(tongue("说明什么", "In words"), "text"),
    ]
    table = FairTable(f"{of}-{measure.id}", tongue.pair(measure.name), columns, measures=[measure])
    table.empty = _nobody(look)
    shown = [row for row in rows if measure.id in row.measures]
    ordered, told = look.by_result and may_order(of, rules), any(row.measures[measure.id].told for row in shown)
    if ordered:
        shown.sort(key=lambda row: (not row.measures[measure.id].told, -_ratio(row.measures[measure.id])))
    table.rows = [_line(look, of, measure, row.measures[measure.id], row.unit, named[row.unit]) for row in shown]
    table.folded, table.notes = (
        len(shown) > (SHORT if told else SILENT) and not (ordered and told),  # who asks for an order wants to see it
        _told_apart(look, measure, [(named[row.unit], row.measures[measure.id]) for row in shown]),
    )
    return table


def _told_apart(look: Look, measure: Measure, rows: list[tuple[str, Compared]]) -> list[str]:
    """Of whom a difference can be told at all, by name; how many others there are."""
    if not rows:
        return []
    tongue = look.tongue
    apart = [(name, word_of(look, measure, row)) for name, row in rows if row.word in (BETTER, WORSE)]
    said = tongue("；", "; ").join(f"{name} {word}" for name, word in apart)
    words = [AS_EXPECTED, UNTOLD, FEW, ALONE]
    left = [(tongue.pair(WORDS[word]), n) for word in words if (n := sum(row.word == word for _, row in rows))]
    rest = tongue("；", "; ").join(tongue(f"{n} 个{word}", f"{n}: {word}") for word, n in left)
    stop = tongue("。", ". ")
    return [stop.join(filter(None, [said, rest])).strip() + stop.strip()]


def may_order(of: str, rules: Performance) -> bool:
    """Whether the procedure lets them be put in the order of a result."""
    return of == DEPARTMENT or rules.rank_people


def _ratio(row: Compared) -> float:
    return (row.result.ratio or 0.0) if row.told else 0.0


def _line(look: Look, of: str, measure: Measure, row: Compared, unit: int, name: str) -> list[Cell]:
    result = row.result
    return [
        text(name),
        number(result.n, behind(look, of, measure.id, unit, "below")),
        number(result.observed, behind(look, of, measure.id, unit, "above")),
        Cell(round(result.expected, 1) if row.told else None),
        Cell(result.ratio if row.told else None, interval=row.interval if row.told else None),
        text(word_of(look, measure, row)),
    ]


def word_of(look: Look, measure: Measure, row: Compared) -> str:
    """The verdict in words."""
    words = WORDS[row.word] if measure.blames else UNBLAMED.get(row.word, WORDS[row.word])
    return look.tongue.pair(words)
