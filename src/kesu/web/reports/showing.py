"""What the pages of reports show: whose turn it is, parts with their comments, the journal in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from kesu.company.holders import Holders
from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.reporting.formats import MEDIA
from kesu.reporting.models import APPROVED, DRAFT, SUBMITTED, Report
from kesu.reporting.queries.kept import holds
from kesu.reporting.queries.sight import approves, comments, owes, rule_of, visible_to, wrote
from kesu.reporting.words import STATES, say, title_of
from kesu.web.work.rows import Reader, TimeLeft, bar

SHOWN = 60  # reports of the list; earlier ones are on the next page


@dataclass(frozen=True)
class Line:
    """A report in the list."""

    report: Report
    title: str
    state: str
    turn: str
    view: TimeLeft | None
    mine: bool


def half(language: str) -> int:
    """Which of a pair of words."""
    return 0 if language.startswith("zh") else 1


def turn(report: Report, language: str) -> str:
    """Who has to do something on it: by name, else the role."""
    if report.state == APPROVED:
        return ""
    rule = rule_of(report)
    role = rule.commenter if report.state == DRAFT else rule.approver
    people = Holders(standing(report.company), report.site_id).of(role)
    if report.state == SUBMITTED:
        people = [person for person in people if not wrote(person, report)]
    name = pack_of(report.version_id).label("roles", role, language)
    return ("、" if half(language) == 0 else ", ").join(person.name for person in people[:3]) or name


def listed(reader: Reader, before: int) -> tuple[list[Line], bool]:
    """(the reports from this place on, the newest first; whether there are earlier ones)."""
    rows = visible_to(reader.person, reader.at).defer("content", "figures", "corrections")[before : before + SHOWN + 1]
    return [_line(row, reader) for row in rows[:SHOWN]], len(rows) > SHOWN


def _line(row: Report, reader: Reader) -> Line:
    view = bar(row.comment_from if row.state == DRAFT else row.submitted_at or row.opened_at, row.due_at, reader) if row.due_at else None
    words = STATES[row.state][half(reader.language)]
    return Line(row, title_of(row, reader.language), words, turn(row, reader.language), view, bool(owes(reader.rights, row)))


@dataclass(frozen=True)
class Part:
    """A part with what was written about it; `name`: of its field."""

    plain: dict[str, Any]
    comment: str
    name: str
    wrong: str = ""


@dataclass(frozen=True)
class Did:
    """An entry of the journal in words."""

    at: datetime
    who: str
    words: str


def context(
    person: Person, report: Report, reader: Reader, typed: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> dict[str, Any]:
    """Everything a report's page shows."""
    language, zone = reader.language, report.company.zone
    content = report.content["zh-hans" if half(language) == 0 else "en"]
    said = report.comments | (typed or {})
    rights: Rights = rights_of(person, reader.at)
    return {
        "report": report,
        "title": title_of(report, language),
        "state": STATES[report.state][half(language)],
        "turn": turn(report, language),
        "view": _line(report, reader).view,
        "content": content,
        "parts": [Part(row, said.get(row["id"], ""), row["id"], (wrong or {}).get(row["id"], "")) for row in content["parts"]],
        "writes": report.state == DRAFT and comments(rights, report),
        "decides": report.state == SUBMITTED and approves(rights, report),
        "own_words": report.state == SUBMITTED and wrote(person, report),
        "journal": [Did(entry.at, entry.name, say(entry.act, entry.data, language, zone)) for entry in report.journal.order_by("n")],
        "files": [(form, reverse("report_file", args=[report.pk, form])) for form in MEDIA],
        "approved": report.state == APPROVED,
        "altered": report.state == APPROVED and not holds(report),
        "corrected": later(person, report, reader.at),
    }


def later(person: Person, report: Report, at: datetime) -> list[Report]:
    """The later reports that correct this one."""
    rows = visible_to(person, at).filter(site=report.site, kind=report.kind, first__gt=report.last).defer("content", "figures")
    mine = str(report.period)
    return [row for row in rows.order_by("first") if any(one["period"] == mine for one in row.corrections)]
