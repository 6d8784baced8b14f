"""报表：report visits 2026-10 [--site S] [--json] · reports over a month

`report visits` is the summary of follow-ups: owed, done, not reached, by question and department, and what became of those not content.
"""

from __future__ import annotations

import argparse
import json
import sys
from calendar import monthrange
from datetime import date
from typing import Any

from kesu.config import installation


def main(argv: list[str]) -> int:
    """Prints the report; 1 when there is no such site, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="kesu report", epilog="kesu report visits 2026-10 --site RY --json")
    parser.add_argument("what", choices=["visits"])
    parser.add_argument("month", help="2026-10")
    parser.add_argument("--site", help="code of one site")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args(argv)
    try:
        first = date.fromisoformat(f"{options.month}-01")
    except ValueError:
        print(f"月份写成 2026-10，不是 {options.month} / write the month as 2026-10, not {options.month}", file=sys.stderr)
        return 2
    installation.uses_django()
    from kesu.company.models import Company, Site
    from kesu.insights.visits import summary

    last = first.replace(day=monthrange(first.year, first.month)[1])
    site = Site.objects.filter(code=options.site).first() if options.site else None
    if options.site and site is None:
        print(f"没有代号为 {options.site} 的项目 / there is no site with the code {options.site}", file=sys.stderr)
        return 1
    companies = [site.company] if site else Company.objects.order_by("id")
    for company in companies:
        seen = _seen(summary(company, first, last, site.pk if site else None)) | {"company": company.name}
        print(json.dumps(seen, ensure_ascii=False) if options.json else _told(seen))
    return 0


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


def _told(seen: dict[str, Any]) -> str:
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
