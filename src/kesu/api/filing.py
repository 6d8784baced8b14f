"""A complaint comes in by the interface: POST /cases. The one function that receives takes it, as from any door."""

# No `from __future__ import annotations`: ninja reads the types that each route is made with.

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema

from kesu.api.acting import _key
from kesu.api.answers import answers, etag_of, reply
from kesu.api.door import RECEIVE, ApiRequest
from kesu.api.fields import Body, File, Moment, Short, Whole, Words
from kesu.api.keeping import after
from kesu.complaints import actions
from kesu.config.now import now


class ItemIn(Body):
    """One matter that the customer names."""

    words: Words
    category: Short = Field("", description="An id of the procedure")


class Complaint(Body):
    """What reception would write down. Ids of channel, nature, category and fact are the procedure's: GET /procedure."""

    site_id: Whole
    channel: Short
    items: list[ItemIn] = Field(min_length=1, max_length=50)
    heard_at: Moment | None = Field(None, description="When the customer was heard; else now")
    name: Short = ""
    phone: Short = ""
    home: Short = ""
    reach: Short = ""
    confidential: bool = False
    tell_by: Short = Field("", description="How the customer wants to be told: wechat, mail, sms, call, page; empty: as before")
    language: Short = Field("", description="The customer's: zh-hans or en; empty: as before")
    place: Short = ""
    happened: Short = ""
    against: Short = ""
    wants: Words = ""
    wanted_by: Moment | None = None
    title: Short = ""
    raw: Words = Field("", description="The customer's words as they came")
    nature: Short = Field("", description="Judged at once, where the person may")
    facts: dict[Short, bool] = {}
    lead: Whole | None = Field(None, description="Department: dispatched at once, where the person may")
    co: list[Whole] = Field([], max_length=50)
    same_as: Whole | None = None
    uploads: list[File] = Field([], max_length=9)
    consents: dict[Short, bool] = Field(
        {},
        description="What was asked apart, and the answer: health, minors. With consent to health data the uploads are marked as such; "
        "a guardian's is needed too where the person concerned is under 14",
    )


class Filed(Schema):
    """The case that was filed (or, under the same key, had been)."""

    number: str
    n: int
    step: str
    heard_at: str
    received_at: str


def add_routes(api: NinjaAPI) -> None:
    """The one route."""
    api.post(
        "/cases", response=answers(201, Filed, acting=True), auth=RECEIVE, operation_id="receive", summary="Receive 受理", tags=["cases"]
    )(receive)


def receive(request: HttpRequest, body: Complaint, idempotency_key: str = _key()) -> HttpResponse:
    """File a complaint as the person of the token. When it answers, the case is on disk."""
    return after(request, idempotency_key, lambda: _file(request, body, idempotency_key))  # type: ignore[arg-type]


def _file(request: ApiRequest, body: Complaint, key: str) -> HttpResponse:
    said: dict[str, Any] = {name: getattr(body, name) for name in Complaint.model_fields}
    said["items"] = [(item.words, item.category) for item in body.items]
    said["uploads"] = [file.upload() for file in body.uploads]
    said["filed_key"] = hashlib.sha256(f"api {request.auth.pk} {key}".encode("utf-8", "replace")).hexdigest() if key else ""
    case = actions.receive(request.auth.person, actions.Intake(**said), now())
    filed = {"number": case.number, "n": case.journal_n, "step": case.step}
    return reply(201, filed | {"heard_at": case.heard_at.isoformat(), "received_at": case.received_at.isoformat()}, etag_of(case))
