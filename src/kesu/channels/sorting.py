"""One function receives, whatever the door: what has arrived is understood and becomes a case, part of a case, or an item for a person.

Nothing is thrown away: what is set aside as automatic keeps its bytes and its reason and stands in the list.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate

from django.db import DatabaseError, transaction

from kesu.channels import telling
from kesu.channels.arriving import MAIL, TOGETHER, raw
from kesu.channels.belonging import belongs, ids_meant
from kesu.channels.bounces import take_bounce
from kesu.channels.mail.letter import Letter, read
from kesu.channels.mail.plaintext import split_quote
from kesu.channels.mail.signs import SURE
from kesu.channels.mail.tnef import opened
from kesu.channels.models import Arrival
from kesu.company.models import Company
from kesu.complaints import actions
from kesu.complaints.actions.filing import Ticket, file_all
from kesu.complaints.files import Stored, Upload, store, stored
from kesu.complaints.models import Case
from kesu.complaints.storing import update_columns
from kesu.procedure.refused import Refused

BATCH = 64
LOOP = 20  # letters of one address within `WITHIN` after which a person looks first: two machines answering each other
WITHIN = timedelta(hours=1)
LONGEST_ITEM = 20_000  # characters of the matter itself; the whole stands in the case's own words and in the message
BATCH_BYTES = 32_000_000  # of letters read at once, unless one has more
_OURS = re.compile(r"^<kesu\.")

log = logging.getLogger("kesu.arrivals")
_turn = threading.Lock()


@dataclass
class Sorted:
    """An arrival with what was read in it and what becomes of it."""

    arrival: Arrival
    letter: Letter
    files: list[Stored] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # names of enclosed files that only the message itself keeps
    ticket: Ticket | None = None
    joins: Case | None = None
    follows: Sorted | None = None  # the letter of the same batch that this one adds to: its case is not written yet

    def wait(self, why: str, words: str = "") -> None:
        """A person must look at it."""
        self.arrival.state, self.arrival.why, self.arrival.words = "waiting", why, words[:300]

    def set_aside(self, why: str, at: datetime, words: str = "") -> None:
        """It asks for nothing; kept, listed, with the reason."""
        self.arrival.state, self.arrival.why, self.arrival.words, self.arrival.done_at = "ignored", why, words[:300], at


def sort_new(at: datetime) -> int:
    """One batch of what has arrived. Returns how many it dealt with. Any number may run: rows are locked before they are written."""
    with _turn:  # the same letters read by two threads would be work for nothing
        return _sort_batch(at)


def _sort_batch(at: datetime) -> int:
    rows = list(Arrival.objects.filter(state="new", door=MAIL).select_related("mailbox").order_by("id")[:BATCH])
    if not rows:
        return 0
    rows = _at_most(rows, BATCH_BYTES)
    try:
        return _sort(_read_all(rows), at)
    except Exception:
        log.exception("arrivals could not be sorted together and are sorted one by one")
    return sum(_sort_or_wait(row, at) for row in rows)


def _at_most(rows: list[Arrival], bytes_: int) -> list[Arrival]:
    """The first of them that have no more bytes together; one at least."""
    sums = accumulate(row.size for row in rows)
    return rows[: max(1, sum(whole <= bytes_ for whole in sums))]


def _read_all(rows: list[Arrival]) -> list[Sorted]:
    """Before the transaction: a long letter must not hold up those who write. Side by side, for what is enclosed goes to disk."""
    with ThreadPoolExecutor(min(TOGETHER, len(rows))) as pool:
        return list(pool.map(_read, rows))


def _sort(found: list[Sorted], at: datetime) -> int:
    with transaction.atomic():
        # Waits for whoever has some of them: what they file may be what one of ours adds to.
        still = Arrival.objects.select_for_update().filter(pk__in=[one.arrival.pk for one in found], state="new").order_by("pk")
        open_ids = set(still.values_list("pk", flat=True))
        mine = [one for one in found if one.arrival.pk in open_ids]
        _decide_all(mine, at)
        _file(mine, at)
        _join(mine, at)
        _write(mine, at)
    return len(mine)


def _sort_or_wait(arrival: Arrival, at: datetime) -> int:
    """One that nobody can sort waits for a person and holds up nobody else."""
    try:
        return _sort([_read(arrival)], at)
    except Exception:
        log.exception("arrival %s could not be sorted", arrival.pk)
    one = Sorted(arrival, Letter())
    one.wait("refused")
    with transaction.atomic():
        _write([one], at)
    return 1


def _read(arrival: Arrival) -> Sorted:
    try:
        letter = read(raw(arrival))
    except OSError as problem:
        log.error("the message of arrival %s cannot be read: %s", arrival.pk, problem)
        letter = Letter(whole=False)
    arrival.sender, arrival.sender_name = letter.sender[1].lower()[:320], letter.sender[0][:120]
    arrival.subject, arrival.message_id = letter.subject[:300], letter.message_id[:998]
    found = Sorted(arrival, letter)
    if letter.signs.auto or letter.signs.bounce:
        return found
    found.files, found.left = keep_enclosed(letter)
    return found


def keep_enclosed(letter: Letter) -> tuple[list[Stored], list[str]]:
    """(files that may be shown with the case, names of the others: they stay within the message)."""
    files, left = [], []
    for one in opened(letter.enclosed):
        try:
            files.append(store(Upload(one.name, len(one.data), [one.data])))
        except Refused:
            left.append(one.name)
    return files, left


def _decide_all(found: list[Sorted], at: datetime) -> None:
    senders = {one.arrival.sender for one in found if one.arrival.sender}
    lately = Arrival.objects.filter(sender__in=senders, received_at__gt=at - WITHIN).exclude(state="new").values_list("company", "sender")
    often = Counter(lately)
    before: dict[tuple[int, str, str], Sorted] = {}
    for one in found:
        arrival = one.arrival
        often[arrival.company_id, arrival.sender] += 1
        _decide(one, often[arrival.company_id, arrival.sender], before, at)
        if arrival.sender and arrival.message_id and (one.ticket or one.joins or one.follows):
            before[arrival.company_id, arrival.sender, arrival.message_id] = one


def _decide(one: Sorted, often: int, before: Mapping[tuple[int, str, str], Sorted], at: datetime) -> None:
    letter, arrival, signs = one.letter, one.arrival, one.letter.signs
    if signs.bounce:
        case = take_bounce(letter, raw(arrival), arrival.company_id, at)
        arrival.case = case
        one.set_aside("bounce" if case else "bounce_other", at, signs.why)
    elif _OURS.match(letter.message_id) or (arrival.mailbox and arrival.sender == arrival.mailbox.address.lower()):
        one.set_aside("own", at)
    elif signs.auto == SURE:
        one.set_aside("auto", at, signs.auto_why)
    elif not letter.whole:
        one.wait("unread")
    elif not (letter.text.strip() or letter.enclosed):
        one.wait("empty")
    elif signs.auto:
        one.wait("likely_auto", signs.auto_why if ":" in signs.auto_why else "")
    elif often > LOOP:
        one.wait("many")
    else:
        _place(one, before, at)


def _place(one: Sorted, before: Mapping[tuple[int, str, str], Sorted], at: datetime) -> None:
    arrival = one.arrival
    place = belongs(one.letter, arrival.company_id)
    earlier = (before.get((arrival.company_id, arrival.sender, id)) for id in ids_meant(one.letter))
    if place.case:
        one.joins = place.case
    elif follows := next(filter(None, earlier), None):
        one.follows = follows
    elif place.guessed:
        one.wait("stranger", place.guessed.number)
    else:
        one.ticket = Ticket(None, intake_of(arrival, one.letter, one.left), at, files=one.files)


def intake_of(arrival: Arrival, letter: Letter, left: list[str]) -> actions.Intake:
    """The letter as a complaint: what they wrote is the matter, the whole text their own words."""
    own, _quoted = split_quote(letter.text)
    names = f"\n\n[{', '.join(left)}]" if left else ""
    said = own or letter.subject or names.strip()
    return actions.Intake(
        site_id=arrival.site_id,
        channel=arrival.channel,
        items=[(said[:LONGEST_ITEM], "")],
        heard_at=arrival.heard_at,
        name=letter.sender[0],
        reach=letter.sender[1],
        title=letter.subject,
        raw=f"{letter.subject}\n\n{letter.text}{names}".strip(),
        filed_key=f"arrival:{arrival.pk}",
    )


def _file(found: list[Sorted], at: datetime) -> None:
    tickets = [one.ticket for one in found if one.ticket]
    if not tickets:
        return
    try:
        file_all(tickets)
    except Exception:
        log.exception("letters could not be filed together and are filed one by one")
        for ticket in tickets:
            ticket.case = ticket.road = ticket.fault = None
            ticket.parts = []
            _alone(ticket)
    for one in found:
        if one.ticket and one.ticket.case:
            one.arrival.state, one.arrival.case, one.arrival.done_at = "filed", one.ticket.case, at
        elif one.ticket:
            one.wait("refused", str(one.ticket.fault.zh) if isinstance(one.ticket.fault, Refused) else "")


def _alone(ticket: Ticket) -> None:
    try:
        file_all([ticket])
    except DatabaseError:
        raise
    except Exception as fault:
        log.exception("a letter could not be filed")
        ticket.case, ticket.fault = None, fault


def _join(found: list[Sorted], at: datetime) -> None:
    """In their order. What adds to a letter that became no case stays new, and is looked at by itself in the next round."""
    for one in found:
        case = one.follows.arrival.case if one.follows else one.joins
        if case:
            try:
                join_case(one.arrival, one.letter, case, one.files, one.left, at)
            except Refused as refused:
                one.wait("refused", refused.zh)


def join_case(arrival: Arrival, letter: Letter, case: Case, files: list[Stored], left: list[str], at: datetime) -> None:
    """Add what the letter says to the case, in the customer's name; whoever handles it is told. Raises Refused."""
    own, _quoted = split_quote(letter.text)
    names = f"[{', '.join([*left])}]" if left else ""
    words = "\n".join(filter(None, [own or letter.subject, names])) or ", ".join(file.name for file in files)
    with transaction.atomic():
        actor = "system" if arrival.door == "device" else "customer"
        actions.note(None, case.pk, words=words[:LONGEST_ITEM], actor=actor, at=at)
        for file in files:
            upload = Upload(file.name, file.size, [stored(file.sha256).read_bytes()])
            actions.attach(None, case.pk, upload=upload, actor="customer", at=at)
    arrival.state, arrival.case, arrival.why, arrival.done_at = "joined", case, "", at


FIELDS = ["sender", "sender_name", "subject", "message_id", "state", "why", "words", "case_id", "done_at", "due_at"]


def _write(found: list[Sorted], at: datetime) -> None:
    waiting = [one.arrival for one in found if one.arrival.state == "waiting"]
    companies = Company.objects.in_bulk({row.company_id for row in waiting})
    for row in waiting:
        telling.owe(row, companies[row.company_id], at)
    update_columns([one.arrival for one in found], FIELDS)
