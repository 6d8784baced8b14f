"""Telephone lines and brokers on the page that says what comes in: when something last came, what is late, what is wrong."""

from __future__ import annotations

from datetime import datetime

from kesu.channels.models import Arrival, Broker, PhoneLine
from kesu.channels.out.health import Line
from kesu.channels.reading import CALL, DEVICE
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


def _only_site(broker: Broker) -> int | None:
    """The site of all its topics; None where they are of several."""
    sites = {topic.site_id for topic in broker.topics.all()}
    return sites.pop() if len(sites) == 1 else None
