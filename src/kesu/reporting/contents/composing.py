"""A report put together: its parts in both languages, its headline figures, what it corrects. Reads, writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from kesu.company.models import Company, Site
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints.models import JournalEntry
from kesu.insights.coverage import Coverage
from kesu.insights.periods import Period
from kesu.insights.tables.look import Look
from kesu.procedure.pack import Pack
from kesu.procedure.reporting import LAYOUTS, SPANS
from kesu.procedure.reporting import Report as Rule
from kesu.reporting.contents import association, own, review
from kesu.reporting.contents.content import LAYOUT, Part, Plain, definitions, plain_part
from kesu.reporting.contents.corrections import Figures, corrections, differences, earlier, headline

LANGUAGES = ("zh-hans", "en")
BUILT: dict[str, Callable[[Look], list[Part]]] = {"own": own.parts, "association": association.parts, "review": review.parts}
USUAL: dict[str, tuple[str, ...]] = {"month": ("own",), "quarter": ("own", "association"), "year": ("own", "association", "review")}
FREE = "free"  # the row that stands for a report no procedure asks for: it is composed and never stored


@dataclass(frozen=True)
class Composed:
    """A report before it is stored."""

    content: dict[str, Plain]
    figures: Figures
    corrections: list[dict[str, Any]]
    entries: int = 0  # the number of the last entry of any journal when the counting began

    def digest(self, comments: dict[str, str]) -> str:
        """SHA-256 over everything that is approved."""
        return digest_of(self.content, self.figures, self.corrections, comments)


def digest_of(content: Any, figures: Any, corrections: Any, comments: Any) -> str:
    """SHA-256 over everything that is approved, in one fixed spelling."""
    said = {"content": content, "figures": figures, "corrections": corrections, "comments": comments}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def span_of(period: Period) -> str:
    """month, quarter or year; "" for anything else."""
    lengths = {1: "month", 3: "quarter", 12: "year"}
    found = lengths.get(len(period.starts()), "") if period.whole_months else ""
    return found if found != "quarter" or period.first.month % 3 == 1 else ""


def rule_for(pack: Pack, span: str, site: Site | None) -> Rule | None:
    """The pack's report of this span for the company or for its sites; the first one."""
    per = "site" if site else "company"
    return next((row for row in pack.reports if row.every == span and row.per == per), None)


def compose(
    company: Company,
    site: Site | None,
    period: Period,
    at: datetime,
    kind: str = FREE,
    layouts: Sequence[str] = (),
    languages: Sequence[str] = LANGUAGES,
) -> Composed:
    """Everything of the report, counted as of `at`."""
    cover = Coverage.of_place(company, site.pk if site else None)
    pack = pack_of(standing(company).version_at(at))
    rule = pack.find("reports", kind) or rule_for(pack, span_of(period), site)
    wanted = tuple(layouts) or (tuple(rule.layouts) if rule else USUAL[span_of(period)])
    first = Look(cover, period, at, languages[0])
    known = earlier(first, rule.id if rule and not layouts else kind)
    content: dict[str, Plain] = {}
    entries = JournalEntry.objects.aggregate(n=Max("pk"))["n"] or 0
    found, since = differences(first, known)
    for language in languages:
        look = Look(cover, period, at, language)
        content[language] = _plain(look, site, rule, wanted, corrections(look, known, found, since))
    return Composed(content, headline(cover, period, at), found, entries)


def _plain(look: Look, site: Site | None, rule: Rule | None, layouts: Sequence[str], last: Part) -> Plain:
    parts = [(name, part) for name in layouts for part in BUILT[name](look)]
    span = SPANS[span_of(look.period)]
    title = rule.label(look.language) if rule else look.tongue(f"投诉{span[0]}", f"{span[1]} report of complaints")
    return {
        "layout": LAYOUT,
        "language": look.language,
        "title": title,
        "company": look.cover.company.name,
        "site": site.name if site else look.tongue("全公司", "The whole company"),
        "period": str(look.period),
        "days": [look.period.first.isoformat(), look.period.last.isoformat()],
        "counted_at": look.at.isoformat(),
        "zone": look.cover.company.zone,
        "layouts": [{"id": name, "name": look.tongue.pair(LAYOUTS[name])} for name in layouts],
        "parts": [*(plain_part(part, name, look) for name, part in parts), plain_part(last, "corrections", look)],
        "definitions": definitions([part for _, part in parts], look.language),
    }
