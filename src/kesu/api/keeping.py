"""Idempotency: a request that is sent again under the same key gets the answer of the first, and nothing happens twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpResponse

from kesu.api.answers import Failed, reply
from kesu.api.door import ApiRequest
from kesu.config.now import now
from kesu.exchange.models import KeptAnswer

LONGEST = 200


def key_of(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def request_of(request: ApiRequest, content: str = "") -> str:
    """What makes two requests the same: method, path and body (`content` stands for a body that was read as a file)."""
    said = f"{request.method} {request.path}\n".encode() + (content.encode() or request.body)
    return hashlib.sha256(said).hexdigest()


def once(request: ApiRequest, key: str, act: Callable[[], HttpResponse], content: str = "") -> HttpResponse:
    """Do the act and keep its answer in one transaction; the same key again gets it back. A refusal is not kept: nothing has happened.

    Raises Failed 422 for a key that was used for another request.
    """
    if not key:
        return act()
    if (kept := _kept(request, key, content)) is not None:
        return kept
    try:
        with transaction.atomic():
            # Whoever comes second waits here for the first, then finds the row taken.
            row = KeptAnswer.objects.create(token=request.auth, key=key_of(key), request=request_of(request, content), at=now())
            response = act()
            _keep(row, response)
            return response
    except IntegrityError:
        if (kept := _kept(request, key, content)) is None:
            raise
        return kept


def after(request: ApiRequest, key: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    """The same for an act that knows its own key and commits by itself (filing): the answer is kept afterwards."""
    if not key:
        return act()
    if (kept := _kept(request, key)) is not None:
        return kept
    response = act()
    row = KeptAnswer(token=request.auth, key=key_of(key), request=request_of(request), at=now())
    try:
        with transaction.atomic():
            _keep(row, response)
    except IntegrityError:
        return _kept(request, key) or response
    return response


def _keep(row: KeptAnswer, response: HttpResponse) -> None:
    row.status, row.body, row.etag = response.status_code, response.content.decode(), response.headers.get("ETag", "")
    row.save()


def _kept(request: ApiRequest, key: str, content: str = "") -> HttpResponse | None:
    row = KeptAnswer.objects.filter(token=request.auth, key=key_of(key)).first()
    if row is None:
        return None
    if row.request != request_of(request, content):
        raise Failed(
            422,
            "key_reused",
            "这个 Idempotency-Key 已用于另一个请求",
            "this Idempotency-Key was used for another request",
            field="Idempotency-Key",
        )
    response = reply(row.status, row.body, row.etag)
    response["Idempotency-Replayed"] = "true"
    return response
