"""Answers of the interface: success with an ETag, and errors that all have one shape and a stable code."""

from __future__ import annotations

import json
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from kesu.procedure.refused import Refused

FORBIDDEN = {"not_allowed", "concerned", "not_yours", "same_person", "own_proposal", "own_words"}
MISSING = {"no_such_site"}


class Problem(Schema):
    """What did not happen and why."""

    code: str = Field(description="Stable, for programs")
    reason: str = Field(description="For people, in Chinese")
    reason_en: str = Field(description="The same in English")
    field: str | None = Field(None, description="The field of the request that it belongs to")
    needs: list[str] | None = Field(None, description="What closing still needs")


class Failed(Exception):
    """An answer that is an error, raised where it is noticed."""

    def __init__(self, status: int, code: str, zh: str, en: str, *, field: str | None = None, retry_after: int = 0) -> None:
        super().__init__(code)
        self.status, self.code, self.zh, self.en, self.field, self.retry_after = status, code, zh, en, field, retry_after


GENERAL = (400, 401, 403, 404, 413, 422, 429, 503)
ACTING = (409, 412)


def answers(status: int, schema: Any, *, acting: bool = False) -> dict[int, Any]:
    """The success and every error that this kind of route can answer: ninja itself only describes the success."""
    errors = sorted({*GENERAL, *(ACTING if acting else ())})
    return {status: schema} | dict.fromkeys(errors, Problem)


def reply(status: int, body: Any, etag: str = "") -> HttpResponse:
    """The answer as JSON; made here and not validated again (the tests hold it against its schema)."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(text, status=status, content_type="application/json")
    response["Cache-Control"] = "private, no-cache"
    if etag:
        response["ETag"] = etag
    return response


def problem(status: int, code: str, zh: str, en: str, field: str | None = None, needs: list[str] | None = None) -> HttpResponse:
    """An error answer."""
    body = {"code": code, "reason": zh, "reason_en": en}
    return reply(status, body | ({"field": field} if field else {}) | ({"needs": needs} if needs else {}))


def failed(request: HttpRequest, error: Failed) -> HttpResponse:
    """The answer of what was raised."""
    response = problem(error.status, error.code, error.zh, error.en, error.field)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """403: this person may not. 422: a field is wrong. 409: not now."""
    status = 403 if error.code in FORBIDDEN else 422 if error.field else 409
    needs = error.data.get("needs")
    return problem(status, error.code, error.zh, error.en, error.field, list(needs) if isinstance(needs, (list, tuple)) else None)


class Journaled(Protocol):
    """A case, a record, a warning, a report: whatever has a journal."""

    journal_n: int


def etag_of(whole: Journaled) -> str:
    """Changes with every act on it: its journal only grows."""
    return f'"{whole.journal_n}"'


def matches(header: str, etag: str) -> bool:
    """Whether one of the ETags of a conditional header is this one; `*` is any."""
    return any(part.strip().removeprefix("W/") in (etag, "*") for part in header.split(","))
