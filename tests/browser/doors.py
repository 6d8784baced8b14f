"""What the pages of the other doors show: each made once, however often it is asked for."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from kesu.channels.calls.events import Told
from kesu.channels.calls.taking import take
from kesu.channels.devices.taking import Message
from kesu.channels.devices.taking import take as take_alarms
from kesu.channels.models import Arrival, Broker, Call, PaperPage, PhoneLine
from kesu.channels.paper.fields import labels_of
from kesu.channels.paper.keeping import keep_paper
from kesu.channels.paper.placing import boxes, proposed
from kesu.complaints.files import Upload
from kesu.complaints.models import Case
from tests.browser.house import House
from tests.channels.devices import alarm, broker
from tests.channels.lines import line
from tests.web.blank_form import blank_form


def telephone(house: House, case: Case) -> dict[str, int]:
    """A line, a call that belongs to a case and has a recording, and one number that called three times and was not heard."""
    found = PhoneLine.objects.filter(company=house.cast.company).first()
    if found is None:
        found, at = line(house.cast, number="4000001007", plain=True), house.at
        for event, ago in (("started", 30), ("answered", 29), ("ended", 21)):
            recording = "https://pbx.heyan.example/rec/20261120-1401.mp3" if event == "ended" else ""
            take(found, Told(event, "1", "13900001007", False, at - timedelta(minutes=ago), "8002 方静", recording), at)
        Call.objects.filter(call_id="1").update(case=case)
        for n in range(3):
            take(found, Told("missed", f"m{n}", "13800006021", False, at - timedelta(minutes=9 - n)), at)
    task = Arrival.objects.get(door="call", company=house.cast.company)
    return {"line": found.pk, "call": Call.objects.get(call_id="1").pk, "task": task.pk}


def devices(house: House) -> dict[str, list[int]]:
    """A broker with trouble, an alarm of a lift, a message that nobody could read."""
    found = Broker.objects.filter(company=house.cast.company).first()
    if found is None:
        found = broker(house.cast, host="mqtt.heyan.example", login="kesu", fault="Not authorized")
        take_alarms(found, [alarm("b1", dev="DT-3-1"), Message("lift/DT-3-2/alarm", b'{"code": 17}')], house.at)
    task = Arrival.objects.get(door="device", company=house.cast.company, state="waiting")
    return {"broker": [found.pk], "topic": [found.pk, found.topics.get().pk], "unread": [task.pk]}


def paper(house: House) -> int:
    """A form that was photographed and read."""
    cast, data = house.cast, blank_form(house.cast)
    channel = next(row.id for row in cast.pack.channels if row.name == "书信")
    row = keep_paper(cast.fang_jing, cast.site.pk, channel, [Upload("意见表.png", len(data), [data])], house.at)
    found = json.loads((Path(__file__).parents[1] / "data/paper_form.json").read_text(encoding="utf-8"))
    PaperPage.objects.filter(arrival=row).update(read_at=house.at, said=proposed(boxes(found), labels_of(cast.pack)))
    return row.pk
