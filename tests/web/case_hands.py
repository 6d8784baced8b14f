"""Hands for tests that work on a case by its pages: the time they see, people who are signed in, acts by form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.models import Case

Sit = Callable[[Person], Client]


class Clock:
    """The time that the pages see."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def to(self, **later: float) -> datetime:
        """So much later."""
        self.at += timedelta(**later)
        return self.at


@pytest.fixture
def clock(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that stands at `at` until a test moves it."""
    found = Clock(at)
    monkeypatch.setattr("kesu.config.now._offset", lambda: found.at.astimezone(UTC) - datetime.now(UTC) + timedelta(milliseconds=500))
    return found


@pytest.fixture
def sit(cast: Cast) -> Sit:
    """A browser in which somebody is signed in."""

    def as_person(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return as_person


def post(client: Client, case: Case, act: str, **values: object) -> Any:
    """The act's form sent; `return` is written return_."""
    return client.post(reverse("case_act", args=[case.number, act.rstrip("_")]), values)


def do(client: Client, case: Case, act: str, **values: object) -> None:
    """The act by its form; fails with the page's words when it is refused."""
    answer = post(client, case, act, **values)
    assert answer.status_code == 302, re.findall(r'class="(?:wrong|tip)[^>]*>(.*?)</(?:span|p)>', answer.content.decode(), re.S)
    assert answer["Location"] in (reverse("case", args=[case.number]), "/"), answer["Location"]


def step(case: Case) -> str:
    """Where the case stands."""
    return Case.objects.get(pk=case.pk).step


def signed_for(cast: Cast, at: datetime, facts: dict[str, bool] | None = None) -> Case:
    """A case that engineering has signed for."""
    case = cast.judged(cast.complaint(at=at), at=at + timedelta(minutes=2), facts=facts or {})
    return actions.sign(cast.zhou_hai, case.pk, at=at + timedelta(minutes=4))


def proposed(cast: Cast, at: datetime) -> Case:
    """An important case whose proposal waits for the director."""
    case = signed_for(cast, at, {"company_fault": True})
    actions.investigate(cast.zhou_hai, case.pk, side="staff", words="门机皮带断了", at=at + timedelta(minutes=20))
    actions.find_cause(cast.zhou_hai, case.pk, cause="upkeep", words="该换没换", at=at + timedelta(minutes=25))
    promises = [actions.Promise("换皮带", cost=35050, due_at=at + timedelta(days=1))]
    return actions.propose(cast.zhou_hai, case.pk, words="今天换好", promises=promises, at=at + timedelta(minutes=30))
