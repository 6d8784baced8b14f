"""Alarms of devices: a case once, its device's further alarms in it, storms, ends that come first, a broker that flaps."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.channels.devices import PATHS, alarm, broker, trapped_fact
from tests.web.test_arrivals import signed_in

from kesu.channels import deciding
from kesu.channels.devices import broker as lines
from kesu.channels.devices import listening
from kesu.channels.devices.taking import MANY, NOTE_EVERY, Message, matches, note_due, take
from kesu.channels.models import AlarmTopic, Arrival, Broker, Device
from kesu.channels.sealing import unseal
from kesu.complaints.models import Case, JournalEntry, Notice
from kesu.config import testmosquitto
from kesu.config.testmosquitto import MqttServer

pytestmark = pytest.mark.django_db
NEVER = threading.Event()


def notes(case: Case) -> list[str]:
    return [entry.data["words"] for entry in JournalEntry.objects.filter(case=case, act="note").order_by("n")]


def test_an_alarm_opens_a_case_and_the_next_ones_join_it(cast: Cast, at: datetime) -> None:
    row = broker(cast)
    assert take(row, [alarm(1), alarm(1)], at) == 1 and take(row, [alarm(1)], at) == 0
    case = Case.objects.get()
    first = JournalEntry.objects.get(case=case, act="receive")
    assert (first.actor, case.site, case.category, case.received_by) == ("system", cast.site, "lift", None)
    assert "门故障：轿门关不上" in case.items.get().words and "DT-6-2" in case.place
    take(row, [alarm(2)], at + NOTE_EVERY)
    take(row, [alarm(9, dev="DT-6-1")], at)
    assert Case.objects.count() == 2 and notes(case) == ["又报警 1 次，最近一次：门故障：轿门关不上"]
    assert set(Arrival.objects.values_list("state", flat=True)) == {"filed", "joined"}


def test_a_thousand_alarms_of_a_broken_sensor_are_one_case_and_few_notices(cast: Cast, at: datetime) -> None:
    row = broker(cast)
    storm = [alarm(n) for n in range(200)] + [alarm(None) for _ in range(800)]
    random.Random(6).shuffle(storm)
    for n in range(0, 1000, 100):
        take(row, storm[n : n + 100], at + timedelta(seconds=n // 2))
    case = Case.objects.get()
    told = Notice.objects.count()
    assert Arrival.objects.count() == 1000 and notes(case) == [] and told < 10
    assert note_due(at + NOTE_EVERY) == 1 and note_due(at + NOTE_EVERY) == 0
    assert notes(case) == ["又报警 999 次，最近一次：门故障：轿门关不上"] and Notice.objects.count() <= told + 2


def test_somebody_trapped_is_danger_even_while_a_smaller_matter_is_open(cast: Cast, at: datetime) -> None:
    row, fact = broker(cast), trapped_fact(cast)
    take(row, [alarm(1)], at)
    take(row, [alarm(2, kind="困人", msg="轿厢内有人"), alarm(3, kind="困人")], at + timedelta(minutes=1))
    small, grave = Case.objects.order_by("id")
    assert not small.facts and grave.facts == {fact: True} and Device.objects.get().case == grave
    assert Notice.objects.filter(case=grave).count() > Notice.objects.filter(case=small).count()  # whoever is on duty, day and night


def test_all_well_again_is_a_note_and_closes_nothing(cast: Cast, at: datetime) -> None:
    row = broker(cast)
    take(row, [alarm(1), alarm(1, state=0), alarm(1, state=0)], at)
    case = Case.objects.get()
    assert case.is_open and notes(case) == ["设备报告恢复正常：门故障：轿门关不上"]
    take(row, [alarm(7, dev="DT-1-1", state=0)], at)
    assert Arrival.objects.get(state="ignored").why == "recovered"
    take(row, [alarm(7, dev="DT-1-1")], at)  # its beginning comes after its end
    late = Case.objects.latest("id")
    assert late.is_open and notes(late) == ["设备报告恢复正常：门故障：轿门关不上"]


def test_what_names_no_device_and_too_many_devices_wait_once(cast: Cast, at: datetime) -> None:
    row = broker(cast)
    take(row, [Message("lift/x/alarm", b"\xff\0" + bytes([n])) for n in range(30)], at)
    assert [one.why for one in Arrival.objects.filter(state="waiting")] == ["unread"] and Arrival.objects.filter(why="flood").count() == 29
    take(row, [alarm(n, dev=f"DT-{n}") for n in range(MANY + 10)], at)
    assert Case.objects.count() == MANY and Arrival.objects.get(state="waiting", why="many")
    take(row, [alarm(n, dev=f"DT-x{n}", kind="困人") for n in range(3)], at)
    assert Case.objects.count() == MANY + 3  # where somebody may be trapped nothing waits
    assert Notice.objects.filter(kind="alarm").values("key").distinct().count() <= 4
    page = signed_in(cast.fang_jing).get(reverse("arrival", args=[Arrival.objects.filter(state="waiting").earliest("id").pk]))
    case, unread = Case.objects.earliest("id"), Arrival.objects.get(state="waiting", why="unread")
    deciding.join(cast.fang_jing, unread.pk, number=case.number, at=at)
    assert JournalEntry.objects.filter(case=case).latest("n").actor == "system"
    assert page.status_code == 200 and "lift/x/alarm" in page.content.decode()


@pytest.mark.parametrize(
    ("pattern", "topic", "well"),
    [
        ("a/+/c", "a/b/c", True),
        ("a/+", "a/b/c", False),
        ("a/#", "a/b/c", True),
        ("#", "a", True),
        ("a/b", "a", False),
        ("a/#", "b/a", False),
    ],
)
def test_filters(pattern: str, topic: str, well: bool) -> None:
    assert matches(pattern, topic) is well


@pytest.fixture(scope="module")
def mqtt() -> Iterator[MqttServer]:
    """Mosquitto, which keeps its sessions on disk."""
    with testmosquitto.server() as running:
        yield running


def publish(mqtt: MqttServer, *messages: Message) -> None:
    from paho.mqtt.publish import multiple

    multiple([{"topic": one.topic, "payload": one.payload, "qos": 1} for one in messages], hostname="127.0.0.1", port=mqtt.port)


def listen(row: Broker, at: datetime) -> int:
    return listening.listen(row.pk, NEVER, lambda: at, rest=0.6)


def test_what_was_sent_while_we_were_away_arrives_once(mqtt: MqttServer, cast: Cast, at: datetime) -> None:
    row = broker(cast, port=mqtt.port)
    assert listen(row, at) == 0  # from now on the broker keeps what comes
    publish(mqtt, *[alarm(n, dev=f"DT-{n % 3}") for n in range(120)], alarm(5, dev="DT-2"))
    assert listen(row, at) == 120 and listen(row, at) == 0
    assert (Case.objects.count(), Arrival.objects.count()) == (3, 120)
    row.refresh_from_db()
    assert (row.failures, row.fault, row.lease, row.subscribed) == (0, "", "", ["lift/+/alarm"])


def test_killed_before_it_is_written_it_comes_again(mqtt: MqttServer, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        """As by kill -9."""

    def killed(*_: object) -> int:
        raise KilledError

    row = broker(cast, port=mqtt.port, name="停电时")
    listen(row, at)
    publish(mqtt, alarm("k1"), alarm("k2"))
    with monkeypatch.context() as patch:
        patch.setattr(listening, "take", killed)
        with pytest.raises(KilledError):
            listen(row, at)
    assert not Arrival.objects.exists() and listen(row, at) == 0  # the dead one's lease still holds
    assert listen(row, at + listening.LEASE) == 2


def test_a_broker_that_flaps_loses_nothing_and_doubles_nothing(mqtt: MqttServer, cast: Cast, at: datetime) -> None:
    """Cut off in the middle again and again, killed and started again; duplicates and ends before beginnings."""
    row = broker(cast, port=mqtt.port, name="时断时续")
    listen(row, at)
    messages = [alarm(f"f{n}", dev=f"F-{n % 4}", state=state) for n in range(60) for state in (1, 0)]
    random.Random(7).shuffle(messages)
    for n in (0, 60):
        publish(mqtt, *messages[n : n + 60], *messages[n : n + 5])
        time.sleep(0.3)  # the broker writes its state within a second of a change
        over = threading.Event()
        cut = threading.Timer(0.15, over.set)
        cut.start()
        listening.listen(row.pk, over, lambda: at, rest=0.5)
        time.sleep(1.2)
        mqtt.stop()
        assert listen(row, at) == 0
        row.refresh_from_db()
        assert row.fault and row.next_try_at and row.next_try_at > at
        mqtt.start()
    listen(row, at)
    assert Arrival.objects.filter(door="device").count() == 120
    assert {Case.objects.filter(place__endswith=f"F-{n}").count() for n in range(4)} == {1}
    assert all(case.is_open for case in Case.objects.all())


def test_the_test_button_listens_and_takes_nothing(mqtt: MqttServer, cast: Cast, at: datetime) -> None:
    row = broker(cast, port=mqtt.port, name="试")
    listen(row, at)
    publish(mqtt, alarm("t1"))
    timer = threading.Timer(0.5, publish, args=(mqtt, alarm("t2")))
    timer.start()
    steps = lines.tried(row, ["lift/+/alarm"])
    assert all(well for well, _ in steps) and '"id": "t2"' in steps[-1][1]
    assert listen(row, at) == 2  # both are still there for the worker
    row.port = 1
    assert lines.tried(row, [])[-1][0] is False
    connection.close()


def test_a_broker_is_set_up_and_its_password_is_shown_to_nobody(cast: Cast) -> None:
    client: Client = signed_in(cast.tang_qing)
    data = {"name": "电梯平台", "host": "mqtt.heyan.example", "port": 8883, "secured": "tls", "login": "kesu", "password": "very-secret-1"}
    assert client.post(reverse("setup_new_broker"), data | {"active": "on", "do": "save"}).status_code == 302
    row = Broker.objects.get()
    assert unseal(row.sealed) == "very-secret-1"
    url = reverse("setup_broker", args=[row.pk])
    assert "very-secret" not in client.get(url).content.decode()
    client.post(url, data | {"password": "", "host": "evil.example", "do": "save"})
    row.refresh_from_db()
    assert row.sealed == ""
    channel = next(one.id for one in cast.pack.channels if not one.customer)
    fact = next(one for one in cast.pack.facts if one.id == trapped_fact(cast))
    topic = {"filter": "lift/+/alarm", "name": "电梯", "site": cast.site.pk, "channel": channel, "category": "lift", "recovered": "0"}
    topic |= {what: PATHS[what] for what in PATHS} | {"rules": f"困人 = {fact.id}\n门故障 ="}
    new = reverse("setup_new_topic", args=[row.pk])
    assert client.post(new, topic | {"rules": "困人 = no_such_thing"}).status_code == 422
    assert client.post(new, topic | {"filter": "lift/#/x"}).status_code == 422
    assert client.post(new, topic | {"device": ""}).status_code == 422
    assert client.post(new, topic).status_code == 302
    found = AlarmTopic.objects.get()
    assert found.paths == PATHS and found.rules[0] == {"kind": "困人", "facts": [fact.id], "category": ""}
    edit = reverse("setup_topic", args=[row.pk, found.pk])
    page = client.post(edit, topic | {"do": "try", "sample": '{"dev": "A1", "state": 0, "kind": "困人"}', "sample_topic": "lift/A1/alarm"})
    assert "A1" in page.content.decode() and "恢复正常" in page.content.decode()
    assert client.post(edit, {"do": "drop"}).status_code == 302 and not AlarmTopic.objects.exists()
    assert signed_in(cast.fang_jing).get(url).status_code == 404
