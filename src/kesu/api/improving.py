"""Corrective action by the interface: open a record from complaints, one route per act on it."""

# No `from __future__ import annotations`: ninja reads the types that each route is made with.

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema

from kesu.api import chained
from kesu.api.acting import _key
from kesu.api.answers import answers, etag_of, reply
from kesu.api.door import ACT
from kesu.api.fields import Body, Moment, Number, Short, Whole, Words
from kesu.api.keeping import once
from kesu.complaints.queries.cases import get
from kesu.complaints.queries.cases import visible_to as visible_cases
from kesu.config.now import now
from kesu.improvement import actions
from kesu.improvement.models import Capa, Measure
from kesu.improvement.queries.sight import visible_to
from kesu.procedure.act import STAFF
from kesu.procedure.improving import RECORD_ACTS


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


class BriefRecord(Schema):
    """A record in a list."""

    number: str
    title: str
    stage: str
    round: int
    n: int
    opened_at: str
    closed_at: str | None
    verdict: str


class Record(BriefRecord):
    """A record as it stands."""

    problem: str
    cases: list[str] = Field(description="The complaints in it that the person sees, by their numbers")
    measures: list[MeasureOut]


class Records(Schema):
    """A page of records; `next` is the cursor of the following one."""

    improvement: list[BriefRecord]
    next: str | None


def add_routes(api: NinjaAPI) -> None:
    """Reading, opening, and every act."""
    api.post(
        "/improvement", response=answers(201, Record, acting=True), auth=ACT, operation_id="open_record", summary="Open a record 立项整改",
        tags=["improvement"],
    )(open_record)  # fmt: skip
    own: dict[str, tuple[Any, Callable[..., Any]]] = {
        "measure": (MeasureIn, _measure),
        "hand": (HandIn, _hand),
        "include": (IncludeIn, _include),
    }
    acts = {
        name: (f"{act.en} {act.zh}", *own.get(name, (None, getattr(actions, name, None))))
        for name, act in RECORD_ACTS.items()
        if STAFF in act.by and name != "open"
    }
    titles = ("A record 整改", "Records, newest first 整改")
    kind = chained.Chained("/improvement", "record", titles, Records, Record, visible_to, brief, told, locks=False, acts=acts)
    chained.add_routes(api, kind)


def _owner(owner: OwnerIn) -> actions.Owner:
    return actions.Owner(owner.person, owner.department)


def _measure(person: Any, capa_id: int, *, owner: OwnerIn, at: datetime, **said: Any) -> Any:
    return actions.measure(person, capa_id, owner=_owner(owner), at=at, **said)


def _hand(person: Any, capa_id: int, *, owner: OwnerIn, at: datetime, **said: Any) -> Any:
    return actions.hand(person, capa_id, owner=_owner(owner), at=at, **said)


def _include(person: Any, capa_id: int, *, case: str, words: str, at: datetime) -> Any:
    return actions.include(person, capa_id, case_id=_case(person, case, at), words=words, at=at)


def _case(person: Any, number: str, at: datetime) -> int:
    return get(person, number, at).pk


def open_record(request: HttpRequest, body: Opening, idempotency_key: str = _key()) -> HttpResponse:
    """Open a record of corrective action from these complaints."""

    def do() -> HttpResponse:
        person, at = request.auth.person, now()  # type: ignore[attr-defined]
        ids = [_case(person, number, at) for number in body.cases]
        capa = actions.open_capa(person, ids, title=body.title, problem=body.problem, at=at)
        return reply(201, told(capa, person, at), etag_of(capa))

    return once(request, idempotency_key, do)  # type: ignore[arg-type]


def brief(capa: Capa, person: Any, at: datetime) -> dict[str, Any]:
    """The record in a list."""
    return {
        "number": capa.number,
        "title": capa.title,
        "stage": capa.stage,
        "round": capa.round,
        "n": capa.journal_n,
        "opened_at": capa.opened_at.isoformat(),
        "closed_at": capa.closed_at and capa.closed_at.isoformat(),
        "verdict": capa.verdict,
    }


def told(capa: Capa, person: Any, at: datetime) -> dict[str, Any]:
    """The record as it is answered."""
    rows = Measure.objects.filter(capa=capa, dropped_at__isnull=True).order_by("n", "id")
    cases = visible_cases(person, at).filter(pk__in=capa.origins.values("case")).order_by("received_at", "id")
    return brief(capa, person, at) | {
        "problem": capa.problem,
        "cases": list(cases.values_list("number", flat=True)),
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
