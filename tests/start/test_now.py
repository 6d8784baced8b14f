"""The one place that knows what time it is."""

from datetime import UTC, datetime, timedelta

import pytest

from kesu.config import now as clock


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.delenv("KESU_NOW", raising=False)
    monkeypatch.delenv("KESU_NOW_OFFSET", raising=False)
    clock._offset.cache_clear()
    yield
    clock._offset.cache_clear()


def test_now_is_aware_and_whole_seconds():
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=2)
    assert clock.now().microsecond == 0 and clock.now().tzinfo is UTC


def test_a_chosen_now_is_meant_in_china_and_runs_on(monkeypatch):
    monkeypatch.setenv("KESU_NOW", "2026-11-20 14:32")
    assert abs(clock.now() - datetime(2026, 11, 20, 6, 32, tzinfo=UTC)) < timedelta(seconds=2)


def test_children_take_the_offset_of_their_supervisor(monkeypatch):
    monkeypatch.setenv("KESU_NOW", "2026-11-20 14:32")
    monkeypatch.setenv("KESU_NOW_OFFSET", "-3600")
    assert clock.offset_seconds() == -3600


def test_a_now_that_is_no_instant_is_refused(monkeypatch):
    monkeypatch.setenv("KESU_NOW", "tomorrow")
    with pytest.raises(ValueError):
        clock.now()
