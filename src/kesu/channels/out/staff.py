"""Telling people of the company beside what they see in Kesu: what is urgent, at which hours the rest leaves, how much goes at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from kesu.channels.models import OutAccount, Outgoing
from kesu.channels.out import sms, texts
from kesu.company.procedures import pack_of
from kesu.complaints.models import Notice
from kesu.complaints.notice_words import own_page, words_of
from kesu.complaints.storing import insert_unless_there
from kesu.procedure.pack import Pack
from kesu.procedure.telling import after_quiet

LATELY = timedelta(hours=1)  # an urgent message that comes later than that is none


def is_urgent(notice: Notice, pack: Pack) -> bool:
    """Whether it waits for no hour and no window."""
    rule = pack.telling.staff
    return notice.kind in rule.urgent or bool(notice.case and notice.case.grade in rule.urgent_grades)


def after_hours(pack: Pack, at: datetime) -> datetime:
    """When what is not urgent may leave: `at`, or when the quiet hours of staff end."""
    return after_quiet(pack.telling.staff.quiet, at, pack.pack.zone)


def tell_urgent(at: datetime) -> int:
    """A chore: text messages about urgent things to those who have a mobile number, where the procedure wants them. Returns how many."""
    companies = set(OutAccount.objects.filter(active=True, means=sms.ID).values_list("company_id", flat=True))
    if not companies:
        return 0
    rows = Notice.objects.filter(company__in=companies, at__gt=at - LATELY, at__lte=at, case__isnull=False, person__is_active=True)
    rows = rows.exclude(person__phone="").select_related("person", "case__site__company")
    wanted = {f"staff:{row.key}": row for row in rows if _wanted(row)}
    known = set(Outgoing.objects.filter(key__in=wanted).values_list("key", flat=True))
    return sum(_tell(key, row, at) for key, row in wanted.items() if key not in known)


def _wanted(row: Notice) -> bool:
    assert row.case is not None
    pack = pack_of(row.case.version_id)
    return sms.ID in pack.telling.staff.urgent_by and sms.is_mobile(row.person.phone) and is_urgent(row, pack) and not own_page(row)


def _tell(key: str, notice: Notice, at: datetime) -> int:
    case, language = notice.case, notice.person.language
    assert case is not None
    account = sms.account_for(case.company_id, case.site_id)
    link = f"{settings.BASE_URL}/cases/{case.number}/" if settings.BASE_URL else ""
    bare = Notice(case=case, kind=notice.kind, data={name: value for name, value in notice.data.items() if name in ("obligation", "due")})
    values = {"number": case.number, "site": case.site.name, "company": case.site.company.name, "link": link}
    values["title"] = texts.short(words_of(bare, language).title)
    payload = sms.payload(account, texts.STAFF, language, values)
    if payload is None or account is None:
        return 0
    row = Outgoing(company_id=case.company_id, case=case, person=notice.person, account=account, means=sms.ID, kind=texts.STAFF)
    row.topic, row.key, row.address, row.language, row.payload = key, key, notice.person.phone, language, payload
    row.urgent, row.at, row.next_at = True, at, at
    insert_unless_there([row])
    return 1
