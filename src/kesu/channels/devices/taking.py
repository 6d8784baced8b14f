"""A device's messages are taken: kept once each, and an alarm opens a case, or joins the one that is open for its device.

A broken sensor that tells a thousand alarms makes one case, and a note about how many there were every quarter of an hour. All well again
is a note, too: whether the matter is settled, people decide.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from kesu.channels import telling
from kesu.channels.arriving import TOGETHER, keep
from kesu.channels.devices.reading import Alarm, Unread, read_alarm, same
from kesu.channels.models import AlarmTopic, Arrival, Broker, Device
from kesu.complaints import actions
from kesu.complaints.actions.filing import Ticket, file_all
from kesu.complaints.actions.road import SYSTEM
from kesu.complaints.models import Case

DOOR = "device"
NOTE_EVERY = timedelta(minutes=15)  # so often at most a case hears of more alarms of its device
WITHIN = timedelta(hours=1)
MANY = 20  # cases of one topic within that time; the alarms of more devices wait together, except where there is danger

log = logging.getLogger("kesu.devices")


@dataclass(frozen=True)
class Message:
    """As it came."""

    topic: str
    payload: bytes
    retained: bool = False


def take(broker: Broker, messages: list[Message], at: datetime) -> int:
    """Returns how many of them are new. Either all are written or, when something breaks, none."""
    topics = list(AlarmTopic.objects.filter(broker=broker).select_related("site__company").order_by("id"))
    with ThreadPoolExecutor(min(TOGETHER, max(1, len(messages)))) as pool:
        kept = list(pool.map(keep, [message.payload for message in messages]))
    new = 0
    with transaction.atomic():
        Broker.objects.select_for_update(of=("self",)).get(pk=broker.pk)  # messages of one broker one after the other
        for message, digest in zip(messages, kept, strict=True):
            topic = next((row for row in topics if matches(row.filter, message.topic)), None)
            if topic is None:
                log.warning("broker %s: a message of %r, which nobody asked for", broker.pk, message.topic[:200])
                continue
            new += _take(topic, message, digest, at)
        Broker.objects.filter(pk=broker.pk).update(last_in_at=at)
    return new


def matches(pattern: str, topic: str) -> bool:
    """Whether a filter of MQTT takes this topic: `+` is one level, `#` the rest."""
    wanted, levels = pattern.split("/"), topic.split("/")
    for n, level in enumerate(wanted):
        if level == "#":
            return True
        if n >= len(levels) or level not in ("+", levels[n]):
            return False
    return len(wanted) == len(levels)


def _take(topic: AlarmTopic, message: Message, digest: str, at: datetime) -> int:
    zone = topic.site.company.zone
    try:
        alarm = read_alarm(message.topic, message.payload, topic.paths, topic.recovered, zone, at)
    except Unread:
        alarm = None
    copy = same(message.topic, message.payload, alarm, message.retained) or uuid.uuid4().hex
    key = f"{topic.site.company_id}:d{topic.broker_id}:{hashlib.sha256(copy.encode()).hexdigest()}"
    if Arrival.objects.filter(key=key).exists():
        return 0
    row = Arrival(
        company_id=topic.site.company_id,
        site=topic.site,
        door=DOOR,
        channel=topic.channel,
        key=key,
        sha256=digest,
        size=len(message.payload),
        received_at=at,
        heard_at=min(alarm.at, at) if alarm else at,
        sender=f"{topic.name} {alarm.device}"[:320] if alarm else message.topic[:320],
        subject=(_words(alarm) if alarm else message.topic)[:300],
        message_id=message.topic[:998],
    )
    if alarm is None:
        _wait(row, "unread", at)
    else:
        _settle(topic, alarm, row, at)
    row.save()
    return 1


def _words(alarm: Alarm) -> str:
    return "：".join(filter(None, [alarm.kind, alarm.text])) or alarm.id


def _wait(row: Arrival, why: str, at: datetime) -> None:
    """For a person – once: while one of this channel and site waits for the same reason, more of them are kept and listed beside it."""
    lately = Arrival.objects.filter(site=row.site, door=DOOR, channel=row.channel, why=why, state="waiting", received_at__gt=at - WITHIN)
    if lately.exists():
        row.state, row.why, row.done_at = "ignored", "flood", at
        return
    row.state, row.why = "waiting", why
    row.save()
    telling.owe(row, row.site.company, at)


def _settle(topic: AlarmTopic, alarm: Alarm, row: Arrival, at: datetime) -> None:
    device = Device.objects.filter(topic=topic, code=alarm.device).select_related("case").first() or Device(topic=topic, code=alarm.device)
    case = device.case if device.case and device.case.is_open else None
    facts, category = _meant(topic, alarm)
    if alarm.recovered:
        _all_well(device, case, alarm, row, at)
    elif case and all(case.facts.get(fact) for fact in facts):
        _again(device, case, alarm, row, at)
    else:  # none is open, or a danger that the open one does not know of
        _open(topic, device, alarm, row, facts, category, at)


def _meant(topic: AlarmTopic, alarm: Alarm) -> tuple[list[str], str]:
    rule = next((rule for rule in topic.rules if rule["kind"].lower() == alarm.kind.lower()), None)
    return (list(rule["facts"]), rule["category"] or topic.category) if rule else ([], topic.category)


def _open(topic: AlarmTopic, device: Device, alarm: Alarm, row: Arrival, facts: list[str], category: str, at: datetime) -> None:
    lately = Device.objects.filter(topic=topic, case__received_at__gt=at - WITHIN).count()
    if lately >= MANY and not facts:
        _wait(row, "many", at)
        return
    words = f"{topic.name} {device.code} {_words(alarm)}".strip()
    intake = actions.Intake(
        site_id=topic.site_id,
        channel=topic.channel,
        items=[(words, category)],
        heard_at=min(alarm.at, at),
        place=f"{topic.name} {device.code}"[:200],
        raw=words,
        facts=dict.fromkeys(facts, True),
        filed_key=f"device:{row.key}"[:64],
    )
    ticket = Ticket(None, intake, at, actor=SYSTEM)
    file_all([ticket])
    if ticket.case is None:
        log.error("an alarm could not be filed: %s", ticket.fault)
        _wait(row, "refused", at)
        return
    device.case, device.alarms, device.unnoted, device.last_at, device.noted_at = ticket.case, 1, 0, alarm.at, at
    device.last_words = _words(alarm)[:200]
    device.save()
    row.state, row.case, row.done_at = "filed", ticket.case, at
    if alarm.id and _ended_before(row, alarm):
        actions.note(None, ticket.case.pk, words=_well(alarm), actor=SYSTEM, at=at)


def _ended_before(row: Arrival, alarm: Alarm) -> bool:
    """The end of this alarm came before its beginning."""
    broker = row.key.split(":")[1]
    end = hashlib.sha256(f"{alarm.device}\n{alarm.id}\nend".encode()).hexdigest()
    return Arrival.objects.filter(key=f"{row.company_id}:{broker}:{end}").exists()


def _again(device: Device, case: Case, alarm: Alarm, row: Arrival, at: datetime) -> None:
    row.state, row.case, row.done_at = "joined", case, at
    device.alarms, device.unnoted = device.alarms + 1, device.unnoted + 1
    device.last_at, device.last_words = alarm.at, _words(alarm)[:200]
    if device.noted_at is None or device.noted_at <= at - NOTE_EVERY:
        _note(device, at)
    device.save()


def _note(device: Device, at: datetime) -> None:
    assert device.case_id is not None
    words = f"又报警 {device.unnoted} 次，最近一次：{device.last_words}"
    actions.note(None, device.case_id, words=words, actor=SYSTEM, at=at)
    device.unnoted, device.noted_at = 0, at


def note_due(at: datetime) -> int:
    """Tells cases of alarms that came since the last note. Returns how many cases."""
    rows = Device.objects.filter(unnoted__gt=0, noted_at__lte=at - NOTE_EVERY)
    if not rows.exists():
        return 0
    with transaction.atomic():
        due = list(rows.select_for_update(of=("self",)).select_related("case").order_by("id")[:100])
        for device in due:
            if device.case and device.case.erased_at is None:
                _note(device, at)
            device.unnoted = 0
            device.save(update_fields=["unnoted", "noted_at"])
    return len(due)


def _well(alarm: Alarm) -> str:
    return "设备报告恢复正常" + (f"：{_words(alarm)}" if _words(alarm) else "")


def _all_well(device: Device, case: Case | None, alarm: Alarm, row: Arrival, at: datetime) -> None:
    """A note in the open case, each time where it is the first word since the last alarm; nothing is closed by it."""
    row.done_at = at
    if case is None:
        row.state, row.why = "ignored", "recovered"
        return
    row.state, row.case = "joined", case
    told = device.last_words == _well(alarm)[:200]
    if told or (device.noted_at and device.noted_at > at - NOTE_EVERY and device.unnoted):
        device.unnoted += 0 if told else 1
    else:
        actions.note(None, case.pk, words=_well(alarm), actor=SYSTEM, at=at)
    device.last_at, device.last_words = alarm.at, _well(alarm)[:200]
    device.save()
