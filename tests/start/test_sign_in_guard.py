"""Guessing passwords: five tries, then fifteen minutes of nothing. Sessions end when idle. Passwords are kept as Argon2."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.urls import path
from tests.cast import PASSWORD

from kesu.config import sessions
from kesu.config import settings as shipped
from kesu.config.now import now
from kesu.config.urls import urlpatterns as shipped_urls

pytestmark = pytest.mark.django_db


def door(request):
    person = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    return HttpResponse(status=200 if person else 403)


def busy(request):
    return HttpResponse(str(request.session.get("work")))


urlpatterns = [*shipped_urls, path("door", door), path("busy", busy)]
HERE = pytest.mark.urls(__name__)


@HERE
def test_five_wrong_passwords_lock_that_login_from_that_address(client, cast):
    login = cast.fang_jing.login
    answers = [client.post("/door", {"username": login, "password": "guess"}).status_code for _ in range(5)]
    assert answers[:4] == [403] * 4 and answers[4] == 429
    answer = client.post("/door", {"username": login, "password": PASSWORD})
    assert answer.status_code == 429 and "15 分钟" in answer.content.decode()
    assert client.post("/door", {"username": login, "password": PASSWORD}, REMOTE_ADDR="10.0.0.9").status_code == 200
    assert client.post("/door", {"username": cast.lin_xiao.login, "password": PASSWORD}).status_code == 200


@HERE
def test_the_lock_opens_after_15_minutes(client, cast):
    from axes.models import AccessAttempt

    login = cast.fang_jing.login
    for _ in range(6):
        client.post("/door", {"username": login, "password": "guess"})
    AccessAttempt.objects.update(attempt_time=now() - timedelta(minutes=15, seconds=5))
    assert client.post("/door", {"username": login, "password": PASSWORD}).status_code == 200


@HERE
def test_the_end_of_a_session_moves_while_somebody_works(client, cast, monkeypatch):
    client.force_login(cast.fang_jing)
    client.get("/busy")
    begin = client.session.get_expiry_date()
    later = now() + timedelta(hours=3)
    monkeypatch.setattr(sessions, "now", lambda: later)
    assert sessions.SEEN in client.session
    client.get("/busy")
    assert client.session[sessions.SEEN] == int(later.timestamp())
    assert client.session.get_expiry_date() >= begin


@HERE
def test_a_busy_person_does_not_write_a_session_with_every_page(client, cast, django_assert_num_queries):
    client.force_login(cast.fang_jing)
    client.get("/busy")
    with django_assert_num_queries(1):  # read only
        client.get("/busy")


def test_ended_sessions_are_forgotten(client, cast):
    from django.contrib.sessions.models import Session

    client.force_login(cast.fang_jing)
    assert sessions.forget_ended(now()) == 0
    assert sessions.forget_ended(now() + timedelta(hours=13)) == 1
    assert not Session.objects.exists()


def test_a_moved_clock_signs_nobody_out(client, cast, monkeypatch):
    """Django ends sessions by real time, the worker's chores come with the installation's."""
    monkeypatch.setattr(sessions, "offset_seconds", lambda: 40 * 3600.0)
    client.force_login(cast.fang_jing)
    assert sessions.forget_ended(now() + timedelta(hours=40)) == 0
    assert sessions.forget_ended(now() + timedelta(hours=53)) == 1


def test_what_is_shipped():
    """The tests hash cheaply and sync nothing; an installation does not."""
    assert shipped.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert "synchronous=FULL" in shipped.SQLITE_OPTIONS["init_command"] and shipped.SQLITE_OPTIONS["transaction_mode"] == "IMMEDIATE"
    assert shipped.SESSION_COOKIE_AGE == 12 * 3600 and shipped.SESSION_COOKIE_HTTPONLY and shipped.SESSION_COOKIE_SAMESITE == "Lax"
    assert shipped.DEBUG is False
