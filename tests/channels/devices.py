"""A broker that is set up for the lifts of 榕砚里, and what they say."""

from __future__ import annotations

import json

from tests.cast import Cast

from kesu.channels.devices.taking import Message
from kesu.channels.models import AlarmTopic, Broker

PATHS = {"device": "dev", "alarm": "id", "kind": "kind", "state": "state", "time": "ts", "text": "msg"}


def broker(cast: Cast, **changes: object) -> Broker:
    """Somebody trapped is the pack's first question of extreme danger that knows that word."""
    row = {"company": cast.company, "name": "电梯平台", "host": "127.0.0.1", "port": 1, "secured": "none"}
    found = Broker.objects.create(**(row | changes))
    channel = next(row.id for row in cast.pack.channels if not row.customer)
    trapped = {"kind": "困人", "facts": [trapped_fact(cast)], "category": ""}
    AlarmTopic.objects.create(
        broker=found, site=cast.site, channel=channel, filter="lift/+/alarm", name="电梯", category="lift",
        paths=PATHS, recovered="0,cleared", rules=[trapped],
    )  # fmt: skip
    return found


def trapped_fact(cast: Cast) -> str:
    """The question whether somebody is trapped."""
    return next(fact.id for fact in cast.pack.facts if fact.urgency == "extreme" and any("困" in word for word in fact.words))


def alarm(id: int | str | None = 1, dev: str = "DT-6-2", state: int = 1, **more: object) -> Message:
    """What a lift says."""
    said = {"dev": dev, "state": state, "kind": "门故障", "msg": "轿门关不上", **({} if id is None else {"id": id}), **more}
    return Message(f"lift/{dev}/alarm", json.dumps(said, ensure_ascii=False).encode())
