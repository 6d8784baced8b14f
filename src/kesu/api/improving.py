"""Corrective action by the interface: open a record from complaints, one route per act on it."""

# No `from __future__ import annotations`: ninja reads the types that each route is made with.

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Schema

from kesu.api.acting import _key
from kesu.api.answers import answers, reply
from kesu.api.door import ACT, READ
from kesu.api.fields import Body, Moment, Number, Short, Whole, Words, body_of, given
from kesu.api.keeping import once
from kesu.config.now import now
from kesu.improvement import actions
from kesu.improvement.models import Capa, Measure
from kesu.improvement.queries.sight import visible_to

BY_SIGNATURE = ("ask_extension", "close", "drop", "end", "grant_extension", "judge", "note", "plan", "refuse_extension", "reopen")


class Opening(Body):
    """A record and the complaints it comes from, by their numbers."""

    cases: list[Number]
    problem: Words
    title: Short = ""


class OwnerIn(Body):
    """Who answers for a measure: a person or a department; 0 is none."""

    person: Whole = 0
    department: Whole = 0


class MeasureIn(Body):
    """A measure of the record."""

    kind: Short
    what: Words
    owner: OwnerIn
    due_at: Moment | None = None


class HandIn(Body):
    """Another owner for a measure."""

    measure_id: Whole
    owner: OwnerIn
    reason: Words


class IncludeIn(Body):
    """A further complaint, by its number."""

    case: Number
    words: Words = ""


class MeasureOut(Schema):
    """A measure as it stands."""

    id: int
    n: int
    kind: str
    what: str
    person: int | None
    department: int | None
    due_at: str
    ended_at: str | None


class Record(Schema):
    """A record as it stands."""

    number: str
    title: str
    stage: str
    round: int
    n: int
    opened_at: str
    closed_at: str | None
    verdict: str
    measures: list[MeasureOut]


def add_routes(api: NinjaAPI) -> None:
    """Reading, opening, and every act."""
    api.get(
        "/improvement/{number}",
        response=answers(200, Record),
        auth=READ,
        operation_id="record",
        summary="A record 整改",
        tags=["improvement"],
    )(read)
    api.post(
        "/improvement", response=answers(201, Record, acting=True), auth=ACT, operation_id="open_record", summary="Open a record 立项整改",
        tags=["improvement"],
    )(open_record)  # fmt: skip
    own: dict[str, tuple[Any, Callable[..., Any]]] = {
        "measure": (MeasureIn, _measure),
        "hand": (HandIn, _hand),
        "include": (IncludeIn, _include),
    }
    for name in BY_SIGNATURE:
        do = getattr(actions, name)
        _add(api, name, body_of(f"record_{name}", do), do)
    for name, (body, do) in own.items():
        _add(api, name, body, do)


def _add(api: NinjaAPI, name: str, body: Any, do: Callable[..., Any]) -> None:
    def act(request: HttpRequest, number: Number = Path(), *, body: body, idempotency_key: str = _key()) -> HttpResponse:
        return once(request, idempotency_key, lambda: _do(request, number, do, given(body)))  # type: ignore[arg-type]

    act.__doc__ = do.__doc__
    api.post(
        f"/improvement/{{number}}/acts/{name}", response=answers(200, Record, acting=True), auth=ACT, operation_id=f"record_{name}",
        summary=name, tags=["improvement"],
    )(act)  # fmt: skip


def _do(request: Any, number: str, do: Callable[..., Any], said: dict[str, Any]) -> HttpResponse:
    person, at = request.auth.person, now()
    capa = visible_to(person, at).get(number=number)
    do(person, capa.pk, **said, at=at)
    return reply(200, told(Capa.objects.get(pk=capa.pk)))


def _owner(owner: OwnerIn) -> actions.Owner:
    return actions.Owner(owner.person, owner.department)


def _measure(person: Any, capa_id: int, *, owner: OwnerIn, at: datetime, **said: Any) -> Any:
    return actions.measure(person, capa_id, owner=_owner(owner), at=at, **said)


def _hand(person: Any, capa_id: int, *, owner: OwnerIn, at: datetime, **said: Any) -> Any:
    return actions.hand(person, capa_id, owner=_owner(owner), at=at, **said)


def _include(person: Any, capa_id: int, *, case: str, words: str, at: datetime) -> Any:
    return actions.include(person, capa_id, case_id=_case(person, case, at), words=words, at=at)


def _case(person: Any, number: str, at: datetime) -> int:
    from kesu.complaints.queries.cases import get

    return get(person, number, at).pk


def open_record(request: HttpRequest, body: Opening, idempotency_key: str = _key()) -> HttpResponse:
    """Open a record of corrective action from these complaints."""

    def do() -> HttpResponse:
        person, at = request.auth.person, now()  # type: ignore[attr-defined]
        ids = [_case(person, number, at) for number in body.cases]
        return reply(201, told(actions.open_capa(person, ids, title=body.title, problem=body.problem, at=at)))

    return once(request, idempotency_key, do)  # type: ignore[arg-type]


def read(request: HttpRequest, number: Number = Path()) -> HttpResponse:
    """The record with its measures."""
    return reply(200, told(visible_to(request.auth.person, now()).get(number=number)))  # type: ignore[attr-defined]


def told(capa: Capa) -> dict[str, Any]:
    """The record as it is answered."""
    rows = Measure.objects.filter(capa=capa, dropped_at__isnull=True).order_by("n", "id")
    return {
        "number": capa.number,
        "title": capa.title,
        "stage": capa.stage,
        "round": capa.round,
        "n": capa.journal_n,
        "opened_at": capa.opened_at.isoformat(),
        "closed_at": capa.closed_at and capa.closed_at.isoformat(),
        "verdict": capa.verdict,
        "measures": [
            {
                "id": row.pk,
                "n": row.n,
                "kind": row.kind,
                "what": row.what,
                "person": row.person_id,
                "department": row.department_id,
                "due_at": row.due_at.isoformat(),
                "ended_at": row.ended_at and row.ended_at.isoformat(),
            }
            for row in rows
        ],
    }
