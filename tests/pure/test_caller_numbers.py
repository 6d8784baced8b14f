"""Numbers as exchanges tell them, and how they may stand in our records."""

from datetime import UTC, datetime

import pytest

from kesu.channels.calls.events import read_event
from kesu.customers.phones import caller_number, spellings


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+86 138-0000-6021", "13800006021"),
        (" 8613800006021", "13800006021"),  # a + in an address is a space
        ("0086 138 0000 6021", "13800006021"),
        ("013800006021", "13800006021"),  # dialled from another town
        ("sip:+8613800006021@pbx.example;tag=1", "13800006021"),
        ("tel:+86-138-0000-6021;ext=8002", "13800006021"),
        ("１３８００００６０２１", "13800006021"),
        ("+86 (10) 8888-7777", "01088887777"),
        ("86-755-88887777", "075588887777"),
        ("010-88887777-802", "01088887777"),
        ("0755 88887777 转 802", "075588887777"),
        ("88887777-802", "88887777"),
        ("(0755) 8888-7777", "075588887777"),
        ("95533", "95533"),
        ("8613", "8613"),
        ("+44 20 7946 0018", "+442079460018"),
        ("anonymous", ""),
        ("", ""),
    ],
)
def test_what_an_exchange_tells(typed: str, number: str) -> None:
    assert caller_number(typed) == number


def test_a_landline_may_stand_without_its_area_code() -> None:
    assert spellings("+86 755 88887777")[-2:] == ["075588887777", "88887777"]
    assert spellings("010-88887777")[-1] == "88887777"
    assert spellings("13800006021") == ["13800006021"] and spellings("") == []


@pytest.mark.parametrize("spelling", ["noanswer", "no-answer", "NO_ANSWER", "No answer", "missed"])
def test_an_event_is_understood_however_its_words_are_joined(spelling: str) -> None:
    at = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)
    told = read_event({"event": spelling, "call": "1", "from": "13900001007"}, "Asia/Shanghai", at)
    assert (told.event, told.call_id) == ("missed", "1")
