"""One route per act, made from the table of acts: POST /cases/{number}/acts/{act}."""

# No `from __future__ import annotations`: ninja reads the types that each route is made with.

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Header, NinjaAPI, Path, Schema
from ninja.files import UploadedFile

from kesu.api.answers import Failed, answers, etag_of, matches, reply
from kesu.api.door import ACT, ApiRequest
from kesu.api.fields import Number, body_of, given
from kesu.api.keeping import LONGEST, once
from kesu.api.lettering import send_letter
from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.files import Upload
from kesu.complaints.models import Case, Inquiry
from kesu.complaints.queries import cases
from kesu.config.now import now
from kesu.procedure.act import STAFF
from kesu.procedure.acts import ACTS

Do = Callable[..., Any]
ELSEWHERE = {"receive", "attach", "put_right"}  # filing, files, and records of corrective action have routes of their own
NAMED: dict[str, Do] = {
    "return": actions.return_form,  # a word that no function can have
    "send_letter": send_letter,  # with its paper made here
}
TOGETHER = {"settle_on_the_spot": ("当场解决", "Settle on the spot")}  # several acts in one


class Done(Schema):
    """Where the case stands after the act."""

    number: str
    n: int = Field(description="How many entries its journal has; also the ETag")
    step: str
    nature: str
    grade: str
    open: bool
    phone: str | None = Field(None, description="The whole telephone number, after `reveal`")


def acts() -> dict[str, tuple[Do, str]]:
    """act → (function, what it is called): everything a person can do to a case."""
    found: dict[str, tuple[Do, str]] = {
        name: (NAMED.get(name) or getattr(actions, name), f"{act.en} {act.zh}")
        for name, act in ACTS.items()
        if name not in ELSEWHERE and STAFF in act.by and (name in NAMED or hasattr(actions, name))
    }
    return found | {name: (getattr(actions, name), f"{en} {zh}") for name, (zh, en) in TOGETHER.items()}


def done(case: Case, phone: str | None = None) -> HttpResponse:
    """The answer to an act."""
    body = {"number": case.number, "n": case.journal_n, "step": case.step, "nature": case.nature, "grade": case.grade}
    body |= {"open": case.closed_at is None} | ({"phone": phone} if phone is not None else {})
    return reply(200, body, etag_of(case))


def perform(request: ApiRequest, number: str, do: Do, said: dict[str, Any], if_match: str, at: datetime) -> HttpResponse:
    """Do it to the case with this number. Raises Case.DoesNotExist, Refused, Failed 412 when it has changed since."""
    person = request.auth.person
    case = cases.get(person, number, at)
    with transaction.atomic():
        if if_match:
            now_n = Case.objects.select_for_update().only("journal_n").get(pk=case.pk)
            if not matches(if_match, etag_of(now_n)):
                raise Failed(412, "changed", "这张单已有新进展，请重新读取", "the case has moved on; read it again", field="If-Match")
        result = do(person, case.pk, **said, at=at)
    if isinstance(result, Case):
        return done(result)
    return done(Case.objects.get(pk=case.pk), result if isinstance(result, str) else None)


def add_routes(api: NinjaAPI) -> None:
    """A route for every act, files, and the answer to what was asked of oneself."""
    for name, (do, title) in acts().items():
        _add(api, name, do, title)
    api.post(
        "/cases/{number}/files", response=answers(200, Done, acting=True), auth=ACT, operation_id="attach",
        summary="Attach a file 附上文件", tags=["acts"],
    )(attach)  # fmt: skip
    body = body_of("state", actions.state, without=["inquiry_id"])

    def state(request: HttpRequest, inquiry: int = Path(ge=1, le=2**31 - 1), *, body: body, idempotency_key: str = _key()) -> HttpResponse:  # type: ignore[valid-type]
        return once(request, idempotency_key, lambda: done(_state(request.auth.person, inquiry, given(body))))  # type: ignore[attr-defined, arg-type]

    api.post(
        "/inquiries/{inquiry}/statement", response=answers(200, Done, acting=True), auth=ACT, operation_id="state",
        summary="Answer what was asked of you 说明经过", tags=["acts"],
    )(state)  # fmt: skip


def _state(person: Person, inquiry: int, said: dict[str, Any]) -> Case:
    if not Inquiry.objects.filter(pk=inquiry, person=person).exists():
        raise Case.DoesNotExist
    return actions.state(person, inquiry, **said, at=now())


def _key() -> Any:
    return Header("", alias="Idempotency-Key", max_length=LONGEST, description="The same key again gets the same answer; kept for a week")


def _match() -> Any:
    return Header("", alias="If-Match", max_length=LONGEST, description="The ETag the case must still have; else 412")


def _add(api: NinjaAPI, name: str, do: Do, title: str) -> None:
    body = body_of(name, do)

    def act(
        request: HttpRequest,
        number: Number = Path(),
        *,
        body: body,  # type: ignore[valid-type]
        idempotency_key: str = _key(),
        if_match: str = _match(),
    ) -> HttpResponse:
        return once(request, idempotency_key, lambda: perform(request, number, do, given(body), if_match, now()))  # type: ignore[arg-type]

    act.__doc__ = do.__doc__
    api.post(
        f"/cases/{{number}}/acts/{name}",
        response=answers(200, Done, acting=True),
        auth=ACT,
        operation_id=name,
        summary=title,
        tags=["acts"],
    )(act)


def attach(
    request: HttpRequest,
    number: Number = Path(),
    *,
    file: UploadedFile = File(),
    for_customer: bool = False,
    health: bool = False,
    idempotency_key: str = _key(),
    if_match: str = _match(),
) -> HttpResponse:
    """A photograph, recording, film or PDF of up to 20 MB, as multipart/form-data. `for_customer`: they see it on their page. `health`: it
    shows health data, and the customer has agreed apart that it is kept."""
    upload = Upload(str(file.name or "file"), int(file.size or 0), file.chunks())
    said = {"upload": upload, "for_customer": for_customer, "health": health}
    digest = hashlib.sha256(b"".join(file.chunks())).hexdigest() if idempotency_key else ""
    return once(request, idempotency_key, lambda: perform(request, number, actions.attach, said, if_match, now()), digest)  # type: ignore[arg-type]
