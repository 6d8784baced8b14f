"""The journal in words, as papers and pages tell it; and why a case has its grade."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kesu.complaints.models import JournalEntry
from kesu.complaints.models.journal import Entry
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.sentences import say
from kesu.procedure.acts import CUSTOMER, SYSTEM

TONES = {"warned": "warn", "fell_late": "late", "climbed": "late"}


def because(page: CasePage) -> str:
    """Why the case has its grade."""
    half = 0 if page.language.startswith("zh") else 1
    return ("；", "; ")[half].join(pair[half] for pair in page.case.grade_because)


@dataclass(frozen=True)
class Line:
    """One entry of the journal in words."""

    entry: Entry
    who: str
    words: str
    role: str
    tone: str

    @property
    def written_later(self) -> bool:
        """Whether it was written down after it happened (a worker that slept, a clock that had run out)."""
        return self.entry.written_at > self.entry.at


def line(page: CasePage, entry: JournalEntry) -> Line:
    """One entry in words."""
    who = {SYSTEM: "", CUSTOMER: _("客户")}.get(entry.actor, entry.name)
    role = page.pack.label("roles", entry.role, page.language) if entry.role else ""
    return Line(entry, who, say(entry, page.pack, page.language, page.zone), role, TONES.get(entry.act, ""))
