"""What the groups of staff are told by their robots: what people are told in Kesu anyway, once per group, together, at decent hours.

No word that a customer said, no name, no number, no address: which case (record of corrective action, warning), how serious, what is owed
by when, and the link.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from kesu.channels.models import GroupLine, OutAccount, Outgoing
from kesu.channels.out import robots
from kesu.channels.out.staff import after_hours, is_urgent
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints import journals
from kesu.complaints.journals import Glance, Kind
from kesu.complaints.models import Notice
from kesu.complaints.notice_words import OWN_PAGE, words_of
from kesu.complaints.storing import insert_unless_there
from kesu.procedure.pack import Pack

LATELY = timedelta(hours=18)  # what happened in a long night is told in the morning; older things are no news
MOST = 60  # things looked at for one message
TITLE = ("客诉：{n} 件事要看", "Complaints: {n} to look at")
MORE = ("还有 {n} 件，请到客诉里看", "{n} more: see Kesu")


def tell_groups(at: datetime) -> int:
    """A chore: writes one message for each group that has something new. Returns how many."""
    accounts = OutAccount.objects.filter(active=True, means__in=robots.NAMES).select_related("company", "department")
    return sum(_tell(account, at) for account in accounts)


def _tell(account: OutAccount, at: datetime) -> int:
    pack = pack_of(standing(account.company).version_at(at))
    if not (things := _new(account, pack, at)):
        return 0
    with transaction.atomic():
        OutAccount.objects.select_for_update().get(pk=account.pk)  # two workers one after the other
        told = set(GroupLine.objects.filter(account=account, thing__in=things).values_list("thing", flat=True))
        fresh = {thing: notice for thing, notice in things.items() if thing not in told}
        now = fresh if _may_go(account, pack, at) else {key: one for key, one in fresh.items() if is_urgent(one, pack)}
        if not now:
            return 0
        insert_unless_there([GroupLine(account=account, thing=thing, at=at) for thing in now])
        GroupLine.objects.filter(account=account, at__lt=at - 2 * LATELY).delete()  # what nobody would tell again anyway
        _write(account, pack, list(now.values()), at)
    return 1


def _new(account: OutAccount, pack: Pack, at: datetime) -> dict[str, Notice]:
    """Thing → one of its notices, oldest first."""
    since = max(at - LATELY, account.since or at)
    rows = Notice.objects.filter(company_id=account.company_id, at__gte=since, at__lte=at).exclude(kind__in=OWN_PAGE)
    theirs = Q(case__isnull=False)
    if account.site_id:
        theirs &= Q(case__site_id=account.site_id)
    if account.department_id:
        theirs &= Q(case__department_id=account.department_id) | Q(case__parts__department_id=account.department_id)
    other = Q(case__isnull=True, data__has_any_keys=[kind.name for kind in journals.kinds.values() if kind.chats])
    rows = rows.filter(theirs | other)
    if account.department_id:
        rows = rows.distinct()
    told = GroupLine.objects.filter(account=account, at__gte=since - timedelta(minutes=5)).values_list("thing", flat=True)
    known = set(told)
    found: dict[str, Notice] = {}
    for notice in rows.select_related("case__site__company", "company").order_by("id"):
        thing = notice.key.rpartition(":")[0]
        if thing in known or thing in found or "inquiry" in notice.data or len(found) >= MOST:
            continue
        if notice.case_id or _concerns(account, subject_of(notice)):
            found[thing] = notice
    return found


def subject_of(notice: Notice) -> tuple[Kind, Glance] | None:
    """The record or warning that a notice without a case is about; None when there is none any more."""
    for kind in journals.kinds.values():
        if kind.chats and kind.name in notice.data:
            row = kind.found(notice.company_id, notice.data[kind.name])
            return (kind, kind.glance(row)) if row is not None else None
    return None


def _concerns(account: OutAccount, subject: tuple[Kind, Glance] | None) -> bool:
    """A group of a site hears of what lies at its site, one of a department of what that has to do with; the company's hears all."""
    if subject is None:
        return False
    seen = subject[1]
    if account.department_id:
        return account.department_id in seen.departments
    return not account.site_id or account.site_id in seen.sites


def _may_go(account: OutAccount, pack: Pack, at: datetime) -> bool:
    """Not in quiet hours, and not right after another message."""
    if after_hours(pack, at) > at:
        return False
    window = pack.telling.staff.pause
    return not (window and Outgoing.objects.filter(account=account, at__gt=at - window).exists())


def _write(account: OutAccount, pack: Pack, notices: list[Notice], at: datetime) -> None:
    language = str(account.settings.get("language") or "zh-hans")
    zh = language.startswith("zh")
    title = TITLE[0 if zh else 1].replace("{n}", str(len(notices)))
    payload = robots.payload(title, [line_of(notice, language) for notice in notices], MORE[0 if zh else 1], language)
    key = f"group:{account.pk}:{notices[-1].pk}"
    row = Outgoing(company_id=account.company_id, account=account, means=account.means, kind="group", topic=key, key=key, at=at)
    row.language, row.payload, row.next_at, row.urgent = language, payload, at, any(is_urgent(one, pack) for one in notices)
    insert_unless_there([row])


def line_of(notice: Notice, language: str) -> tuple[str, str]:
    """(what happened to which case, its page): nothing of what anybody said."""
    case = notice.case
    if case is None:
        return _line_of_other(notice, language)
    zh, pack = language.startswith("zh"), pack_of(case.version_id)
    about = [pack.label("grades", case.grade, language), pack.label("categories", case.category, language), case.site.name]
    bare = Notice(case=case, kind=notice.kind, data={key: value for key, value in notice.data.items() if key in ("obligation", "due")})
    title = words_of(bare, language).title
    words = (
        f"{title}：{case.number}（{'，'.join(filter(None, about))}）"
        if zh
        else f"{title}: {case.number} ({', '.join(filter(None, about))})"
    )
    return words, f"{settings.BASE_URL}/cases/{case.number}/" if settings.BASE_URL else ""


def _line_of_other(notice: Notice, language: str) -> tuple[str, str]:
    """The same of a record or a warning: its title may hold words of the complaint, so only its number and place are said."""
    subject = subject_of(notice)
    if subject is None:
        return words_of(Notice(kind=notice.kind), language).title, ""
    zh, (kind, seen) = language.startswith("zh"), subject
    sites = standing(notice.company).sites
    about = [kind.label(language), *(sites[site].name for site in seen.sites if site in sites)]
    known = {key: value for key, value in notice.data.items() if key in ("name", "name_en", "due")}
    title = words_of(Notice(kind=notice.kind, data=known), language).title
    words = f"{title}：{seen.number}（{'，'.join(about)}）" if zh else f"{title}: {seen.number} ({', '.join(about)})"
    return words, f"{settings.BASE_URL}{seen.path}" if settings.BASE_URL else ""
