"""What customers say afterwards: content or not, question by question, and who left questions out."""

from __future__ import annotations

from kesu.insights.drawing import Series, columns
from kesu.insights.intervals import wilson
from kesu.insights.periods import Period, moved, today
from kesu.insights.queries.sums import grouped, sums
from kesu.insights.tables.look import MARKS, Look
from kesu.insights.tables.shares import shares
from kesu.insights.tables.table import Column, Table, number, share, text

FIGURES = ("satisfied", "visited", "unrated", "repeated", "first_time")
MONTHS = 13


def tables(look: Look) -> list[Table]:
    """Follow-ups, the questions, thirteen months, by category."""
    found = [shares(look, "asked", look.tongue("满意不满意", "Content or not"), FIGURES)]
    if look.period.whole_months:
        found += [_questions(look), _by(look, "category"), *([_by(look, "handler")] if look.people else [])]
    return [*found[:2], _months(look), *found[2:]]


def _questions(look: Look) -> Table:
    tongue = look.tongue
    table = Table(
        "questions",
        tongue("三个方面", "In three dimensions"),
        [
            Column(tongue("问的", "Asked"), "text", full=True),
            Column(tongue("好", "Good"), "share"),
            Column(tongue("一般", "Middling"), "share"),
            Column(tongue("不好", "Bad"), "share"),
            Column(tongue("没评", "Unrated"), "share"),
            Column(tongue("答了回访", "Answered")),
        ],
        empty=tongue("本期没有人答回访。", "Nobody answered a follow-up in this period."),
    )
    found = sums(look.cover, look.period, look.at, "asked", "question")
    for question in [*_asked(look), *sorted(set(found) - set(_asked(look)))]:
        if row := found.get(question):
            of = sum(row.values())
            marks = ((name, look.behind("answers", by="answer", value=f"{question}:{name}")) for name in MARKS)
            said = [share(row[name], of, behind if row[name] else None) for name, behind in marks]
            all_ = number(of, look.behind("answers", by="answer", value=f"{question}:"))
            table.rows.append([text(_asked(look).get(question, question)), *said, all_])
    table.notes = [tongue("没评的单独一份，不进好，也不进不好。", "Unrated is a share of its own, neither good nor bad.")]
    return table


def _asked(look: Look) -> dict[str, str]:
    found: dict[str, str] = {}
    for pack in look.packs:
        for row in pack.follow_up.survey.questions:
            found.setdefault(row.id, row.label(look.language))
    return found


def _months(look: Look) -> Table:
    tongue, last = look.tongue, min(look.period.last, today(look.cover.company.zone, look.at)).replace(day=1)
    span = Period.months(moved(last, 1 - MONTHS), MONTHS)
    by_month = {key[1]: row for key, row in grouped(look.cover, span, look.at, ["said"], by=("period",))["said"].items()}
    table = Table(
        "asked-months",
        tongue("13 个月的满意率", "Thirteen months"),
        [Column(tongue("月份", "Month"), "text"), Column(tongue("满意率", "Content"), "share"), Column(tongue("答了的", "Answered"))],
        kpis=["satisfied"],
    )
    values: list[float | None] = []
    for start in span.starts():
        row = by_month.get(start, {"content": 0, "not_content": 0})
        of = row["content"] + row["not_content"]
        values.append(100 * row["content"] / of if of else None)
        rest, all_ = (look.behind("satisfied", side) | {"period": f"{start:%Y-%m}"} for side in ("rest", "below"))
        table.rows.append([text(f"{start:%Y-%m}"), share(row["content"], of, rest, wilson(row["content"], of)), number(of, all_)])
    table.folded = True
    table.said = tongue("每月满意率，百分数", "Content per month, in percent")
    labels = [tongue(f"{start.month} 月", f"{start:%b}") for start in span.starts()]
    table.chart = columns(labels, [Series("", values, line=True)], table.said)
    return table


def _by(look: Look, dimension: str) -> Table:
    tongue = look.tongue
    title = tongue("按类别", "By category") if dimension == "category" else tongue("按经办人", "By handler")
    table = Table(
        f"asked-{dimension}",
        title,
        [Column(title, "text", full=True), Column(tongue("满意率", "Content"), "share"), Column(tongue("答了的", "Answered"))],
        kpis=["satisfied"],
    )
    least = look.packs[0].figures.rank_from if dimension == "handler" else 0
    by_name = dimension == "handler" and not look.ranks_people
    rows = [
        (value, row["content"], row["content"] + row["not_content"])
        for value, row in sums(look.cover, look.period, look.at, "said", dimension).items()
    ]
    named = sorted(
        ((look.name(dimension, value), value, n, of) for value, n, of in rows if of),
        key=lambda row: row[0] if by_name else (row[3] < least, row[2] / row[3] if row[3] >= least else 0, row[0]),
    )
    for name, value, n, of in named:
        behind = look.behind("satisfied", "rest", by=dimension, value=value)
        answered = look.behind("satisfied", "below", by=dimension, value=value)
        table.rows.append([text(name), share(n, of, behind, wilson(n, of)), number(of, answered)])
    if by_name:
        table.notes = [tongue("按姓名列，不排先后。", "In the order of names; nobody is ranked.")]
    elif least:
        table.notes = [tongue(f"少于 {least} 件的人不排先后，按姓名列。", f"Nobody with fewer than {least} is ranked; they stand by name.")]
    return table
