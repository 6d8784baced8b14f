"""Looking back by the interface: self-reviews read, written, answered, added to by the two whom they concern; recognition."""

# No `from __future__ import annotations`: ninja reads the types that each route is made with.

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema

from kesu.api import chained
from kesu.api.acting import _key
from kesu.api.answers import answers, reply
from kesu.api.door import ACT, READ
from kesu.api.fields import LARGEST, Body, Number, Words
from kesu.api.keeping import once
from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints.queries.cases import visible_to as visible_cases
from kesu.config.now import now
from kesu.performance import actions
from kesu.performance.models import Recognition, Review
from kesu.performance.queries import recognitions, reviews
from kesu.performance.words import title_of

Id = Annotated[int, Field(ge=1, le=LARGEST)]
DOABLE: dict[str, tuple[str, Callable[..., Any]]] = {
    "write": ("Write the self-review 写自查", actions.write),
    "answer": ("Answer it as the superior 答复", actions.answer),
    "add": ("Add to what was written 补充", actions.add),
}


class BriefReview(Schema):
    """A self-review in a list."""

    number: int
    kind: str
    title: str
    title_en: str
    about: str = Field(description="person or department")
    person: int | None
    department: int | None
    first: str
    last: str
    state: str = Field(description="owed, written, answered")
    due_at: str | None
    n: int = Field(description="How many entries its journal has; also the ETag")


class ReviewSaid(Schema):
    """What one of the two wrote; empty once its time was over."""

    by: int
    at: str
    act: str
    words: dict[str, str]


class ReviewCaseOut(Schema):
    """A case of the month. `wrong`: the measures in which it went wrong; none for one that went well."""

    number: str
    wrong: list[str]


class WholeReview(BriefReview):
    """A self-review with its figures, its cases that the person sees, and what was written."""

    figures: list[dict[str, Any]]
    cases: list[ReviewCaseOut]
    said: list[ReviewSaid]
    owes: str = Field(description="What this person owes on it now: write, answer, or nothing")


class Reviews(Schema):
    """A page of self-reviews; `next` is the cursor of the following one."""

    reviews: list[BriefReview]
    next: str | None


class RecognitionIn(Body):
    """Whom to thank for which case, and for what."""

    case: Number
    who: Id
    words: Words


class RecognitionOut(Schema):
    """A person is thanked for a case. `praised`: the case is a customer's praise."""

    id: int
    case: str
    person: int
    by: int
    at: str
    praised: bool
    words: str


class Recognitions(Schema):
    """What the person was given and gave, the newest first."""

    received: list[RecognitionOut]
    given: list[RecognitionOut]


def add_routes(api: NinjaAPI) -> None:
    """Self-reviews with their acts; recognition."""
    acts = {name: (title, None, do) for name, (title, do) in DOABLE.items()}
    titles = ("A self-review 自查", "Self-reviews that the person reads, newest first 自查")
    kind = chained.Chained(
        "/reviews", "review", titles, Reviews, WholeReview, reviews.visible_to, brief, told, key="pk", kind=Id, heavy=("figures",),
        acts=acts,
    )  # fmt: skip
    chained.add_routes(api, kind)
    api.get(
        "/recognitions",
        response=answers(200, Recognitions),
        auth=READ,
        operation_id="recognitions",
        summary="Recognition 表扬",
        tags=["reviews"],
    )(listed)
    api.post(
        "/recognitions", response=answers(201, RecognitionOut, acting=True), auth=ACT, operation_id="recognise",
        summary="Recognise somebody for a case 表扬一个人", tags=["reviews"],
    )(recognise)  # fmt: skip


def brief(row: Review, person: Person, at: datetime) -> dict[str, Any]:
    """The self-review in a list."""
    return {
        "number": row.pk,
        "kind": row.kind,
        "title": title_of(row, "zh-hans"),
        "title_en": title_of(row, "en"),
        "about": row.about,
        "person": row.person_id,
        "department": row.department_id,
        "first": row.first.isoformat(),
        "last": row.last.isoformat(),
        "state": row.state,
        "due_at": row.due_at and row.due_at.isoformat(),
        "n": row.journal_n,
    }


def told(row: Review, person: Person, at: datetime) -> dict[str, Any]:
    """The self-review whole."""
    wrong = dict(row.cases.values_list("case", "wrong"))
    seen = visible_cases(person, at).filter(pk__in=wrong).order_by("pk").values_list("pk", "number")
    said = [{"by": one.by_id, "at": one.at.isoformat(), "act": one.act, "words": one.words} for one in row.words.all()]
    return brief(row, person, at) | {
        "figures": row.figures,
        "cases": [{"number": number, "wrong": wrong[pk]} for pk, number in seen],
        "said": said,
        "owes": reviews.owes(person, row, rights_of(person, at)),
    }


def listed(request: HttpRequest) -> HttpResponse:
    """One's own, received and given."""
    person: Person = request.auth.person  # type: ignore[attr-defined]
    rows = {"received": recognitions.of_person(person), "given": recognitions.given_by(person)}
    return reply(200, {name: [_thanks(row) for row in found] for name, found in rows.items()})


def recognise(request: HttpRequest, body: RecognitionIn, idempotency_key: str = _key()) -> HttpResponse:
    """Thank somebody who had a hand in the case; once for each person and case."""

    def do() -> HttpResponse:
        person, at = request.auth.person, now()  # type: ignore[attr-defined]
        case = visible_cases(person, at).get(number=body.case)
        return reply(201, _thanks(actions.recognise(person, case.pk, who=body.who, words=body.words, at=at)))

    return once(request, idempotency_key, do)  # type: ignore[arg-type]


def _thanks(row: Recognition) -> dict[str, Any]:
    return {
        "id": row.pk, "case": row.case.number, "person": row.person_id, "by": row.by_id, "at": row.at.isoformat(), "praised": row.praised,
        "words": row.words,
    }  # fmt: skip
