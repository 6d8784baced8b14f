"""Answers each field of a form from the case and its journal: nothing is typed twice (P-1, P-6, P-8, P-11, S-20, B-8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kesu.complaints.actions.following import OUTCOMES
from kesu.complaints.actions.investigating import FINDINGS
from kesu.complaints.actions.lettering import WAYS
from kesu.complaints.queries.case_page import CasePage
from kesu.customers.phones import masked, spaced
from kesu.papers.sheet import Cell, Ticks
from kesu.papers.telling import Line, because, line
from kesu.procedure.packsayings import FormField

# Fields that need the width of the page, and how many lines a pen needs there, where the pack does not say (`lines`).
WIDE = {
    "story": 5, "wishes": 2, "findings": 5, "handling": 5, "result": 2, "late_reason": 1, "words": 3, "visit": 2, "evidence": 2,
    "presented": 1, "grade": 2, "due_at": 1, "reported_by": 1, "sent_to": 1,
}  # fmt: skip
SIGNED = re.compile(r"_signature$|^sign_")  # ids of fields that are left for a pen
MOST_TICKS = 6  # more boxes than this are no longer read at a glance
LONG_NAME = 16  # a name of more letters needs the width as well
MIDNIGHT = time(0)


class Filler:
    """Answers fields from one case; `reveals`: whole telephone numbers are printed. A page without a number fills nothing in."""

    def __init__(self, page: CasePage, reveals: bool) -> None:
        self.page, self.case, self.reveals = page, page.case, reveals
        self.blank = not page.case.number
        self.half = 0 if page.language.startswith("zh") else 1
        self.zone = ZoneInfo(page.zone)
        self.journal: list[Line] = [line(page, entry) for entry in sorted(page.journal, key=lambda entry: (entry.at, entry.n))]

    def cell(self, row: FormField) -> Cell:
        """The field filled in; empty where the case says nothing yet."""
        name = row.name if self.half == 0 else row.name_en
        if SIGNED.search(row.id):
            return Cell(name, sign=True, wide=True)
        ticks = self.ticks(row.id)
        lines = row.lines or WIDE.get(row.id, 0)
        return Cell(name, self.text(row.id), ticks, max(lines, 1), lines > 0 or len(row.name) > LONG_NAME)

    def text(self, id: str) -> str:
        """The field's lines as one text; "" for a field nothing is known of."""
        fill: Callable[[], list[str]] | None = getattr(self, f"_{id}", None)
        return "\n".join(text for text in (fill() if fill and not self.blank else []) if text)

    def ticks(self, id: str) -> Ticks:
        """The boxes of a field with few answers known in advance; none where the pack offers many."""
        pack, language = self.page.pack, self.page.language
        if id == "confidential":
            return self._boxes([("yes", _("是")), ("no", _("否"))], "yes" if self.case.confidential else "no")
        if id == "grade":
            return self._boxes([(row.id, row.label(language)) for row in sorted(pack.grades, key=lambda row: row.rank)], self.case.grade)
        if id == "nature":
            return self._boxes([(row.id, row.label(language)) for row in pack.natures], self.case.nature)
        if id == "channel":
            return self._boxes(
                [(row.id, row.label(language)) for row in pack.channels if row.staff or row.id == self.case.channel], self.case.channel
            )
        return ()

    def _boxes(self, rows: list[tuple[str, str]], chosen: str) -> Ticks:
        return tuple((name, not self.blank and key == chosen) for key, name in rows) if len(rows) <= MOST_TICKS else ()

    def outcome_boxes(self, chosen: str = "") -> Ticks:
        """How a follow-up came out."""
        return tuple((words[self.half], key == chosen) for key, words in OUTCOMES.items())

    def time(self, at: datetime | None) -> str:
        """2026 年 11 月 18 日 10:05."""
        if at is None:
            return ""
        there = at.astimezone(self.zone)
        return f"{there.year} 年 {there.month} 月 {there.day} 日 {there:%H:%M}" if self.half == 0 else f"{there:%Y-%m-%d %H:%M}"

    def day(self, at: datetime | None) -> str:
        """2026 年 11 月 18 日."""
        if at is None:
            return ""
        there = at.astimezone(self.zone)
        return f"{there.year} 年 {there.month} 月 {there.day} 日" if self.half == 0 else f"{there:%Y-%m-%d}"

    def short(self, at: datetime | None) -> str:
        """11-18 10:05, for narrow columns; the year where it is another than that of the complaint."""
        if at is None:
            return ""
        there, begun = at.astimezone(self.zone), self.case.received_at or at
        return f"{there:%m-%d %H:%M}" if there.year == begun.astimezone(self.zone).year else f"{there:%Y-%m-%d %H:%M}"

    def until(self, at: datetime | None) -> str:
        """A time by which something is due: midnight is 24:00 of the day that ends."""
        if at is None or at.astimezone(self.zone).time() != MIDNIGHT:
            return self.time(at)
        return self.time(at - timedelta(minutes=1)).replace("23:59", "24:00")

    def short_until(self, at: datetime | None) -> str:
        """11-18 24:00: a due time for narrow columns."""
        if at is None or at.astimezone(self.zone).time() != MIDNIGHT:
            return self.short(at)
        return self.short(at - timedelta(minutes=1)).replace("23:59", "24:00")

    def bracketed(self, what: str, more: str) -> str:
        """工程部（主办）."""
        if not more:
            return what
        return f"{what}（{more}）" if self.half == 0 else f"{what} ({more})"

    def last(self, *acts: str) -> Line | None:
        """The last entry of the journal with one of these acts."""
        return next((row for row in reversed(self.journal) if row.entry.act in acts), None)

    def every(self, *acts: str) -> list[str]:
        """Who did what, for every entry with one of these acts."""
        return [f"{row.who}　{row.words}".strip("　") for row in self.journal if row.entry.act in acts]

    def phone(self) -> str:
        """The customer's number: whole for those who may have it, else with four places hidden."""
        return spaced(self.case.contact_phone) if self.reveals else masked(self.case.contact_phone)

    def home(self) -> str:
        """Where the customer lives, or where it happened."""
        return self.case.home.label if self.case.home else self.case.place

    @property
    def customer(self) -> str:
        """What the people who complain are called in this procedure: 住户, 客户, 顾客."""
        about = self.page.pack.pack
        return about.customer if self.half == 0 else about.customer_en

    def label(self, table: str, id: str | None) -> str:
        """A name of the pack in the reader's language."""
        return self.page.pack.label(table, id, self.page.language)

    # one method for each field that a form of a pack may have

    def _number(self) -> list[str]:
        return [self.case.number]

    def _heard_at(self) -> list[str]:
        return [self.time(self.case.heard_at)]

    def _channel(self) -> list[str]:
        return [self.label("channels", self.case.channel)] if not self.ticks("channel") else []

    def _customer(self) -> list[str]:
        return [self.case.contact_name]

    def _home(self) -> list[str]:
        return [self.home()]

    def _contact(self) -> list[str]:
        return [self.phone(), self.case.reach]

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

    def _receiver(self) -> list[str]:
        return [self.case.received_by.name if self.case.received_by else _("客户自己提交")]

    def _findings(self) -> list[str]:
        colon = "：" if self.half == 0 else ": "
        found = [
            f"{item.n}. {FINDINGS[item.finding][self.half]}" + (f"{colon}{item.reason}" if item.reason else "")
            for item in self.page.items
            if item.finding in FINDINGS
        ]
        return [*found, *self.every("find_cause", "unfound")]

    def _handling(self) -> list[str]:
        return self.every("execute", "return")

    def _grade(self) -> list[str]:
        why = because(self.page)
        if self.ticks("grade"):
            return [_("理由：%(why)s") % {"why": why}] if why else []
        return [self.bracketed(self.label("grades", self.case.grade), why)]

    def _sent_to(self) -> list[str]:
        sent = [part for part in self.page.parts if part.sent_back_at is None]
        return list(dict.fromkeys(self.bracketed(part.department.name, _("主办") if part.lead else _("协办")) for part in sent))

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
        last = self.last("return")
        return [str(last.entry.data.get("words", ""))] if last else []

    def _reported_at(self) -> list[str]:
        last = self.last("report_back", "unfound")  # a later round has begun: when it was told last
        return [self.time(self.case.told_at or (last.entry.at if last else None))]

    def _reported_by(self) -> list[str]:
        last = self.last("report_back", "unfound")
        if last is None:
            return []
        data = last.entry.data
        by = str(data.get("channel", ""))
        way = WAYS[by][self.half] if by in WAYS else self.label("channels", by)
        said = [way, str(data.get("spoke_to", "")), last.who]
        return ["　".join(word for word in said if word)]

    def _late_reason(self) -> list[str]:
        return [row.reason for row in self.page.extensions]

    def _late_approver(self) -> list[str]:
        return [row.decided_by.name for row in self.page.extensions if row.decided_by and row.state == "granted"]

    def _visit(self) -> list[str]:
        rows = self.page.visits
        return [f"{self.time(row.at)}　{row.by.name}　{OUTCOMES[row.outcome][self.half]}　{row.words}".strip("　") for row in rows]

    def _archived_at(self) -> list[str]:
        last = self.last("archive")
        return [f"{self.time(last.entry.at)}　{last.who}"] if last else []

    def _evidence(self) -> list[str]:
        return [file.name for file in self.page.attachments]
