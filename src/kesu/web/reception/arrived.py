"""Reception's sheet begun from what is known already: a telephone number, or a letter that waits for a person."""

from __future__ import annotations

from datetime import datetime

from django.http import QueryDict

from kesu.channels import deciding
from kesu.channels.reading import letter_of
from kesu.channels.sorting import intake_of
from kesu.company.models import Person
from kesu.complaints.models import Case
from kesu.customers.phones import spaced
from kesu.web.reception.forms import Line, Sheet, local_stamp


def sheet_for(person: Person, query: QueryDict, at: datetime) -> Sheet:
    """A blank sheet, with `?tel=` or with what the letter of `?arrival=` says."""
    which = query.get("arrival", "")
    row = deciding.arrivals_of(person, at).filter(pk=int(which), state__in=deciding.OPEN).first() if which.isdecimal() else None
    if row is None:
        return Sheet.blank(phone=spaced(query.get("tel", "")[:40]))
    intake = intake_of(row, letter_of(row), [])
    heard = local_stamp(row.heard_at, person.company.zone)
    sheet = Sheet.blank(channel=row.channel, name=intake.name, reach=intake.reach, raw=intake.raw, heard_at=heard, arrival=str(row.pk))
    sheet.lines, sheet.site_id = [Line(words) for words, _ in intake.items], row.site_id
    return sheet


def settle(person: Person, which: str, case: Case, at: datetime) -> None:
    """The letter has become this case."""
    if which.isdecimal():
        deciding.filed(person, int(which), case, at)
