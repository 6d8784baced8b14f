"""The clocks of a case as its page shows them: what is left, who owes it, and why it is due then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from kesu.complaints.models import Clock
from kesu.complaints.moments import moments_of
from kesu.complaints.queries import clocks
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.queries.clocks import ClockView
from kesu.procedure.due import Due, why_words
from kesu.web.case.strip import Strip, strip


@dataclass
class ClockRow:
    """One running clock on the page."""

    page: CasePage
    view: ClockView

    @property
    def clock(self) -> Clock:
        """The stored clock."""
        return self.view.clock

    @property
    def who(self) -> str:
        """Who owes it."""
        return self.page.who(self.clock)

    @property
    def when(self) -> str:
        """“14:15”, “周一 14:05”: the due time without its “by”."""
        return self.view.due_words.removesuffix("前").removeprefix("by ").strip()

    @cached_property
    def due(self) -> Due | None:
        """The reckoning."""
        return clocks.why(self.clock, self.page.pack, self.page.at, self.page.pauses)

    @cached_property
    def lines(self) -> list[str]:
        """The reckoning line by line; empty where the date was given and not reckoned."""
        return why_words(self._named(self.due), self.page.language) if self.due and self.due.why else []

    def _named(self, due: Due) -> Due:
        """The same with the pauses' reasons by name."""
        label = self.page.pack.label
        named = [
            step._replace(name=label("pauses", step.name, self.page.language)) if step.kind == "paused" else step for step in due.steps
        ]
        return replace(due, reasons=named)

    @property
    def source(self) -> str:
        """The rule, and the choice made where it leaves a doubt."""
        row = self.view.obligation
        note = row.note if self.page.language.startswith("zh") else row.note_en
        return ("　" if self.page.language.startswith("zh") else ", ").join(filter(None, [row.source, note]))

    @property
    def procedure(self) -> str:
        """The law, platform or authority whose clock it is; "" for the company's own."""
        return (
            self.page.pack.label("procedures", self.view.obligation.procedure, self.page.language) if self.view.obligation.procedure else ""
        )

    @property
    def article(self) -> str:
        """Where that is written, and how far the text was checked."""
        row = self.page.pack.find("procedures", self.view.obligation.procedure)
        if row is None:
            return ""
        zh = self.page.language.startswith("zh")
        return ("　" if zh else ", ").join(filter(None, [row.article, _VERIFIED[row.verified][0 if zh else 1]]))

    @property
    def confirmed(self) -> bool:
        """Whether the days it counts on are announced."""
        return self.clock.confirmed

    @cached_property
    def strip(self) -> Strip | None:
        """The picture, where there is one."""
        if self.due is None or self.clock.state == "paused":
            return None
        return strip(self.due, self.clock.began_at, self.page.at, self._warn_at(), self.page.zone, self.page.language)

    def _warn_at(self) -> datetime:
        row = self.view.obligation
        warned = [moment.at for moment in moments_of(row, self.clock, self.page.case.site, self.page.pauses) if moment.kind == "warned"]
        return min(warned, default=self.clock.due_at)


_VERIFIED = {
    "verified": ("核对过原文", "checked against the text"),
    "secondary": ("据转述", "from a secondary source"),
    "unverified": ("未核对", "not checked"),
}


def rows(page: CasePage) -> list[ClockRow]:
    """The running clocks, what falls due first first."""
    return [ClockRow(page, view) for view in page.owed]
