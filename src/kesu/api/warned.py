"""Early warning by the interface: warnings listed and read, one route per act on them, and the changes whose effect is asked."""

# No `from __future__ import annotations`: ninja reads the types that each route is made with.

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Path, Schema

from kesu.api import chained
from kesu.api.acting import _key
from kesu.api.answers import Failed, answers, reply
from kesu.api.door import ACT, READ
from kesu.api.fields import LARGEST, Body, Day, Short, Whole
from kesu.api.keeping import once
from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints.queries.cases import visible_to as visible_cases
from kesu.config.now import now
from kesu.procedure.act import STAFF
from kesu.warnings import actions
from kesu.warnings.models import Change, Warning
from kesu.warnings.outcomes import ACTS
from kesu.warnings.queries import effects
from kesu.warnings.queries.sight import visible_to
from kesu.warnings.telling import said_of

SPELLED = {"capa": "open_capa"}  # acts that are called by another name in actions


class BriefWarning(Schema):
    """A warning in a list. What it says is made for the person who reads it."""

    number: str
    site: int | None = Field(description="null: several sites at once")
    kind: str
    of: str = Field(description="What the complaints have in common")
    state: str
    said: str
    said_en: str
    first: str
    last: str
    observed: int
    expected: float | None
    a_year: float | None = Field(description="How often chance brings it in a year; null: a threshold")
    customers: int
    opened_at: str
    due_at: str
    role: str
    person: int | None
    outcome: str
    n: int = Field(description="How many entries its journal has; also the ETag")


class Answered(Schema):
    """What somebody wrote about it; `outcome` is empty on closing."""

    by: int
    at: str
    outcome: str
    words: str


class WholeWarning(BriefWarning):
    """A warning with the complaints behind it."""

    answered_at: str | None
    closed_at: str | None
    record: str | None = Field(description="The record of corrective action that was opened from it")
    again_of: str | None
    cases: list[str] = Field(description="Those that the person sees")
    unseen: int = Field(description="How many more there are")
    answers: list[Answered]


class Warnings(Schema):
    """A page of warnings; `next` is the cursor of the following one."""

    warnings: list[BriefWarning]
    next: str | None


class ChangeIn(Body):
    """Something that began on a day: a training, a rule. `site` 0: everywhere."""

    name: Short
    day: Day
    site: Whole = 0
    category: Short = ""


class ChangeOut(Schema):
    """A change whose effect can be asked."""

    id: int
    name: str
    day: str
    site: int | None
    category: str
    by: int


class Changes(Schema):
    """The changes that the person may ask about, the newest first."""

    changes: list[ChangeOut]


class Gone(Schema):
    """What was taken back."""

    id: int


def add_routes(api: NinjaAPI) -> None:
    """Warnings with their acts; changes entered, listed, taken back."""
    acts = {name: (f"{act.en} {act.zh}", None, getattr(actions, SPELLED.get(name, name))) for name, act in ACTS.items() if STAFF in act.by}
    titles = ("A warning 预警", "Warnings, newest first 预警")
    chained.add_routes(api, chained.Chained("/warnings", "warning", titles, Warnings, WholeWarning, visible_to, brief, told, acts=acts))
    api.get("/changes", response=answers(200, Changes), auth=READ, operation_id="changes", summary="Changes 改变", tags=["warnings"])(
        changes
    )
    api.post(
        "/changes", response=answers(201, ChangeOut, acting=True), auth=ACT, operation_id="add_change", summary="Note a change 记下改变",
        tags=["warnings"],
    )(add_change)  # fmt: skip
    api.post(
        "/changes/{change}/acts/drop", response=answers(200, Gone, acting=True), auth=ACT, operation_id="drop_change",
        summary="Take back one's own 撤回", tags=["warnings"],
    )(drop_change)  # fmt: skip


def brief(row: Warning, person: Person, at: datetime) -> dict[str, Any]:
    """The warning in a list."""
    row.company, known = person.company, standing(person.company)
    named = ("number", "kind", "of", "state", "observed", "expected", "a_year", "customers", "role", "outcome")
    times = ("first", "last", "opened_at", "due_at")
    said = {"said": said_of(row, known, "zh-hans").whole("zh-hans"), "said_en": said_of(row, known, "en").whole("en")}
    told = {name: getattr(row, name) for name in named} | {name: getattr(row, name).isoformat() for name in times}
    return told | said | {"site": row.site_id, "person": row.person_id, "n": row.journal_n}


def told(row: Warning, person: Person, at: datetime) -> dict[str, Any]:
    """The warning as it stands."""
    cases = list(
        visible_cases(person, at).filter(pk__in=row.cases.values("case")).order_by("-received_at", "-id").values_list("number", flat=True)
    )
    answers = [
        {"by": answer.by_id, "at": answer.at.isoformat(), "outcome": answer.outcome, "words": answer.words} for answer in row.answers.all()
    ]
    return brief(row, person, at) | {
        "answered_at": row.answered_at and row.answered_at.isoformat(),
        "closed_at": row.closed_at and row.closed_at.isoformat(),
        "record": row.capa.number if row.capa else None,
        "again_of": row.again_of.number if row.again_of else None,
        "cases": cases,
        "unseen": row.cases.count() - len(cases),
        "answers": answers,
    }


def changes(request: HttpRequest) -> HttpResponse:
    """What was entered by hand; corrective action and versions of the procedure are read where they stand."""
    person, at = request.auth.person, now()  # type: ignore[attr-defined]
    try:
        found = effects.listed(person, at)
    except effects.NotThere:
        raise Failed(404, "not_found", "没有，或您无权查看", "there is none, or you may not see it") from None
    rows = Change.objects.filter(pk__in=[int(row.key) for row in found if row.source == effects.CHANGE])
    return reply(200, {"changes": [_change(row) for row in rows]})


def add_change(request: HttpRequest, body: ChangeIn, idempotency_key: str = _key()) -> HttpResponse:
    """Note that something began on a day; its effect is then counted."""

    def do() -> HttpResponse:
        person, at = request.auth.person, now()  # type: ignore[attr-defined]
        if body.site and body.site not in {site.pk for site in rights_of(person, at).sites()}:
            raise Failed(404, "not_found", "没有，或您无权查看", "there is none, or you may not see it", field="site")
        row = actions.add_change(person, name=body.name, day=body.day, site=body.site or None, category=body.category, at=at)
        return reply(201, _change(row))

    return once(request, idempotency_key, do)  # type: ignore[arg-type]


def drop_change(request: HttpRequest, change: int = Path(ge=1, le=LARGEST), idempotency_key: str = _key()) -> HttpResponse:
    """Take back what one entered oneself."""

    def do() -> HttpResponse:
        actions.drop_change(request.auth.person, change, at=now())  # type: ignore[attr-defined]
        return reply(200, {"id": change})

    return once(request, idempotency_key, do)  # type: ignore[arg-type]


def _change(row: Change) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "day": row.day.isoformat(), "site": row.site_id, "category": row.category, "by": row.by_id}
