"""Complaints: open ones are received like any other, closed ones are kept as history. Their own number, with its source, is the key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from kesu.company.models import Site
from kesu.complaints.actions import Intake, Past, known_as, take_over
from kesu.complaints.actions.filing import Ticket, file_all
from kesu.complaints.models import Case
from kesu.exchange.taking.rows import ADDED, KNOWN, Desk, Line
from kesu.procedure.refused import Refused

NO_RIGHT = Refused("not_allowed", "您的岗位不能在这个服务点受理投诉", "your role may not receive complaints at this site", field="site")
LONG_AGO = timedelta(days=3660)


def key_of(line: Line, source: str) -> str:
    """What makes two rows the same complaint: source and number there, or without a number every word of it."""
    said = line.get("number") or "\n".join(f"{name}={line.cells[name]}" for name in sorted(line.cells))
    return hashlib.sha256(f"import\n{source}\n{said}".encode()).hexdigest()


def take(desk: Desk, lines: Sequence[Line]) -> None:
    """File what is new. Within the caller's transaction."""
    source = desk.settled.get("source", "").strip()
    keys = {line.number: key_of(line, source) for line in lines}
    there = set(Case.objects.filter(company_id=desk.person.company_id, filed_key__in=keys.values()).values_list("filed_key", flat=True))
    tickets: list[tuple[Line, Ticket]] = []
    pasts: list[tuple[Line, Past]] = []
    for line in lines:
        key = keys[line.number]
        if key in there:
            line.outcome = KNOWN
            continue
        try:
            _read(desk, line, key, source, tickets, pasts)
        except Refused as fault:
            line.refuse(fault)
        else:
            there.add(key)
    take_over(desk.person, [past for _, past in pasts], desk.at)
    file_all([ticket for _, ticket in tickets])
    taken: list[tuple[Line, Ticket | Past]] = [*tickets, *pasts]
    for line, found in taken:
        _tell(line, found.fault)
    numbers = [(found.case, source or "—", line.get("number")) for line, found in taken if found.case and line.get("number")]
    known_as(desk.person, numbers, desk.at)


def _read(desk: Desk, line: Line, key: str, source: str, tickets: list[tuple[Line, Ticket]], pasts: list[tuple[Line, Past]]) -> None:
    site = desk.site(line)
    if desk.rights.by_role("receive", site_id=site.pk) is None:
        raise NO_RIGHT
    closed_at = desk.moment(line, "closed_at")
    if line.get("result") and closed_at is None:
        closed_at = desk.moment(line, "heard_at")  # it has a result, so it is over; when is not known better
    intake = _intake(desk, line, site, key, closed_at)
    if closed_at is None:
        tickets.append((line, Ticket(desk.person, intake, desk.at)))
        return
    if closed_at < desk.at - LONG_AGO:
        raise Refused("too_old", "十年以前的单，请核对年份", "more than ten years old; check the year", field="closed_at")
    pasts.append((line, Past(intake, closed_at, source, line.get("number")[:60], line.get("result")[:2000])))


def _intake(desk: Desk, line: Line, site: Site, key: str, closed_at: datetime | None) -> Intake:
    category = desk.chosen("categories", line.get("category"), "category")
    words = [part.strip() for part in line.get("words").splitlines() if part.strip()] or [""]
    channel = desk.chosen("channels", line.get("channel"), "channel") or desk.settled.get("channel", "")
    heard = desk.moment(line, "heard_at")
    return Intake(
        site_id=site.pk,
        channel=channel,
        items=[(words[0], category), *((part, "") for part in words[1:])],
        heard_at=heard or closed_at,
        name=line.get("name"),
        phone=line.get("phone"),
        home=line.get("home"),
        place=line.get("place"),
        against=line.get("against"),
        wants=line.get("wants"),
        wanted_by=desk.moment(line, "wanted_by") if closed_at is None else None,
        raw="\n".join(filter(None, line.words)),
        filed_key=key,
    )


def _tell(line: Line, fault: BaseException | None) -> None:
    if fault is None:
        line.outcome = ADDED
    elif isinstance(fault, Refused):
        line.refuse(fault)
    else:
        line.refuse(NO_RIGHT)
