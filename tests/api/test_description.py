"""The interface held against its own description by schemathesis: no 5xx, no answer that the description does not name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from tests.api.conftest import reviewed, warned
from tests.cast import Cast
from tests.reporting.made import drafted

from kesu.api.fields import NO_NUL
from kesu.api.urls import api
from kesu.improvement.actions import open_capa

EACH = 4  # tries per route: there are many, and most are of one kind
CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def spelt_out(described: Any) -> Any:
    """The description without references (none leads back to itself) and without the pattern that forbids NUL, which made-up texts
    then hold, too: with either, schemathesis spends half a minute on working out again and again what may be sent."""
    parts = described["components"]["schemas"]

    def spelt(part: Any) -> Any:
        if isinstance(part, dict) and "$ref" in part:
            return spelt(parts[part["$ref"].rpartition("/")[2]])
        if isinstance(part, dict):
            return {key: spelt(value) for key, value in part.items() if (key, value) != ("pattern", NO_NUL)}
        return [spelt(value) for value in part] if isinstance(part, list) else part

    return spelt(described)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A real WSGI call ends its connection; here it must stay in the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_no_answer_is_undocumented(cast: Cast, program: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every route with made-up requests, good and bad, on a real case by somebody who may do much."""
    from kesu.config.wsgi import application

    monkeypatch.setenv("KESU_API_RATE", "0")
    cast.employ("everybody", "万能", "receptionist")
    case = cast.judged(cast.complaint(), at=at)
    there = {
        "/cases": case.number,
        "/improvement": open_capa(cast.luo_qing, [case.pk], problem="电梯反复停运", at=at).number,
        "/warnings": warned(cast, at, [case]).number,
        "/reports": drafted(cast, at).pk,
        "/reviews": reviewed(cast, case, at).pk,
    }
    token = {"Authorization": f"Bearer {program(cast.he_wei)._token}"}
    answered: dict[int, int] = {}

    def trying(operation: Any) -> Any:
        @settings(
            max_examples=EACH, deadline=None, phases=[Phase.generate], derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(sent=operation.as_strategy(), ours=st.booleans())
        def tried(sent: Any, ours: bool) -> None:
            if ours and "number" in (sent.path_parameters or {}):
                sent.path_parameters["number"] = there["/" + operation.path.removeprefix("/api/v1/").split("/")[0]]
            response = sent.call(app=application, headers=token)
            answered[response.status_code] = answered.get(response.status_code, 0) + 1
            sent.validate_response(response, checks=CHECKS, headers=token)

        return tried

    for row in schemathesis.openapi.from_dict(spelt_out(api.get_openapi_schema())).get_all_operations():
        trying(row.ok())()
    assert answered.get(200) and answered.get(409) and answered.get(422), answered
