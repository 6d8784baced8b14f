"""The papers of the trade, filled in from the case: each form of the pack, field by field (P-1, P-6, P-8, P-11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kesu.complaints.actions.aftercare import OUTCOMES
from kesu.complaints.actions.investigating import FINDINGS
from kesu.complaints.models import JournalEntry
from kesu.complaints.queries.case_page import CasePage
from kesu.customers.phones import masked, spaced
from kesu.procedure.pack import Form, FormField
from kesu.web.case.record import Line, because, line

# Fields that need the width of the page; the others stand two in a row.
WIDE = {"story", "wishes", "findings", "handling", "result", "late_reason", "words", "visit"}
MIDNIGHT = time(0)
SIGNED = {"head_signature"}  # left for the pen
TABLES = {"course"}
BLANK_VISITS = 6  # empty rows that stay for the pen


@dataclass
class Cell:
    """One field of the paper."""

    id: str
    name: str
    lines: list[str] = field(default_factory=list)
    signed: bool = False

    @property
    def wide(self) -> bool:
        """Whether it has a row of its own, with room to write in."""
        return self.id in WIDE

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


@dataclass
class Paper:
    """A form ready to be drawn: rows of one or two cells, the journal where the form has a field for it, or a table of visits."""

    form: Form
    title: str
    rows: list[list[Cell]]
    course: list[Line] = field(default_factory=list)
    course_name: str = ""
    columns: list[str] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)


def paper(page: CasePage, form: Form, entries: Iterable[JournalEntry], reveals: bool) -> Paper:
    """The form filled in from the case; `entries` is the whole journal."""
    title = form.label(page.language)
    journal = [line(page, entry) for entry in sorted(entries, key=lambda entry: (entry.at, entry.n))]
    if form.id == "visit_record":
        return Paper(form, title, [], columns=[_name(row, page) for row in form.fields], table=_visits(page, form))
    filler = Filler(page, journal, reveals)
    cells = [filler.cell(row) for row in form.fields if row.id not in TABLES]
    found = Paper(form, title, _laid_out(cells))
    course = next((row for row in form.fields if row.id in TABLES), None)
    if course:
        found.course, found.course_name = journal, _name(course, page)
    return found


def _name(row: FormField, page: CasePage) -> str:
    return row.name if page.language.startswith("zh") else row.name_en


def _laid_out(cells: list[Cell]) -> list[list[Cell]]:
    """Two short cells to a row; wide and signed ones have a row of their own. The order stays."""
    rows: list[list[Cell]] = []
    for cell in cells:
        wide = cell.id in WIDE or cell.signed
        if rows and not wide and len(rows[-1]) == 1 and rows[-1][0].id not in WIDE and not rows[-1][0].signed:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return rows


class Filler:
    """Answers each field of a form from the case."""

    def __init__(self, page: CasePage, journal: list[Line], reveals: bool) -> None:
        self.page, self.case, self.journal, self.reveals = page, page.case, journal, reveals
        self.zone = ZoneInfo(page.zone)

    def cell(self, row: FormField) -> Cell:
        """The field with its lines; empty where the case says nothing yet."""
        fill: Callable[[], list[str]] | None = getattr(self, f"_{row.id}", None)
        return Cell(row.id, _name(row, self.page), [text for text in (fill() if fill else []) if text], row.id in SIGNED)

    def time(self, at: datetime | None) -> str:
        """2026 年 11 月 18 日 10:05."""
        if at is None:
            return ""
        there = at.astimezone(self.zone)
        if self.page.language.startswith("zh"):
            return f"{there.year} 年 {there.month} 月 {there.day} 日 {there:%H:%M}"
        return f"{there:%Y-%m-%d %H:%M}"

    def until(self, at: datetime | None) -> str:
        """A time by which something is due: midnight is 24:00 of the day that ends."""
        if at is None or at.astimezone(self.zone).time() != MIDNIGHT:
            return self.time(at)
        return self.time(at - timedelta(minutes=1)).replace("23:59", "24:00")

    def _last(self, *acts: str) -> Line | None:
        return next((row for row in reversed(self.journal) if row.entry.act in acts), None)

    def _all(self, *acts: str) -> list[str]:
        return [f"{row.who}　{row.words}".strip("　") for row in self.journal if row.entry.act in acts]

    def _number(self) -> list[str]:
        return [self.case.number]

    def _heard_at(self) -> list[str]:
        return [self.time(self.case.heard_at)]

    def _channel(self) -> list[str]:
        return [self.page.pack.label("channels", self.case.channel, self.page.language)]

    def _customer(self) -> list[str]:
        return [self.case.contact_name]

    def _home(self) -> list[str]:
        return [self.case.home.label if self.case.home else self.case.place]

    def _contact(self) -> list[str]:
        phone = self.case.contact_phone
        return [spaced(phone) if self.reveals else masked(phone), self.case.reach]

    def _happened_at(self) -> list[str]:
        return [self.case.happened]

    def _happened_place(self) -> list[str]:
        return [self.case.place]

    def _against(self) -> list[str]:
        return [self.case.against]

    def _story(self) -> list[str]:
        if len(self.page.items) == 1:
            return [self.page.items[0].words]
        return [f"{item.n}. {item.words}" for item in self.page.items]

    def _wishes(self) -> list[str]:
        return [self.case.wants]

    def _wanted_by(self) -> list[str]:
        return [self.until(self.case.wanted_by)]

    def _confidential(self) -> list[str]:
        return [_("是") if self.case.confidential else _("否")]

    def _receiver(self) -> list[str]:
        return [self.case.received_by.name if self.case.received_by else _("客户自己提交")]

    def _findings(self) -> list[str]:
        half = 0 if self.page.language.startswith("zh") else 1
        found = [f"{item.n}. {FINDINGS[item.finding][half]}" for item in self.page.items if item.finding in FINDINGS]
        return [*found, *self._all("find_cause", "unfound")]

    def _handling(self) -> list[str]:
        return self._all("execute", "return")

    def _grade(self) -> list[str]:
        name, why = self.page.pack.label("grades", self.case.grade, self.page.language), because(self.page)
        if not why:
            return [name]
        return [self._bracketed(name, why)]

    def _bracketed(self, what: str, more: str) -> str:
        return f"{what}（{more}）" if self.page.language.startswith("zh") else f"{what} ({more})"

    def _sent_to(self) -> list[str]:
        sent = [part for part in self.page.parts if part.sent_back_at is None]
        return [self._bracketed(part.department.name, _("主办") if part.lead else _("协办")) for part in sent]

    def _signed_by(self) -> list[str]:
        return [f"{part.department.name}　{part.signed_by.name}" for part in self.page.parts if part.signed_by]

    def _signed_at(self) -> list[str]:
        return [self.time(part.signed_at) for part in self.page.parts if part.signed_at]

    def _due_at(self) -> list[str]:
        views = [*self.page.owed, *reversed(self.page.past)]
        wanted = [view for view in views if "return" in view.obligation.until and view.clock.state != "void"]
        return [f"{view.name}　{self.until(view.clock.due_at)}" for view in wanted]

    def _presented(self) -> list[str]:
        return [f"{self.time(row.entry.at)}　{row.words}" for row in self.journal if row.entry.act == "present"]

    def _returned_at(self) -> list[str]:
        return [f"{part.department.name}　{self.time(part.returned_at)}" for part in self.page.parts if part.returned_at]

    def _result(self) -> list[str]:
        last = self._last("return")
        return [str(last.entry.data.get("words", ""))] if last else []

    def _reported_at(self) -> list[str]:
        return [self.time(self.case.told_at)]

    def _reported_by(self) -> list[str]:
        last = self._last("report_back", "unfound")
        if last is None:
            return []
        data = last.entry.data
        return [self.page.pack.label("channels", str(data.get("channel", "")), self.page.language), str(data.get("spoke_to", "")), last.who]

    def _late_reason(self) -> list[str]:
        return [row.reason for row in self.page.extensions]

    def _late_approver(self) -> list[str]:
        return [row.decided_by.name for row in self.page.extensions if row.decided_by and row.state == "granted"]

    def _visit(self) -> list[str]:
        half = 0 if self.page.language.startswith("zh") else 1
        return [f"{self.time(row.at)}　{row.by.name}　{OUTCOMES[row.outcome][half]}　{row.words}".strip("　") for row in self.page.visits]

    def _archived_at(self) -> list[str]:
        last = self._last("archive")
        return [f"{self.time(last.entry.at)}　{last.who}"] if last else []


def _visits(page: CasePage, form: Form) -> list[list[str]]:
    """One row per follow-up, then empty rows for the pen."""
    filler, half = Filler(page, [], False), 0 if page.language.startswith("zh") else 1
    found = []
    for row in page.visits:
        values = {
            "visited_at": filler.time(row.at),
            "number": page.case.number,
            "home": page.case.home.label if page.case.home else "",
            "spoke_to": page.case.contact_name,
            "outcome": OUTCOMES[row.outcome][half],
            "words": row.words,
            "visitor": row.by.name,
        }
        found.append([values.get(column.id, "") for column in form.fields])
    empty = [""] * len(form.fields)
    return found + [empty] * max(0, BLANK_VISITS - len(found))
