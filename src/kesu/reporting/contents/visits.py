"""The summary of follow-ups (回访总结报告, S-15) in the shape of a report, so that it goes out in the same formats."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from kesu.company.models import Company, Site
from kesu.insights.periods import Period
from kesu.insights.tables.table import Cell, Table, Tongue, number, text
from kesu.insights.tables.words import shown
from kesu.insights.visits import DEFINITIONS, Summary, summary
from kesu.reporting.contents.content import LAYOUT, Plain, table_of

KINDS: dict[str, tuple[str, str]] = {
    "content": ("满意", "Content"),
    "not_content": ("不满意", "Not content"),
    "not_reached": ("没联系上", "Not reached"),
    "open": ("还没打", "Not tried"),
}


def visits(company: Company, site: Site | None, period: Period, at: datetime, language: str) -> Plain:
    """The period's follow-ups as plain values."""
    tongue = Tongue(language)
    found = summary(company, period.first, period.last, site.pk if site else None)
    tables = [_sums(found, tongue), _questions(found, tongue), _departments(found, tongue), _unhappy(found, tongue)]
    return {
        "layout": LAYOUT,
        "language": language,
        "title": tongue("回访总结报告", "Summary of follow-ups"),
        "company": company.name,
        "site": site.name if site else tongue("全公司", "The whole company"),
        "period": str(period),
        "days": [period.first.isoformat(), period.last.isoformat()],
        "counted_at": at.astimezone(ZoneInfo(company.zone)).isoformat(),
        "zone": company.zone,
        "layouts": [],
        "parts": [
            {
                "id": "visits",
                "layout": "visits",
                "title": tongue("回访", "Follow-ups"),
                "tables": [_plain(table, tongue, company.zone) for table in tables],
                "words": [],
                "asks": "",
            }
        ],
        "definitions": [
            {"name": _name(key, tongue), "told": [[tongue("说明", "Notes"), tongue.pair(words)]]} for key, words in DEFINITIONS.items()
        ],
    }


def _name(key: str, tongue: Tongue) -> str:
    own = {"owed": ("应回访", "Owed"), "done": ("完成", "Done"), "questions": ("问题", "Questions")}
    return tongue.pair(own.get(key) or KINDS[key])


def _plain(table: Table, tongue: Tongue, zone: str) -> Plain:
    def cell(one: Cell, kind: str) -> Plain:
        value = one.value.isoformat() if isinstance(one.value, date) else one.value
        return {"value": value, "kind": one.kind or kind, "words": shown(one, kind, tongue, zone)}  # type: ignore[arg-type]

    return {
        "id": table.id,
        "title": table.title,
        "columns": [{"name": row.name, "kind": row.kind} for row in table.columns],
        "rows": [[cell(one, column.kind) for one, column in zip(row, table.columns, strict=True)] for row in table.rows],
        "notes": table.notes,
        "chart": "",
        "said": "",
        "empty": table.empty,
    }


def _sums(found: Summary, tongue: Tongue) -> Table:
    table = table_of(
        "sums", tongue("完成情况", "What was done"), [(tongue("指标", "Figure"), "text"), (tongue("本期", "This period"), "count")]
    )
    rows = [
        (_name("owed", tongue), found.owed),
        (_name("done", tongue), found.done),
        *((tongue.pair(KINDS[kind]), found.outcomes[kind]) for kind in KINDS),
    ]
    table.rows = [[text(name), number(n)] for name, n in rows]
    return table


def _questions(found: Summary, tongue: Tongue) -> Table:
    scale = found.scale[0 if tongue.zh else 1]
    columns = [(tongue("问题", "Question"), "text"), *((name, "count") for name in scale), (tongue("没评", "Unrated"), "count")]
    table = table_of("questions", tongue("问题", "Questions"), columns, tongue("没有人答回访。", "Nobody answered."))
    for row in found.questions:
        table.rows.append([text(tongue.pair(row.label)), *(number(n) for n in row.counts[: len(scale)]), number(row.unrated)])
    return table


def _departments(found: Summary, tongue: Tongue) -> Table:
    columns = [(tongue("部门", "Department"), "text"), *((tongue.pair(words), "count") for words in KINDS.values())]
    table = table_of("departments", tongue("主办部门", "By department"), columns, tongue("没有到期的回访。", "No follow-up fell due."))
    for name, counts in sorted(found.departments.items()):
        table.rows.append([text(name or tongue("还没派", "Not sent out")), *(number(counts[kind]) for kind in KINDS)])
    return table


def _unhappy(found: Summary, tongue: Tongue) -> Table:
    columns = [
        (tongue("单号", "Case"), "text"),
        (tongue("部门", "Department"), "text"),
        (tongue("客户的话", "Words"), "text"),
        (tongue("后来", "Afterwards"), "text"),
    ]
    table = table_of("unhappy", tongue("不满意的", "Not content"), columns, tongue("没有客户答不满意。", "No customer was discontent."))
    table.rows = [[text(row.number), text(row.department), text(row.words), text(tongue.pair(row.became))] for row in found.unhappy]
    return table
