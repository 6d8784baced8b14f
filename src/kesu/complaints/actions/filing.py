"""Filing: many complaints written in one transaction as cheaply as one. Everything is worked out in memory first, so that
a new case costs its share of one insert per table and no update."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from kesu.company.models import Person, Site
from kesu.company.prepared import ask
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints import chain
from kesu.complaints.actions import clocks, consenting, dispatching, judging, steps, wishes
from kesu.complaints.actions.intake import Intake
from kesu.complaints.actions.numbers import numbers_from
from kesu.complaints.actions.road import CUSTOMER, STAFF, Road
from kesu.complaints.files import Stored, attachment
from kesu.complaints.models import Attachment, Case, CaseItem, Part
from kesu.complaints.queries.cases import visible_to
from kesu.complaints.storing import insert, together
from kesu.complaints.telling import save_notices
from kesu.complaints.titles import title_of
from kesu.customers.actions import Caller, customers_for
from kesu.customers.phones import clean_phone, phone_fault
from kesu.procedure.acts import ACTS
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused

OLDEST_HEARD = timedelta(days=3660)  # a date beyond ten years back is a slip of the finger


@dataclass
class Ticket:
    """One complaint on its way to be filed, and what became of it."""

    person: Person | None
    intake: Intake
    at: datetime
    files: Sequence[Stored] = ()
    actor: str = ""  # default: staff with a person, else the customer
    case: Case | None = None
    fault: BaseException | None = None
    road: Road | None = field(default=None, repr=False)
    parts: list[Part] = field(default_factory=list, repr=False)

    @property
    def items(self) -> list[tuple[str, str]]:
        """(words, category) of every item that says something."""
        return [(words.strip(), category) for words, category in self.intake.items if words.strip()]


def file_all(tickets: Sequence[Ticket]) -> None:
    """File them all in one transaction. What is refused is set aside with its reason (`fault`) and disturbs nobody else."""
    with transaction.atomic():
        sites = {pk: _site(pk) for pk in {ticket.intake.site_id for ticket in tickets}}
        _find_filed(tickets)
        for ticket in tickets:
            if ticket.case is None:
                _try(ticket, sites[ticket.intake.site_id])
        drafted = [ticket for ticket in tickets if ticket.road is not None]
        if drafted:
            _write(drafted)


def _site(site_id: int) -> Site | None:
    found: list[Site] = ask(_active_site, key=None, site_id=site_id)
    return found[0] if found else None


def _active_site(site_id: int) -> QuerySet[Site]:
    return Site.objects.select_related("company").filter(pk=site_id, active=True)


def _find_filed(tickets: Sequence[Ticket]) -> None:
    keys = {ticket.intake.filed_key for ticket in tickets if ticket.intake.filed_key}
    if not keys:
        return
    known = {(case.filed_key, case.site_id): case for case in Case.objects.filter(filed_key__in=keys)}
    for ticket in tickets:
        ticket.case = known.get((ticket.intake.filed_key, ticket.intake.site_id))


def _try(ticket: Ticket, site: Site | None) -> None:
    try:
        if site is None:
            raise Site.DoesNotExist
        ticket.road = _draft(ticket, site)
    except (Refused, Site.DoesNotExist) as fault:
        ticket.fault = fault


def _draft(ticket: Ticket, site: Site) -> Road:
    """The case, its marks and its journal in memory; the number and the customer come when it is written."""
    version = standing(site.company).version_at(ticket.at)
    pack = pack_of(version)
    _check(ticket.intake, pack, ticket.at)
    road = Road(
        ticket.person,
        ticket.actor or (STAFF if ticket.person else CUSTOMER),
        _case(ticket, site, version, pack),
        pack,
        ACTS["receive"],
        ticket.at,
    )
    _check_person(road, site)
    _check_earlier(ticket.intake, ticket.person, ticket.at)
    _happened(road, ticket)
    return road


def _check(intake: Intake, pack: Pack, at: datetime) -> None:
    if not [words for words, _ in intake.items if words.strip()]:
        raise Refused("no_words", "还没写是什么事，至少写一件", "say what happened: at least one item", field="items")
    if intake.heard_at and intake.heard_at > at:
        raise Refused("future", "听到投诉的时间在将来，请核对", "the complaint cannot have been heard in the future", field="heard_at")
    if intake.heard_at and intake.heard_at < at - OLDEST_HEARD:
        raise Refused("too_old", "听到投诉的时间太早，请核对年份", "the complaint was heard too long ago; check the year", field="heard_at")
    if fault := phone_fault(intake.phone):
        raise Refused("phone", fault[0], fault[1], field="phone")
    if intake.wanted_by and intake.wanted_by < (intake.heard_at or at):
        raise Refused("past", "客户要求的日期已经过去，请核对", "the date the customer asks for is already past", field="wanted_by")
    if pack.find("channels", intake.channel) is None:
        raise Refused("channel", "规程里没有这个来路", "the procedure has no such channel", field="channel")
    wishes.check(intake.tell_by, intake.language)
    for _, category in intake.items:
        if category and pack.find("categories", category) is None:
            raise Refused("category", "规程里没有这个类别", "the procedure has no such category", field="items")


def _case(ticket: Ticket, site: Site, version: int, pack: Pack) -> Case:
    intake, items, phone = ticket.intake, ticket.items, clean_phone(ticket.intake.phone)
    return Case(
        company_id=site.company_id,
        site=site,
        version_id=version,
        token=secrets.token_urlsafe(24),
        filed_key=intake.filed_key or None,
        title=(intake.title.strip() or title_of(words for words, _ in items))[:120],
        channel=intake.channel,
        heard_at=intake.heard_at or ticket.at,
        received_at=ticket.at,
        received_by=ticket.person,
        raw=intake.raw,
        contact_name=intake.name.strip()[:60],
        contact_phone=phone,
        contact_tail=phone[-4:],
        reach=intake.reach.strip()[:200],
        confidential=intake.confidential,
        tell_by=intake.tell_by,
        language=intake.language,
        place=intake.place.strip()[:200],
        happened=intake.happened.strip()[:120],
        against=intake.against.strip()[:200],
        wants=intake.wants.strip(),
        wanted_by=intake.wanted_by,
        category=next((category for _, category in items if category), ""),
        categories=list(dict.fromkeys(category for _, category in items if category)),
        facts={fact: bool(answer) for fact, answer in intake.facts.items() if pack.find("facts", fact)},
        same_as_id=intake.same_as,
    )


def _check_person(road: Road, site: Site) -> None:
    person = road.person
    if person is None:
        return
    if person.pk not in road.standing.people:
        raise Site.DoesNotExist
    road.rights = rights_of(person, road.at, site.company)
    role = road.rights.by_role("receive", site_id=site.pk)
    if role is None and site not in road.rights.sites():
        raise Site.DoesNotExist
    if role is None:
        raise Refused("not_allowed", "您的岗位不能受理投诉", "your role may not receive complaints", act="receive")
    road.role = role


def _check_earlier(intake: Intake, person: Person | None, at: datetime) -> None:
    """A complaint is tied to an earlier one only by somebody who may see that one."""
    if intake.same_as and (person is None or not visible_to(person, at).filter(pk=intake.same_as).exists()):
        raise Refused("same_as", "没有找到要关联的那张投诉单", "the earlier complaint to tie this one to was not found", field="same_as")


def _happened(road: Road, ticket: Ticket) -> None:
    """What happens at the desk: received, and where reception judges or dispatches at once, that too (checked here, written later)."""
    intake, case = ticket.intake, road.case
    stamp = case.heard_at.isoformat()
    case.marks["heard"], case.whole_marks["heard"] = [stamp, stamp], [stamp, stamp]
    road.mark("receive")
    judging.settle(road, intake.nature or road.pack.nature_default().id, case.facts, judged=bool(intake.nature))
    if intake.nature:
        _may_also(road, "judge")
    if intake.consents:
        if road.person:
            _may_also(road, "ask_consent")
        road.mark("ask_consent")
    if intake.lead:
        _may_also(road, "dispatch")
        dispatching.check_departments(road, intake.lead, intake.co)


def _may_also(road: Road, act: str) -> None:
    if road.rights is None or road.rights.by_role(act, site_id=road.case.site_id) is None:
        raise Refused("not_allowed", f"您的岗位不能{ACTS[act].zh}", f"your role may not: {ACTS[act].en.lower()}", act=act)


def _write(tickets: Sequence[Ticket]) -> None:
    roads = [ticket.road for ticket in tickets if ticket.road is not None]
    _give_numbers(roads)
    _give_customers(tickets, roads)
    for ticket, road in zip(tickets, roads, strict=True):
        _journal(road, ticket)
        road.case.step = steps.step_of_case(road.pack, road.case)
    insert([road.case for road in roads])
    _write_parts(tickets, roads)
    begun = [clock for road in roads for clock in clocks.align(road, clocks.Rows(road.parts, [], [], [], [], []))]
    for ticket, road in zip(tickets, roads, strict=True):
        _tell(road, ticket)
        for entry in road.entries:
            entry.case = road.case  # with its new id, and known to whoever hears of it
        for notice in road.notices:
            notice.case_id = road.case.pk
        ticket.case = road.case
    with together():
        insert([row for ticket, road in zip(tickets, roads, strict=True) for row in _items(ticket, road.case)])
        insert([row for ticket, road in zip(tickets, roads, strict=True) for row in _attachments(ticket, road)])
        insert(begun)
        chain.store([entry for road in roads for entry in road.entries])
        save_notices([notice for road in roads for notice in road.notices])


def _give_numbers(roads: Sequence[Road]) -> None:
    """Numbers in the order of filing: one bump of the counter per site and day, in a fixed order so that nobody waits in a circle."""
    groups: dict[tuple[int, date], list[Road]] = defaultdict(list)
    for road in roads:
        groups[road.case.site_id, road.at.astimezone(ZoneInfo(road.case.site.company.zone)).date()].append(road)
    for (_, day), members in sorted(groups.items(), key=lambda group: group[0]):
        numbers = numbers_from(members[0].case.site, members[0].pack.pack.number, day, len(members))
        for road, number in zip(members, numbers, strict=True):
            road.case.number = number


def _give_customers(tickets: Sequence[Ticket], roads: Sequence[Road]) -> None:
    callers = [Caller(road.case.site, t.intake.name, t.intake.phone, t.intake.home, t.at) for t, road in zip(tickets, roads, strict=True)]
    for road, customer in zip(roads, customers_for(callers), strict=True):
        road.case.customer, road.case.home = customer, customer.home if customer else None
    wishes.remember([road.case for road in roads])


def _journal(road: Road, ticket: Ticket) -> None:
    case = road.case
    answered = {"facts": case.facts} if case.facts else {}
    road.journal(channel=case.channel, items=len(ticket.items), heard_at=case.heard_at.isoformat(), title=case.title, **answered)
    consenting.answered(road, ticket.intake.consents)
    if ticket.intake.nature:
        judging.write(road)
    if ticket.intake.lead:
        ticket.parts = dispatching.make_parts(road, ticket.intake.lead, ticket.intake.co)


def _items(ticket: Ticket, case: Case) -> list[CaseItem]:
    return [CaseItem(case=case, n=n, words=words, category=category) for n, (words, category) in enumerate(ticket.items, 1)]


def _write_parts(tickets: Sequence[Ticket], roads: Sequence[Road]) -> None:
    for ticket, road in zip(tickets, roads, strict=True):
        for part in ticket.parts:
            part.case = road.case
        road.parts = ticket.parts
    insert([part for ticket in tickets for part in ticket.parts])


def _attachments(ticket: Ticket, road: Road) -> list[Attachment]:
    theirs, health = ticket.person is None, bool(ticket.intake.consents.get("health"))
    return [attachment(file, road.case, ticket.person, ticket.at, for_customer=theirs, health=health) for file in ticket.files]


def _tell(road: Road, ticket: Ticket) -> None:
    for act, happened in (("receive", True), ("judge", bool(ticket.intake.nature)), ("dispatch", bool(ticket.intake.lead))):
        if happened:
            road.tell_by_pack(act)
    road.tell_what_happened()
