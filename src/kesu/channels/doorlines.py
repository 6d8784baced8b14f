"""WeChat accounts, telephone lines and brokers on the page that says what comes in: when something last came, what is late or wrong."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max, Q

from kesu.channels.models import Arrival, Broker, OfficialAccount, Outgoing, PhoneLine
from kesu.channels.out.health import LATELY, Line
from kesu.channels.reading import CALL, DEVICE
from kesu.channels.wechat.arriving import WECHAT
from kesu.company.models import Company


def door_lines(company: Company, at: datetime) -> list[Line]:
    """One line for each."""
    late = Arrival.objects.filter(company=company, state="waiting", due_at__lte=at)
    telephones = list(PhoneLine.objects.filter(company=company).order_by("name"))
    brokers = list(Broker.objects.filter(company=company).prefetch_related("topics").order_by("name"))
    calls = late.filter(door=CALL).count() if telephones else 0
    alarms = late.filter(door=DEVICE).count() if brokers else 0
    found = [
        Line(
            (f"电话　{row.name}", f"Telephone: {row.name}"),
            last_in=row.last_in_at,
            stuck=calls if n == 0 else 0,
            fault=row.fault,
            active=row.active,
            url=("setup_line", row.pk),
            site_id=row.site_id,
        )
        for n, row in enumerate(telephones)
    ]
    found += _official(company, at)
    return found + [
        Line(
            (f"设备　{row.name}", f"Devices: {row.name}"),
            last_in=row.last_in_at,
            stuck=alarms if n == 0 else 0,
            fault=row.fault,
            active=row.active,
            url=("setup_broker", row.pk),
            site_id=_only_site(row),
        )
        for n, row in enumerate(brokers)
    ]


def _official(company: Company, at: datetime) -> list[Line]:
    """Accounts of WeChat. What went out is counted for the company: a follower belongs to one account, a message to its case."""
    rows = list(OfficialAccount.objects.filter(company=company).order_by("name", "id"))
    if not rows:
        return []
    lately = Outgoing.objects.filter(company=company, means=WECHAT, at__gt=at - LATELY)
    sent = lately.aggregate(last=Max("sent_at"), stuck=Count("pk", filter=Q(stuck_at__isnull=False)))
    return [
        Line(
            (f"微信　{row.name}", f"WeChat: {row.name}"),
            last_in=row.last_in_at,
            last_out=sent["last"] if n == 0 else None,
            stuck=sent["stuck"] if n == 0 else 0,
            fault=row.fault,
            active=row.active,
            url=("setup_wechat_account", row.pk),
            site_id=row.site_id,
        )
        for n, row in enumerate(rows)
    ]


def _only_site(broker: Broker) -> int | None:
    """The site of all its topics; None where they are of several."""
    sites = {topic.site_id for topic in broker.topics.all()}
    return sites.pop() if len(sites) == 1 else None
