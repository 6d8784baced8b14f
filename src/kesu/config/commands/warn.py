"""早期预警：warn scan --as-of 2026-10-31 [--site S] [--json] · what was unusual among complaints on a day, and what is ordinary

Looks at the history as it was received up to that day and writes nothing. --json gives one JSON object for each company.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any

from kesu.config import installation


def main(argv: list[str]) -> int:
    """Prints what one scan finds; 1 for a day that is still to come or a site that is not there, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="kesu warn", epilog="kesu warn scan --as-of 2026-10-31 --site RY --json")
    parser.add_argument("what", choices=["scan"])
    parser.add_argument("--as-of", required=True, metavar="DATE", help="the last day that counts: 2026-10-31")
    parser.add_argument("--site", help="code of one site")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--language", choices=["zh", "en"], default="zh", help="of the sentences")
    options = parser.parse_args(argv)
    try:
        day = date.fromisoformat(options.as_of)
    except ValueError:
        print(f"日期写成 2026-10-31，不是 {options.as_of} / write the day as 2026-10-31, not {options.as_of}", file=sys.stderr)
        return 2
    installation.uses_django()
    return _scan(day, options)


def _scan(day: date, options: argparse.Namespace) -> int:
    from zoneinfo import ZoneInfo

    from kesu.company.models import Company, Site
    from kesu.config.now import now

    at = now()
    sites = list(Site.objects.filter(code=options.site, active=True).select_related("company")) if options.site else []
    if options.site and not sites:
        print(f"没有代号为 {options.site} 的项目 / there is no site with the code {options.site}", file=sys.stderr)
        return 1
    companies = [site.company for site in sites] if sites else list(Company.objects.order_by("id"))
    for company in companies:
        if day > at.astimezone(ZoneInfo(company.zone)).date():
            print(f"{day} 还没到，只看已经收到的 / {day} is still to come; only what was received can be looked at", file=sys.stderr)
            return 1
    for company in companies:
        seen = _seen(company, day, at, [site.pk for site in sites if site.company_id == company.pk] or None, options.language)
        print(json.dumps(seen, ensure_ascii=False) if options.json else _told(seen))
    return 0


def _seen(company: Any, day: date, at: Any, sites: list[int] | None, language: str) -> dict[str, Any]:
    from kesu.company.standing import standing
    from kesu.complaints.models import Case
    from kesu.warnings.daily import look
    from kesu.warnings.shown import shown

    known = standing(company)
    head = {"company": company.name, "as_of": day.isoformat(), "language": language}
    if not known.versions or (found := look(company, day, at, sites)) is None:
        return head | {"watched": False, "warnings": [], "ordinary": [], "untold": []}
    told, history = found
    wanted = {case for signal in told.signals for case in signal.cases}
    numbers = dict(Case.objects.filter(pk__in=wanted).values_list("pk", "number"))
    return head | {"watched": True} | shown(told, history, known, numbers, language)


def _told(seen: dict[str, Any]) -> str:
    lines = [f"{seen['company']}　{seen['as_of']}"]
    if not seen["watched"]:
        return "\n".join([*lines, "规程没有写预警 / the procedure watches nothing"])
    for row in seen["warnings"]:
        lines += [f"● {row['words']}", f"  {'、'.join(row['cases'][:12])}"] if row["cases"] else [f"● {row['words']}"]
    lines += [f"○ {row['name']}　{row['words']}" for row in [*seen["ordinary"], *seen["untold"]]]
    looked = seen["looked"]
    lines.append(
        f"看了 {looked['things']} 样，一年约 {looked['false_a_year']:g} 次虚惊"
        f" / {looked['things']} things looked at, about {looked['false_a_year']:g} false alarms a year"
    )
    return "\n".join(lines)
