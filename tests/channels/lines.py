"""A telephone line for the tests, and its exchange."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from standardwebhooks.webhooks import Webhook
from tests.cast import Cast

from kesu.channels.calls import lines
from kesu.channels.models import PhoneLine
from kesu.config.now import now


def line(cast: Cast, **changes: object) -> PhoneLine:
    """The hotline of 榕砚里; its channel is the pack's own."""
    channel = next(row.id for row in cast.pack.channels if row.name == "客服电话")
    row = {"company": cast.company, "site": cast.site, "name": "客服热线", "channel": channel}
    return PhoneLine.objects.create(**(row | changes))


def tell(row: PhoneLine, event: str, call: str = "1001", id: str = "msg_1", at: datetime | None = None, **more: Any) -> Any:
    """The exchange tells of a call, signed; the public library is the witness of the signature."""
    body, sent = json.dumps({"event": event, "call": call, "from": "+86 138 0000 6021", **more}), at or now()
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(lines.secret(row)).sign(id, sent, body),
    }
    return Client().post(reverse("tell_call", args=[row.pk]), body, content_type="application/json", headers=headers)
