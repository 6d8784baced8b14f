"""The interface held against its own description by schemathesis: no 5xx, no answer that the description does not name."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CheckContext  # noqa: F401 – present in the version that the lock names
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from tests.cast import Cast

from kesu.api.urls import api

EACH = 6  # tries per route
SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema())
CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.django_db
def test_no_answer_is_undocumented(cast: Cast, program: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every route with made-up requests, good and bad, on a real case by somebody who may do much."""
    from kesu.config.wsgi import application

    monkeypatch.setenv("KESU_API_RATE", "0")
    cast.employ("everybody", "万能", "receptionist")
    case = cast.judged(cast.complaint(), at=at)
    token = {"Authorization": f"Bearer {program(cast.he_wei)._token}"}
    answered: dict[int, int] = {}

    def tried(operation: Any, data: st.DataObject) -> None:
        sent = data.draw(operation.as_strategy())
        if "number" in (sent.path_parameters or {}) and data.draw(st.booleans()):
            sent.path_parameters["number"] = case.number
        response = sent.call(app=application, headers=token)
        answered[response.status_code] = answered.get(response.status_code, 0) + 1
        sent.validate_response(response, checks=CHECKS, headers=token)

    for row in SCHEMA.get_all_operations():
        one = settings(
            max_examples=EACH, deadline=None, phases=[Phase.generate], derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )(given(data=st.data())(lambda data, row=row: tried(row.ok(), data)))  # fmt: skip
        one()
    assert answered.get(200) and answered.get(422), answered
