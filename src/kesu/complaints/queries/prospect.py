"""What comes next and by when, and what happens if nobody acts: sentences for the head of a case's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kesu.complaints.actions.clocks import state_of
from kesu.complaints.models import Clock
from kesu.complaints.moments import moments_of
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.queries.next_step import coming
from kesu.procedure.limits import LimitError, parse_limit
from kesu.procedure.pack import Obligation
from kesu.procedure.running import applies

SHOWN = 2
# Who moves the story on where no obligation says it.
CUSTOMERS_TURN = "agree"


@dataclass(frozen=True)
class Prospect:
    """One step ahead: the act, who does it, and by when ("" where the procedure sets no time)."""

    act: str
    who: str
    by: str


@dataclass(frozen=True)
class Otherwise:
    """The next thing that happens by itself when nothing is done: when, and who then hears of it."""

    at: datetime
    kind: str  # warned, fell_late, climbed
    who: str
    more: int  # how many rungs follow after it


def prospects(page: CasePage, act: str) -> list[Prospect]:
    """The next steps of the story after this act."""
    return [_prospect(page, name) for name in coming(page.situation, act)[:SHOWN]]


def _prospect(page: CasePage, act: str) -> Prospect:
    row = _obligation_of(page, act)
    if act == CUSTOMERS_TURN:
        return Prospect(act, page.case.contact_name or ("客户" if _zh(page) else "the customer"), _by(page, row))
    return Prospect(act, _who(page, act, row), _by(page, row))


def _obligation_of(page: CasePage, act: str) -> Obligation | None:
    state = state_of(page.pack, page.case, ())
    rows = [row for row in page.pack.owed() if applies(row, state) and not row.whole_case]
    asking = [row for row in rows if row.act == act or (row.waits_for == "customer" and act in row.until)]
    return min(asking, key=lambda row: not _clocks(page, row), default=None)


def _clocks(page: CasePage, row: Obligation) -> list[Clock]:
    return [clock for clock in page.situation.running() if clock.obligation == row.id]


def _who(page: CasePage, act: str, row: Obligation | None) -> str:
    if row is None:
        return _lead(page, act) if act in ("find", "find_cause", "investigate", "propose", "reply", "execute", "return") else ""
    running = _clocks(page, row)
    if running:
        return page.doer(act, running[0])
    if row.scope in ("lead", "part"):
        return _lead(page, act)
    if row.scope == "receiver" and page.case.received_by:
        return page.case.received_by.name
    return page.names(row.role)


def _lead(page: CasePage, act: str) -> str:
    case, now = page.case, page.situation
    if now.before.bars(case.handler_id or 0, act):
        return _somebody_else(page, act)
    if case.handler:
        return case.handler.name if page.handler_may(act) else page.head_for(act) or case.handler.name
    return case.department.name if case.department else ("主办部门" if _zh(page) else "the lead department")


def _somebody_else(page: CasePage, act: str) -> str:
    """Whoever may do it though they did not before: the first role above the department that somebody holds."""
    roles = (row.id for row in page.pack.roles if row.level != "department" and act in row.may and page.holders.of(row.id))
    role = next(roles, None)
    return page.names(role) if role else page.head_for(act)


def _by(page: CasePage, row: Obligation | None) -> str:
    if row is None:
        return ""
    if running := _clocks(page, row):
        view = page.view(running[0])
        return view.due_words if view else ""
    try:
        words = parse_limit(row.limit).words(page.language)
    except LimitError:
        return ""
    short = words.split("（")[0].split(" (")[0]
    if not _zh(page):
        return short if short.startswith("by ") else f"within {short}"
    return short if short.endswith("前") else f"{short}内"


def otherwise(page: CasePage, clock: Clock) -> Otherwise | None:
    """The next moment of this clock that lies ahead; None when the ladder is at its end or stands still."""
    row = page.pack.obligation(clock.obligation)
    if row is None or clock.state != "running":
        return None
    ahead = [moment for moment in moments_of(row, clock, page.case.site, page.pauses) if moment.at > page.at and moment.kind != "warned"]
    if not ahead:
        return None
    first = ahead[0]
    told = [name for role in first.tell if (name := page.names(role, clock.department_id if _local(page, role) else None))]
    return Otherwise(first.at, first.kind, ("、" if _zh(page) else ", ").join(dict.fromkeys(told)), len(ahead) - 1)


def _local(page: CasePage, role: str) -> bool:
    row = page.pack.find("roles", role)
    return bool(row and row.level == "department")


def _zh(page: CasePage) -> bool:
    return page.language.startswith("zh")
