"""Taking a complaint in: by reception, by the customer's own page, by any door (one function receives)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from kesu.company.models import Person, Site
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints.actions import clocks, dispatching, judging, steps
from kesu.complaints.actions.numbers import next_number
from kesu.complaints.actions.road import CUSTOMER, STAFF, Road, begin
from kesu.complaints.files import Upload, keep
from kesu.complaints.models import Case, CaseItem, JournalEntry, Part
from kesu.complaints.telling import save_notices
from kesu.customers.actions import customer_for
from kesu.customers.phones import clean_phone, phone_fault
from kesu.procedure.acts import ACTS
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused

TITLE_LENGTH = 40
OLDEST_HEARD = timedelta(days=3660)  # a date beyond ten years back is a slip of the finger


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


def receive(person: Person | None, intake: Intake, at: datetime) -> Case:
    """Record a complaint, number it, start its clocks; judge and dispatch at once when the intake says so.

    Rules P-1, P-6, M-3. Raises Refused (field named) for what cannot be right; Site.DoesNotExist for a site not theirs.
    The same `filed_key` again returns the case that the first sending filed.
    """
    with transaction.atomic():
        site = Site.objects.select_related("company").get(pk=intake.site_id, active=True)
        if intake.filed_key and (known := Case.objects.filter(company_id=site.company_id, filed_key=intake.filed_key).first()):
            return known
        version = standing(site.company).version_at(at)
        pack = pack_of(version)
        _check(intake, pack, at)
        road = _road(person, site, version, intake, at)
        _file(road, intake)
        return road.case


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
        raise Refused("past", "住户要求的日期已经过去，请核对", "the date the customer asks for is already past", field="wanted_by")
    if pack.find("channels", intake.channel) is None:
        raise Refused("channel", "规程里没有这个来路", "the procedure has no such channel", field="channel")
    for _, category in intake.items:
        if category and pack.find("categories", category) is None:
            raise Refused("category", "规程里没有这个类别", "the procedure has no such category", field="items")


def _road(person: Person | None, site: Site, version: int, intake: Intake, at: datetime) -> Road:
    pack = pack_of(version)
    customer = customer_for(site, name=intake.name, phone=intake.phone, home=intake.home, at=at)
    phone = clean_phone(intake.phone)
    items = [(words.strip(), category) for words, category in intake.items if words.strip()]
    case = Case(
        company_id=site.company_id,
        site=site,
        version_id=version,
        token=secrets.token_urlsafe(24),
        filed_key=intake.filed_key or None,
        title=(intake.title.strip() or _title(items[0][0])),
        channel=intake.channel,
        heard_at=intake.heard_at or at,
        received_at=at,
        received_by=person,
        raw=intake.raw,
        customer=customer,
        home=customer.home if customer else None,
        contact_name=intake.name.strip(),
        contact_phone=phone,
        contact_tail=phone[-4:],
        reach=intake.reach.strip(),
        confidential=intake.confidential,
        place=intake.place.strip(),
        happened=intake.happened.strip(),
        against=intake.against.strip(),
        wants=intake.wants.strip(),
        wanted_by=intake.wanted_by,
        category=items[0][1],
        categories=list(dict.fromkeys(category for _, category in items if category)),
        facts={fact: bool(answer) for fact, answer in intake.facts.items() if pack.find("facts", fact)},
        same_as_id=intake.same_as,
    )
    road = Road(person, STAFF if person else CUSTOMER, case, pack, ACTS["receive"], at)
    if person:
        if person.pk not in road.standing.people:
            raise Site.DoesNotExist
        road.rights = rights_of(person, at, site.company)
        role = road.rights.by_role("receive", site_id=site.pk)
        if role is None and site not in road.rights.sites():
            raise Site.DoesNotExist
        if role is None:
            raise Refused("not_allowed", "您的岗位不能受理投诉", "your role may not receive complaints", act="receive")
        road.role = role
    return road


def _title(words: str) -> str:
    first = next((line.strip() for line in words.splitlines() if line.strip()), words)
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"


def _file(road: Road, intake: Intake) -> None:
    """Everything in memory first, so that a new case costs one insert per table and no update."""
    case, items = road.case, [(words.strip(), category) for words, category in intake.items if words.strip()]
    case.number = next_number(case.site, road.pack.pack.number, road.at)
    _mark_heard(road)
    road.mark("receive")
    judging.settle(road, intake.nature or road.pack.nature_default().id, case.facts, judged=False)
    road.journal(channel=case.channel, items=len(items), heard_at=case.heard_at.isoformat(), title=case.title)
    if intake.nature:
        _may_also(road, "judge")
        judging.settle(road, intake.nature, case.facts, judged=True)
        judging.write(road)
    parts = _dispatch(road, intake)
    case.step = steps.step_of_case(road.pack, case)
    case.save(force_insert=True)
    CaseItem.objects.bulk_create([CaseItem(case=case, n=n, words=words, category=category) for n, (words, category) in enumerate(items, 1)])
    for upload in intake.uploads:
        keep(upload, case, road.person, road.at, for_customer=road.person is None)
    road.parts = Part.objects.bulk_create(parts)
    clocks.align(road, clocks.Rows(road.parts, [], [], [], [], []))
    for act, happened in (("receive", True), ("judge", bool(intake.nature)), ("dispatch", bool(intake.lead))):
        if happened:
            road.tell_by_pack(act)
    for entry in road.entries:
        entry.case_id = case.pk
    JournalEntry.objects.bulk_create(road.entries)
    for notice in road.notices:
        notice.case_id = case.pk
    save_notices(road.notices)


def _mark_heard(road: Road) -> None:
    stamp = road.case.heard_at.isoformat()
    road.case.marks["heard"] = [stamp, stamp]
    road.case.whole_marks["heard"] = [stamp, stamp]


def _may_also(road: Road, act: str) -> None:
    if road.rights is None or road.rights.by_role(act, site_id=road.case.site_id) is None:
        raise Refused("not_allowed", f"您的岗位不能{ACTS[act].zh}", f"your role may not: {ACTS[act].en.lower()}", act=act)


def _dispatch(road: Road, intake: Intake) -> list[Part]:
    if not intake.lead:
        return []
    _may_also(road, "dispatch")
    return dispatching.make_parts(road, intake.lead, intake.co)


def acknowledge(person: Person, case_id: int, *, channel: str, words: str = "", at: datetime) -> Case:
    """The customer was told that the complaint has been taken in (H-1, ISO 10002 7.4)."""
    with begin(person, case_id, "acknowledge", at) as road:
        road.journal(channel=channel, words=words.strip())
    return road.case
