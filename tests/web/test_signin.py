"""Signing in and out: the right way in, every wrong one, and never out of the house."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from tests.cast import PASSWORD, Cast

from kesu.company import actions


def enter(client: Client, login: str, password: str = PASSWORD, **more: str):
    return client.post("/login/", {"login": login, "password": password} | more)


def test_the_right_password_leads_to_the_work_page(client: Client, cast: Cast) -> None:
    answer = enter(client, cast.fang_jing.login)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(cast.fang_jing.pk)


def test_a_wrong_password_says_so_and_keeps_the_login(client: Client, cast: Cast) -> None:
    answer = enter(client, cast.fang_jing.login, "guess")
    text = answer.content.decode()
    assert answer.status_code == 200 and "登录名或密码不对" in text
    assert f'value="{cast.fang_jing.login}"' in text and "guess" not in text


def test_an_unknown_login_reads_the_same(client: Client, cast: Cast) -> None:
    known, unknown = (enter(client, login, "guess").content.decode() for login in (cast.fang_jing.login, "nobody"))
    assert "登录名或密码不对" in known and "登录名或密码不对" in unknown


def test_somebody_who_has_left_cannot_sign_in_and_is_out_at_once(client: Client, cast: Cast, at: datetime) -> None:
    client.force_login(cast.fang_jing)
    assert client.get("/notices/").status_code == 200
    actions.dismiss(cast.tang_qing, cast.fang_jing.pk, at)
    assert client.get("/notices/")["Location"].startswith("/login/")
    assert "登录名或密码不对" in enter(client, cast.fang_jing.login).content.decode()


def test_the_lock_says_how_long(client: Client, cast: Cast) -> None:
    for _ in range(5):
        answer = enter(client, cast.fang_jing.login, "guess")
    text = answer.content.decode()
    assert answer.status_code == 429 and "15 分钟后再试" in text and "15 minutes" in text
    assert enter(client, cast.fang_jing.login).status_code == 429


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_next_never_leaves_the_house(client: Client, cast: Cast, target: str) -> None:
    assert enter(client, cast.fang_jing.login, next=target)["Location"] == "/"


def test_next_leads_where_one_was_going(client: Client, cast: Cast) -> None:
    away = client.get("/notices/?before=3")
    assert away["Location"] == "/login/?next=/notices/%3Fbefore%3D3"
    assert 'value="/notices/?before=3"' in client.get(away["Location"]).content.decode()
    assert enter(client, cast.fang_jing.login, next="/notices/?before=3")["Location"] == "/notices/?before=3"


def test_signing_out_needs_a_button(client: Client, cast: Cast) -> None:
    client.force_login(cast.fang_jing)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/notices/").status_code == 302


def test_knowing_who_is_signed_in_costs_two_queries(client: Client, cast: Cast, django_assert_num_queries) -> None:
    client.force_login(cast.fang_jing)
    client.get("/notices/bell/")
    with django_assert_num_queries(3):  # session, person with company, unread notices
        client.get("/notices/bell/")


def test_a_new_password_ends_other_sessions(client: Client, cast: Cast, at: datetime) -> None:
    other = Client()
    other.force_login(cast.fang_jing)
    client.force_login(cast.fang_jing)
    answer = client.post("/me/", {"which": "password", "old": PASSWORD, "new": "another-way-in-77"})
    assert answer.status_code == 302 and client.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("wrong", "another-way-in-77", "现在的密码不对"), (PASSWORD, "short", "太短，至少 10 个字符"), (PASSWORD, "1234567890", "太常见")],
)
def test_a_password_that_will_not_do_says_why(client: Client, cast: Cast, old: str, new: str, words: str) -> None:
    client.force_login(cast.fang_jing)
    assert words in client.post("/me/", {"which": "password", "old": old, "new": new}).content.decode()


def test_language_and_light_follow_the_person(client: Client, cast: Cast) -> None:
    client.force_login(cast.fang_jing)
    client.post("/language/", {"language": "en", "next": "/me/"})
    client.post("/theme/", {"theme": "dark", "next": "/me/"})
    text = client.get("/me/").content.decode()
    assert '<html lang="en" data-theme="dark"' in text
    another = Client()
    enter(another, cast.fang_jing.login)
    assert '<html lang="en" data-theme="dark"' in another.get("/me/").content.decode()


def test_no_such_language_or_light_changes_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.fang_jing)
    client.post("/language/", {"language": "fr"})
    client.post("/theme/", {"theme": "pink"})
    assert '<html lang="zh-Hans" data-person' in client.get("/me/").content.decode()
