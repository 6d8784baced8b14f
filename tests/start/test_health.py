"""GET /healthz."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from kesu.company.models import WorkerBeat
from kesu.complaints.models import Clock
from kesu.config import health
from kesu.config.now import now

pytestmark = pytest.mark.django_db


def beat(seconds_ago: int, name: str = "here:1") -> None:
    at = now() - timedelta(seconds=seconds_ago)
    WorkerBeat.objects.create(name=name, pid=1, host="here", started_at=at, beat_at=at)


def test_well_with_a_living_worker_and_few_queries(client, django_assert_max_num_queries):
    beat(5)
    with django_assert_max_num_queries(3):
        answer = client.get("/healthz")
    body = answer.json()
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    assert body["database"]["ok"] and body["worker"]["alive"] and body["worker"]["count"] == 1
    assert body["oldest_overdue_alarm"] is None and body["version"]


def test_the_oldest_alarm_that_should_have_rung_is_told(client, cast):
    beat(1)
    cast.complaint()
    clocks = list(Clock.objects.all()[:3])
    Clock.objects.update(next_ring_at=None)
    oldest = now() - timedelta(hours=2)
    for clock, when in zip(clocks, [now() - timedelta(hours=1), oldest, now() + timedelta(hours=1)], strict=True):
        Clock.objects.filter(pk=clock.pk).update(next_ring_at=when)
    assert client.get("/healthz").json()["oldest_overdue_alarm"] == oldest.isoformat()


def test_unwell_without_a_worker(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == {"alive": False, "last_beat": None, "count": 0}


def test_unwell_when_the_last_sign_of_life_is_older_than_15_seconds(client):
    beat(17)
    answer = client.get("/healthz")
    assert answer.status_code == 503 and answer.json()["worker"]["last_beat"]


def test_only_living_workers_are_counted(client):
    beat(3), beat(4, "here:2"), beat(3600, "here:3")
    assert client.get("/healthz").json()["worker"]["count"] == 2


def test_unwell_and_no_crash_when_the_database_fails(client, monkeypatch):
    def broken(at):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(health, "_report", broken)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"]["ok"] is False and "disk" not in answer.content.decode()


def test_strict_headers(client):
    answer = client.get("/healthz")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Referrer-Policy"] == "same-origin"


def test_no_session_is_begun(client):
    assert not client.get("/healthz").cookies
