"""Setting up telephone lines, and whether an event really comes from the exchange. Only people whose role opens set-up come here."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

from django.db.models import QuerySet

from kesu.channels.models import PhoneLine
from kesu.channels.sealing import line_key, token
from kesu.channels.settingup import is_signed_with
from kesu.company.models import Person, Site
from kesu.procedure.refused import Refused

PURPOSE = "calls in the address"


def lines(person: Person) -> QuerySet[PhoneLine]:
    """The company's own."""
    return PhoneLine.objects.filter(company_id=person.company_id).select_related("site").order_by("name")


def save_line(person: Person, line: PhoneLine, *, renew: bool = False) -> PhoneLine:
    """Store a line; `renew` makes other secrets and ends the old ones. Raises Refused."""
    if not Site.objects.filter(pk=line.site_id, company_id=person.company_id).exists():
        raise Refused("site", "请选一个服务点", "choose a site", field="site")
    line.company_id = person.company_id
    if PhoneLine.objects.filter(company_id=person.company_id, name=line.name).exclude(pk=line.pk).exists():
        raise Refused("twice", "已经有一条线叫这个名字", "another line has that name", field="name")
    line.turn += renew
    line.save()
    return line


def secret(line: PhoneLine) -> str:
    """What the exchange signs with; never stored, made from the installation's key."""
    return "whsec_" + base64.b64encode(line_key(line.pk, line.turn)).decode()


def plain_secret(line: PhoneLine) -> str:
    """What an exchange that cannot sign carries in the address; weaker, because addresses are written into logs."""
    return token(PURPOSE, f"{line.pk}:{line.turn}", 32)


def is_from_exchange(line: PhoneLine, key: str, signature: tuple[str, str, str], body: bytes, at: datetime) -> bool:
    """Signed just now, or with the secret in its address where the line allows that."""
    if key:
        return line.plain and hmac.compare_digest(key.lower().encode(), plain_secret(line).encode())
    return is_signed_with(line_key(line.pk, line.turn), *signature, body, at)
