"""报表：report month 2026-10 · quarter 2026-Q4 · year 2026 · visits 2026-10 [--site S] [--format F] [--out FILE] · reports

`month`, `quarter`, `year` give the approved report as it was frozen; where none was approved (or with --recount) it is counted now.
`visits` is the summary of follow-ups: owed, done, not reached, by question and department, and what became of those not content.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from kesu.config import installation

FORMATS = ("text", "json", "pdf", "docx", "xlsx", "html")
WRITTEN = {"month": "2026-10", "quarter": "2026-Q4", "year": "2026", "visits": "2026-10"}


def main(argv: list[str]) -> int:
    """Prints or writes the report; 1 when there is no such site or no font, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="kesu report", epilog="kesu report month 2026-10 --site RY --format pdf --out october.pdf")
    parser.add_argument("what", choices=list(WRITTEN))
    parser.add_argument("period", help="2026-10, 2026-Q4, 2026")
    parser.add_argument("--site", help="code of one site; left out: the whole company")
    parser.add_argument("--format", choices=FORMATS, default="text", dest="form")
    parser.add_argument("--json", action="store_const", const="json", dest="form", help="the same as --format json")
    parser.add_argument("--out", help="the file to write; left out: printed")
    parser.add_argument("--recount", action="store_true", help="count now, also where an approved report is kept")
    parser.add_argument("--language", choices=["zh", "en"], default="zh")
    options = parser.parse_args(argv)
    installation.uses_django()
    from kesu.insights.periods import Period
    from kesu.reporting.contents.composing import span_of

    period = Period.read(options.period)
    wanted = "month" if options.what == "visits" else options.what
    if period is None or span_of(period) != wanted:
        example = WRITTEN[options.what]
        print(f"期间写成 {example}，不是 {options.period} / write the period as {example}, not {options.period}", file=sys.stderr)
        return 2
    return _report(period, options)


def _report(period: Any, options: argparse.Namespace) -> int:
    from kesu.company.models import Company, Site
    from kesu.papers.fonts import NoFont

    site = Site.objects.select_related("company").filter(code=options.site).first() if options.site else None
    if options.site and site is None:
        print(f"没有代号为 {options.site} 的项目 / there is no site with the code {options.site}", file=sys.stderr)
        return 1
    companies = [site.company] if site else list(Company.objects.order_by("id"))
    if options.form not in ("text", "json", "html") and not options.out:
        print("写明文件：--out FILE / name a file: --out FILE", file=sys.stderr)
        return 2
    if options.out and len(companies) > 1:
        print("有几家公司，用 --site 写明 / there are several companies; name a --site", file=sys.stderr)
        return 2
    for company in companies:
        try:
            data = _made(company, site, period, options)
        except NoFont as none:
            print(none, file=sys.stderr)
            return 1
        if options.out:
            Path(options.out).write_bytes(data)
        else:
            print(data.decode().rstrip("\n"))
    return 0


def _made(company: Any, site: Any, period: Any, options: argparse.Namespace) -> bytes:
    from django.utils import translation

    with translation.override("zh-hans" if options.language == "zh" else "en"):
        return _visits(company, site, period, options) if options.what == "visits" else _regular(company, site, period, options)


def _regular(company: Any, site: Any, period: Any, options: argparse.Namespace) -> bytes:
    from kesu.config.now import now
    from kesu.reporting.actions.counting import count
    from kesu.reporting.contents.composing import compose
    from kesu.reporting.formats import made
    from kesu.reporting.queries.kept import kept_of

    language = "zh-hans" if options.language == "zh" else "en"
    kept = None if options.recount else kept_of(company, site, period, language)
    if kept is not None and options.form == "pdf":
        return kept.file()
    content = kept.content if kept else None
    if content is None:
        count(company, now())
        content = compose(company, site, period, now(), languages=(language,)).content[language]
    if options.form == "text":
        return _told(content).encode()
    return made(content, options.form, kept.standing if kept else None, {"approved": kept is not None})


def _told(content: dict[str, Any]) -> str:
    """What can be read on a screen without tables: every part with its rows."""
    lines = [f"{content['company']}　{content['site']}　{content['title']}　{' – '.join(content['days'])}"]
    for part in content["parts"]:
        lines += ["", f"# {part['title']}", *part["words"]]
        for table in part["tables"]:
            lines.append(f"## {table['title']}" if table["rows"] else f"## {table['title']}　{table['empty']}")
            if table["rows"]:
                lines.append("\t".join(column["name"] for column in table["columns"]))
            for row in table["rows"]:
                lines.append("\t".join(cell["words"] + (f" ({cell['interval']})" if cell.get("interval") else "") for cell in row))
    return "\n".join(lines)


def _visits(company: Any, site: Any, period: Any, options: argparse.Namespace) -> bytes:
    from kesu.insights.visits import summary

    seen = _seen(summary(company, period.first, period.last, site.pk if site else None)) | {"company": company.name}
    if options.form == "json":
        return json.dumps(seen, ensure_ascii=False).encode()
    if options.form == "text":
        return _visits_told(seen).encode()
    from kesu.config.now import now
    from kesu.reporting.contents.visits import visits
    from kesu.reporting.formats import made

    return made(visits(company, site, period, now(), "zh-hans" if options.language == "zh" else "en"), options.form)


def _seen(found: Any) -> dict[str, Any]:
    from kesu.insights.visits import DEFINITIONS

    return {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "owed": found.owed,
        "done": found.done,
        "outcomes": {kind: found.outcomes[kind] for kind in ("content", "not_content", "not_reached", "open")},
        "questions": [
            {"id": row.id, "question": row.label[0], "answers": row.counts[: len(found.scale[0])], "unrated": row.unrated}
            for row in found.questions
        ],
        "scale": found.scale[0],
        "departments": {name: dict(counts) for name, counts in sorted(found.departments.items())},
        "not_content": [
            {"number": row.number, "department": row.department, "words": row.words, "at": row.at.isoformat(), "became": row.became[0]}
            for row in found.unhappy
        ],
        "definitions": {key: words[0] for key, words in DEFINITIONS.items()},
    }


def _visits_told(seen: dict[str, Any]) -> str:
    kinds, means = seen["outcomes"], seen["definitions"]
    lines = [
        f"{seen['company']}　回访总结 {seen['from']} – {seen['to']}",
        f"应回访 {seen['owed']}　{means['owed']}",
        f"完成 {seen['done']}（满意 {kinds['content']}，不满意 {kinds['not_content']}）　{means['done']}",
        f"没联系上 {kinds['not_reached']}　{means['not_reached']}",
        f"还没打 {kinds['open']}　{means['open']}",
    ]
    for row in seen["questions"]:
        said = "，".join(f"{name} {n}" for name, n in zip(seen["scale"], row["answers"], strict=True))
        lines.append(f"{row['question']}　{said}，没评 {row['unrated']}")
    lines += [f"{row['number']}　{row['department']}　{row['words']}　{row['became']}" for row in seen["not_content"]]
    return "\n".join(lines)
