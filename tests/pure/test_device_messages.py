"""What devices say, by where set-up says each thing stands; which topics a filter takes; what two copies have in common."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kesu.channels.devices.reading import Unread, read_alarm, same

AT = datetime(2026, 11, 20, 14, 32, tzinfo=ZoneInfo("Asia/Shanghai"))
PATHS = {"device": "dev", "alarm": "alarm.id", "kind": "alarm.kind", "state": "alarm.state", "time": "ts", "text": "msg"}
FULL = '{"dev": "DT-6-2", "alarm": {"id": 91, "kind": "困人", "state": 1}, "ts": 1763620320, "msg": "轿厢内有人"}'


def read(payload: bytes, topic: str = "lift/RY/6-2/alarm", **paths: str):  # type: ignore[no-untyped-def]
    return read_alarm(topic, payload, PATHS | paths, "0, cleared，恢复", "Asia/Shanghai", AT)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030"])
def test_everything_stands_where_set_up_says(charset: str) -> None:
    found = read(FULL.encode(charset).replace(b"1763620320", str(int(AT.timestamp())).encode()))
    assert (found.device, found.id, found.kind, found.recovered, found.at) == ("DT-6-2", "91", "困人", False, AT)
    assert (found.timed, found.text) == (True, "轿厢内有人")


@pytest.mark.parametrize("state", ["0", '"cleared"', '"Cleared"', '"恢复"'])
def test_words_for_all_well(state: str) -> None:
    assert read(f'{{"dev": "a", "alarm": {{"state": {state}}}}}'.encode()).recovered


def test_the_topic_a_list_and_plain_text() -> None:
    assert read(b"ALARM", device="/3").device == "6-2" and read(b"ALARM", device="/3").text == "ALARM"
    assert read(b'[{"id": "x9"}]', device="$[0].id").device == "x9"


@pytest.mark.parametrize("payload", [b"", b"\xff\xfe\0", b"{}", b'{"dev": {"a": 1}}', b"[" * 9000, b'{"dev": null}'])
@pytest.mark.parametrize("place", ["dev", "/9", "/0", "/x", "9", "...", "$", "dev[999999999]"])
def test_without_a_device_it_is_for_a_person(payload: bytes, place: str) -> None:
    with pytest.raises(Unread):
        read(payload, device=place)


@pytest.mark.parametrize("time", ["1e999", '"9999-99-99"', '"2019-01-01"', f'"{(AT + timedelta(hours=1)).isoformat()}"', '"1" '])
def test_a_clock_that_cannot_be_right_is_not_believed(time: str) -> None:
    found = read(f'{{"dev": "a", "ts": {time}}}'.encode())
    assert found.at == AT and not found.timed


def test_copies() -> None:
    one = read(FULL.encode())
    assert same("t", b"a", one, False) == same("u", b"b", one, False) != ""
    plain = read(b'{"dev": "a"}')
    assert same("t", b"a", plain, False) == "" and same("t", b"a", plain, True) == same("t", b"a", None, True) != ""
