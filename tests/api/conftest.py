"""Programs that come in by a token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.cast import Cast

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.models import Case
from kesu.config import now as clock
from kesu.exchange import queueing
from kesu.exchange.models import Token
from kesu.insights import duties
from kesu.performance.actions import opening
from kesu.performance.models import Review
from kesu.warnings.actions import record
from kesu.warnings.models import Warning
from kesu.warnings.scanning.signal import Found, Signal


class Program:
    """A client with a token."""

    def __init__(self, token: str) -> None:
        self._client, self._token = Client(raise_request_exception=False), token

    def get(self, path: str, **headers: str) -> HttpResponse:
        """GET under /api/v1."""
        return self._client.get(f"/api/v1{path}", headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """POST with a JSON body; header names with _ for -."""
        text = body if isinstance(body, (str, bytes)) else json.dumps(body or {})
        return self._client.post(f"/api/v1{path}", text, content_type="application/json", headers=self._headers(headers))

    def act(self, number: str, act: str, body: Any = None, **headers: str) -> HttpResponse:
        """An act on a case."""
        return self.post(f"/cases/{number}/acts/{act}", body, **headers)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        own = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return own | {name.replace("_", "-"): value for name, value in more.items()}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """The clock stands at `at` for the edge, and nothing is remembered from test to test."""
    queueing.forget()
    for name in ("acting", "chained", "filing", "improving", "reading", "door", "keeping", "reviewed", "warned"):
        monkeypatch.setattr(f"kesu.api.{name}.now", lambda: at)
    assert clock


@pytest.fixture
def program(cast: Cast, at: datetime) -> Callable[..., Program]:
    """program(person) or program(person, ["read"]): a program that acts for this person."""
    from kesu.exchange.actions import make_token

    def make(person: Person, scopes: tuple[str, ...] = ("read", "receive", "act"), days: int = 30) -> Program:
        if person.company_id != cast.company.pk:
            text = f"kesu_{person.login}"
            from kesu.exchange.actions.tokens import digest_of

            Token.objects.create(
                company_id=person.company_id, person=person, name="x", digest=digest_of(text), tail="xxxx", scopes=list(scopes),
                made_by=person, made_at=at, expires_at=at.replace(year=2027),
            )  # fmt: skip
            return Program(text)
        _, text = make_token(cast.tang_qing, person_id=person.pk, name="对接", scopes=scopes, days=days, at=at)
        return Program(text)

    return make


def reviewed(cast: Cast, case: Case, at: datetime) -> Review:
    """The self-review of 工程维修部, which signs this case; the director answers it."""
    actions.sign(cast.zhou_hai, case.pk, at=at)
    duties.forget()
    opening.forget()
    opening.open_due(datetime(at.year, at.month + 1, 1, 10, tzinfo=at.tzinfo))
    return Review.objects.get(department=cast.engineering)


def warned(cast: Cast, at: datetime, cases: Iterable[Case]) -> Warning:
    """A warning of 榕砚里 as the scan records it: these complaints of lifts, where one in four is usual."""
    ids, day = tuple(case.pk for case in cases), at.date().toordinal()
    signal = Signal("cluster", cast.site.pk, "category", "lift", day - 4, day, len(ids), 0.25, 0.2, ids, customers=len(ids))
    (row,) = record(cast.company, Found([signal]), at.date(), at)
    return row
