"""What has a journal of its own beside the cases: a record of corrective action, a warning, a report. Listed, read, and acted on alike."""

# No `from __future__ import annotations`: ninja reads the types that each route is made with.

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Path

from kesu.api.acting import _key, _match
from kesu.api.answers import Failed, answers, etag_of, matches, reply
from kesu.api.door import ACT, READ
from kesu.api.fields import Number, body_of, given
from kesu.api.keeping import once
from kesu.api.reading import _cursor, _id, _limit
from kesu.company.models import Company, Person
from kesu.config.now import now

Do = Callable[..., Any]


@dataclass(frozen=True)
class Chained:
    """One kind. `key` is the column by which requests name a row; `locks`: its acts lock the company before the row."""

    place: str  # "/warnings"
    name: str  # of its operations: read `warning`, act `warning_take`
    titles: tuple[str, str]  # of one, of all
    listing: Any  # schema of a page of rows: under the name of the place, and `next`
    whole: Any
    visible: Callable[[Person, datetime], QuerySet[Any]]
    brief: Callable[[Any, Person, datetime], dict[str, Any]]
    told: Callable[[Any, Person, datetime], dict[str, Any]]
    key: str = "number"
    kind: Any = Number  # type of the key in an address
    locks: bool = True
    heavy: tuple[str, ...] = ()  # columns that a list does not need
    acts: dict[str, tuple[str, Any, Do]] = field(default_factory=dict)  # act → title, body (None: of the signature), function


def add_routes(api: NinjaAPI, kind: Chained) -> None:
    """The list, one, and every act."""
    tag = [kind.place.strip("/")]

    def listed(request: HttpRequest, cursor: str = _cursor(), limit: int = _limit()) -> HttpResponse:
        person, at = request.auth.person, now()  # type: ignore[attr-defined]
        rows = kind.visible(person, at).defer(*kind.heavy).order_by("-pk")
        before = _id(cursor)
        found = list((rows.filter(pk__lt=before) if before else rows)[: limit + 1])
        following = str(found[limit - 1].pk) if len(found) > limit else None
        return reply(200, {tag[0]: [kind.brief(row, person, at) for row in found[:limit]], "next": following})

    def read(
        request: HttpRequest,
        number: kind.kind = Path(),  # type: ignore[name-defined]
        *,
        if_none_match: str = Header("", alias="If-None-Match", max_length=200),
    ) -> HttpResponse:
        person, at = request.auth.person, now()  # type: ignore[attr-defined]
        row = kind.visible(person, at).get(**{kind.key: number})
        if if_none_match and matches(if_none_match, etag_of(row)):
            response = reply(304, "", etag_of(row))
            del response["Content-Type"]
            return response
        return reply(200, kind.told(row, person, at), etag_of(row))

    listed.__doc__ = "Those that the person sees, the newest first."
    read.__doc__ = "One of them; the ETag changes with every act."
    one, many = kind.titles
    api.get(kind.place, response=answers(200, kind.listing), auth=READ, operation_id=f"{kind.name}s", summary=many, tags=tag)(listed)
    api.get(
        f"{kind.place}/{{number}}", response=answers(200, kind.whole) | {304: None}, auth=READ, operation_id=kind.name, summary=one,
        tags=tag,
    )(read)  # fmt: skip
    for name, (title, body, do) in kind.acts.items():
        _add(api, kind, name, title, body or body_of(f"{kind.name}_{name}", do), do)


def _add(api: NinjaAPI, kind: Chained, name: str, title: str, body: Any, do: Do) -> None:
    def act(
        request: HttpRequest,
        number: kind.kind = Path(),  # type: ignore[name-defined]
        *,
        body: body,
        idempotency_key: str = _key(),
        if_match: str = _match(),
    ) -> HttpResponse:
        return once(request, idempotency_key, lambda: _do(request, kind, number, do, given(body), if_match))  # type: ignore[arg-type]

    act.__doc__ = do.__doc__
    api.post(
        f"{kind.place}/{{number}}/acts/{name}", response=answers(200, kind.whole, acting=True), auth=ACT,
        operation_id=f"{kind.name}_{name}", summary=title, tags=[kind.place.strip("/")],
    )(act)  # fmt: skip


def _do(request: Any, kind: Chained, number: Any, do: Do, said: dict[str, Any], if_match: str) -> HttpResponse:
    person, at = request.auth.person, now()
    row = kind.visible(person, at).get(**{kind.key: number})
    if not if_match:
        do(person, row.pk, **said, at=at)
    else:
        with transaction.atomic():
            _unmoved(kind, row, if_match)
            do(person, row.pk, **said, at=at)
    row = kind.visible(person, at).get(pk=row.pk)
    return reply(200, kind.told(row, person, at), etag_of(row))


def _unmoved(kind: Chained, row: Any, if_match: str) -> None:
    """Lock it in the order in which its acts do. Raises Failed 412 when it is not what the program has read."""
    if kind.locks:
        Company.objects.select_for_update().get(pk=row.company_id)
    fresh = type(row)._default_manager.select_for_update().only("journal_n").get(pk=row.pk)
    if not matches(if_match, etag_of(fresh)):
        raise Failed(412, "changed", "已有新进展，请重新读取", "it has moved on; read it again", field="If-Match")
