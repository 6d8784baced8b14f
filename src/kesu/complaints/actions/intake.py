"""Taking a complaint in: by reception, by the customer's own page, by any door (one function receives)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import begin
from kesu.complaints.files import Upload
from kesu.complaints.models import Case


@dataclass
class Intake:
    """What reception (or the customer) has put down. Times are aware; ids are the pack's."""

    site_id: int
    channel: str
    items: list[tuple[str, str]]  # (words, category id or "")
    heard_at: datetime | None = None  # default: now
    name: str = ""
    phone: str = ""
    home: str = ""
    reach: str = ""
    confidential: bool = False
    tell_by: str = ""  # how the customer wants to be told (procedure.telling.WISHES); "": as they said before, else as the procedure says
    language: str = ""  # the customer's
    place: str = ""
    happened: str = ""
    against: str = ""
    wants: str = ""
    wanted_by: datetime | None = None
    title: str = ""
    raw: str = ""
    nature: str = ""  # set when reception judges at once
    facts: dict[str, bool] = field(default_factory=dict)
    lead: int | None = None  # department id: dispatched at once
    co: list[int] = field(default_factory=list)
    same_as: int | None = None
    filed_key: str = ""
    uploads: list[Upload] = field(default_factory=list)
    consents: dict[str, bool] = field(default_factory=dict)  # matter → answer; with health data allowed, the files are marked as such


def receive(person: Person | None, intake: Intake, at: datetime) -> Case:
    """Record a complaint, number it, start its clocks; judge and dispatch at once when the intake says so.

    Rules P-1, P-6, M-3. Raises Refused (field named) for what cannot be right; Site.DoesNotExist for a site not theirs.
    The same `filed_key` again returns the case that the first sending filed. When it returns, the case is on disk.
    """
    from kesu.complaints.actions.desk import file_together

    return file_together(person, intake, at)


def acknowledge(person: Person, case_id: int, *, channel: str, words: str = "", at: datetime) -> Case:
    """The customer was told that the complaint has been taken in (H-1, ISO 10002 7.4)."""
    with begin(person, case_id, "acknowledge", at) as road:
        road.journal(channel=channel, words=words.strip())
    return road.case
