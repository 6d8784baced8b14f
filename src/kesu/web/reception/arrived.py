"""Reception's sheet begun from what is known already: a telephone number, or a letter that waits for a person."""

from __future__ import annotations

from datetime import datetime

from django.http import QueryDict

from kesu.channels import deciding
from kesu.channels.calls import returning
from kesu.channels.models import Arrival
from kesu.channels.paper.keeping import proposals
from kesu.channels.reading import PAPER, letter_of
from kesu.channels.sorting import intake_of
from kesu.company.models import Person
from kesu.complaints.models import Case
from kesu.complaints.queries.callers import TAIL
from kesu.customers.phones import caller_number, clean_phone, spaced
from kesu.web.reception.forms import ROOM, Line, Sheet, local_stamp


def sheet_for(person: Person, query: QueryDict, at: datetime) -> Sheet:
    """A blank sheet, with `?tel=` or with what the letter of `?arrival=` says."""
    which = query.get("arrival", "")
    row = deciding.arrivals_of(person, at).filter(pk=int(which), state__in=deciding.OPEN).first() if which.isdecimal() else None
    if row is None:
        return Sheet.blank(phone=spaced(_dialled(query.get("tel", "")[:60])))
    if row.door == returning.CALL:
        return _sheet_of_call(person, row)
    if row.door == PAPER:
        return _sheet_of_paper(person, row)
    intake = intake_of(row, letter_of(row), [])
    heard = local_stamp(row.heard_at, person.company.zone)
    sheet = Sheet.blank(channel=row.channel, name=intake.name, reach=intake.reach, raw=intake.raw, heard_at=heard, arrival=str(row.pk))
    sheet.lines, sheet.site_id = [Line(words) for words, _ in intake.items], row.site_id
    return sheet


def _dialled(typed: str) -> str:
    """A whole number as it is dialled here; the last digits of one stay what they are."""
    return caller_number(typed) if len(clean_phone(typed)) > TAIL else clean_phone(typed)


def _sheet_of_call(person: Person, row: Arrival) -> Sheet:
    heard = local_stamp(row.heard_at, person.company.zone)
    sheet = Sheet.blank(channel=row.channel, phone=spaced(row.sender), heard_at=heard, arrival=str(row.pk))
    sheet.site_id = row.site_id
    return sheet


def _sheet_of_paper(person: Person, row: Arrival) -> Sheet:
    """What was read, each in its field, to be confirmed by a person; nothing where nothing was read."""
    said, heard = proposals(row), local_stamp(row.heard_at, person.company.zone)
    wants = "\n".join(filter(None, [said.get("wishes"), said.get("wanted_by")]))
    words = {"name": "customer", "home": "home", "happened": "happened_at", "place": "happened_place", "against": "against"}
    text = {name: " ".join(said.get(field, "").split())[: ROOM[name]] for name, field in words.items()}
    phone = caller_number(said.get("contact", ""))
    raw = "\n".join(filter(None, said.values()))
    sheet = Sheet.blank(channel=row.channel, phone=spaced(phone), wants=wants, raw=raw, heard_at=heard, arrival=str(row.pk), **text)
    sheet.lines, sheet.site_id = [Line("".join(said.get("story", "").splitlines()))], row.site_id
    return sheet


def settle(person: Person, which: str, case: Case, phone: str, at: datetime) -> None:
    """What waited has become this case; the call during which it was written down is its call."""
    returning.attach(case, phone, at)
    if which.isdecimal():
        deciding.filed(person, int(which), case, at)
