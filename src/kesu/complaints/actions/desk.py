"""The desk: complaints that arrive at the same moment are written together.

Every caller waits until its own case is on disk. While one thread writes, the others lay their tickets down; the next one to
get the pen writes all that lie there in one transaction, so that eight callers cost little more than one (one commit, one
flush to disk, one insert per table). Inside somebody else's transaction a complaint is filed at once, alone.
"""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime

from django.db import DatabaseError, connection

from kesu.company.models import Person
from kesu.complaints.actions.filing import Ticket, file_all
from kesu.complaints.actions.intake import Intake
from kesu.complaints.files import store
from kesu.complaints.models import Case

TOGETHER = 64  # the most that one transaction writes, so that the first caller does not wait for the hundredth

_waiting: deque[Ticket] = deque()
_pen = threading.Lock()


def file_together(person: Person | None, intake: Intake, at: datetime) -> Case:
    """File one complaint, together with whatever else waits; returns when it is committed. Raises what its own filing raises."""
    ticket = Ticket(person, intake, at, files=[store(upload) for upload in intake.uploads])
    if connection.in_atomic_block:
        file_all([ticket])
    else:
        _waiting.append(ticket)
        with _pen:
            while ticket.case is None and ticket.fault is None:
                _file([_waiting.popleft() for _ in range(min(TOGETHER, len(_waiting)))])
    if ticket.fault is not None:
        raise ticket.fault
    assert ticket.case is not None  # neither filed nor refused cannot be
    return ticket.case


def _file(tickets: list[Ticket]) -> None:
    """Together; where that fails (the same form sent twice at once, a full disk), one by one, so that each gets its own answer."""
    try:
        file_all(tickets)
    except Exception as failure:
        for ticket in tickets:
            ticket.case = ticket.road = None
            ticket.parts = []
            if len(tickets) == 1 and not isinstance(failure, DatabaseError):
                ticket.fault = failure
            else:
                _alone(ticket)


def _alone(ticket: Ticket) -> None:
    try:
        file_all([ticket])
    except Exception as failure:  # the caller's thread raises it
        ticket.case, ticket.fault = None, failure
