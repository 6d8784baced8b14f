"""Reading by the interface: cases, journals, clocks with their reasons, my work, the board, the procedure, places and people."""

# No `from __future__ import annotations`: ninja reads the types that each route is made with.

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Path, Query, Schema

from kesu.api.answers import Failed, answers, etag_of, matches, reply
from kesu.api.door import READ
from kesu.api.fields import NO_NUL, Number
from kesu.api.shown import Brief, Entry, Row, Running, Whole, brief, entry, reckoned, running, whole
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints.models import JournalEntry
from kesu.complaints.queries import cases, work
from kesu.complaints.queries.case_page import open_page
from kesu.complaints.queries.health import cover_entries, sees_health
from kesu.complaints.queries.veil import covered_for, found_by, veil_for
from kesu.config.now import now
from kesu.insights.figures import Load, figures

MOST = 100
LISTS = ("channels", "natures", "grades", "categories", "causes", "facts", "roles", "remedies", "pauses", "events", "outside", "references")


class Cases(Schema):
    """A page of cases; `next` is the cursor of the following one."""

    cases: list[Brief]
    next: str | None


class Journal(Schema):
    """A page of a journal, in its order."""

    entries: list[Entry]
    next: str | None


class Clocks(Schema):
    """The limits of a case."""

    clocks: list[Running]


class Owed(Running):
    """A limit that this person owes, with its case."""

    case: str
    title: str


class Work(Schema):
    """A page of what the person owes, what falls due first first."""

    owed: list[Owed]
    next: str | None


class Figure(Schema):
    """Counted cases and limits. `share`: percent in time this month."""

    open: int
    late: int
    near: int
    ended: int
    in_time: int
    share: float | None


class Board(Schema):
    """The board's figures for what this person sees."""

    total: Figure
    sites: dict[str, Figure]
    grades: dict[str, Figure]
    received_today: int


class Me(Schema):
    """Whom the token acts for and what it may do."""

    id: int
    name: str
    company: str
    roles: list[str]
    scopes: list[str]
    expires_at: str


class Procedure(Schema):
    """The procedure in force: the ids that requests use, with their names."""

    id: str
    version: str
    lists: dict[str, list[Row]]


class Places(Schema):
    """Sites with their departments, and colleagues."""

    sites: list[Row]
    departments: list[Row]
    people: list[Row]


def add_routes(api: NinjaAPI) -> None:
    """Every question."""
    table: list[tuple[str, Any, Any, str, str]] = [
        ("/me", Me, me, "me", "Whose token 本人"),
        ("/procedure", Procedure, procedure, "procedure", "The procedure's ids 规程"),
        ("/places", Places, places, "places", "Sites, departments, people 服务点、部门、人员"),
        ("/cases", Cases, listed, "cases", "Cases, newest first 投诉"),
        ("/cases/{number}", Whole, case, "case", "One case 一张单"),
        ("/cases/{number}/journal", Journal, journal, "journal", "Its journal 记录"),
        ("/cases/{number}/clocks", Clocks, clocks, "clocks", "Its limits and why 时限和理由"),
        ("/work", Work, owed, "work", "My work 我的工作"),
        ("/board", Board, board, "board", "The board 督办看板"),
    ]
    for path, schema, view, name, title in table:
        conditional = {304: None} if name == "case" else {}
        api.get(path, response=answers(200, schema) | conditional, auth=READ, operation_id=name, summary=title, tags=["reading"])(view)


def _cursor() -> Any:
    return Query("", max_length=60, pattern=NO_NUL, description="`next` of the page before")


def _limit() -> Any:
    return Query(50, ge=1, le=MOST)


def _id(cursor: str) -> int | None:
    """The id that a cursor names. Raises Failed for what no page has given out."""
    if cursor and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise Failed(422, "cursor", "这个游标不是本接口给的", "this cursor was not given out here", field="cursor")
    return int(cursor) if cursor else None


def me(request: Any) -> HttpResponse:
    """Whom the token acts for."""
    token = request.auth
    person, rights = token.person, rights_of(token.person, now())
    said = {"id": person.pk, "name": person.name, "company": person.company.name, "roles": rights.roles()}
    return reply(200, said | {"scopes": token.scopes, "expires_at": token.expires_at.isoformat()})


def procedure(request: Any) -> HttpResponse:
    """The ids that requests use."""
    pack = rights_of(request.auth.person, now()).pack
    lists = {
        name: [
            {"id": row.id, "name": pack.label(name, row.id, "zh"), "name_en": pack.label(name, row.id, "en")} for row in getattr(pack, name)
        ]
        for name in LISTS
        if getattr(pack, name, None)
    }
    return reply(200, {"id": pack.pack.id, "version": pack.pack.version, "lists": lists})


def places(request: Any) -> HttpResponse:
    """The person's sites with their departments; all colleagues by name."""
    rights = rights_of(request.auth.person, now())
    found, sites = standing(rights.company), rights.sites()
    mine = {site.pk for site in sites}
    return reply(
        200,
        {
            "sites": [{"id": site.pk, "code": site.code, "name": site.name} for site in sites],
            "departments": [
                {"id": row.pk, "site": row.site_id, "kind": row.kind, "name": row.name}
                for row in found.departments.values()
                if row.site_id in mine
            ],
            "people": [{"id": row.pk, "name": row.name} for row in found.people.values()],
        },
    )


def listed(
    request: HttpRequest,
    cursor: str = _cursor(),
    limit: int = _limit(),
    q: str = Query("", max_length=100, pattern=NO_NUL, description="Number, telephone, home, words; the first 50 found"),
) -> HttpResponse:
    """The cases that the person sees."""
    person, at = request.auth.person, now()  # type: ignore[attr-defined]
    if q.strip():
        shown = found_by(q.strip(), cases.search(person, q, at, limit), person, at)
        return reply(200, {"cases": [brief(row) for row in shown], "next": None})
    found, following = cases.newest(person, at, _id(cursor), limit)
    covered_for(found, person, at)
    return reply(200, {"cases": [brief(row) for row in found], "next": str(following) if following else None})


def case(
    request: HttpRequest,
    number: Number = Path(),
    if_none_match: str = Header("", alias="If-None-Match", max_length=200),
) -> HttpResponse:
    """The case with what belongs to it; the ETag changes with every act."""
    person, at = request.auth.person, now()  # type: ignore[attr-defined]
    if if_none_match:
        etag = etag_of(cases.get(person, number, at))
        if matches(if_none_match, etag):
            response = reply(304, "", etag)
            del response["Content-Type"]
            return response
    page = open_page(person, number, at)
    return reply(200, whole(page), etag_of(page.case))


def journal(request: HttpRequest, number: Number = Path(), cursor: str = _cursor(), limit: int = _limit()) -> HttpResponse:
    """What happened, in order, with the hash chain."""
    person, at = request.auth.person, now()  # type: ignore[attr-defined]
    one = cases.get(person, number, at)
    pack, zone = pack_of(one.version_id), one.site.company.zone
    rows = list(JournalEntry.objects.filter(case=one, n__gt=_id(cursor) or 0).order_by("n")[: limit + 1])
    rights = rights_of(person, at)
    if not sees_health(rights, pack, one):
        cover_entries(one, rows)
    veil = veil_for(one, rights)
    if not veil.seen.whole:
        veil.cover(rows)
    following = str(rows[limit - 1].n) if len(rows) > limit else None
    return reply(200, {"entries": [entry(row, pack, zone) for row in rows[:limit]], "next": following})


def clocks(request: HttpRequest, number: Number = Path()) -> HttpResponse:
    """Each limit with the reckoning of its due time."""
    return reply(200, {"clocks": reckoned(open_page(request.auth.person, number, now()))})  # type: ignore[attr-defined]


def owed(request: HttpRequest, cursor: str = _cursor()) -> HttpResponse:
    """What the person owes, fifty at a time."""
    after = work.Cursor.read(cursor) if cursor else None
    if cursor and after is None:
        raise Failed(422, "cursor", "这个游标不是本接口给的", "this cursor was not given out here", field="cursor")
    rows, following = work.owed(request.auth.person, now(), after=after)  # type: ignore[attr-defined]
    told = [running(row, pack_of(row.case.version_id)) | {"case": row.case.number, "title": row.case.title} for row in rows]
    return reply(200, {"owed": told, "next": str(following) if following else None})


def board(request: HttpRequest) -> HttpResponse:
    """Figures for whoever has a board; 404 for others, as on the pages."""
    rights = rights_of(request.auth.person, now())  # type: ignore[attr-defined]
    if not rights.page("board"):
        raise Failed(404, "not_found", "没有，或您无权查看", "there is none, or you may not see it")
    found = figures(rights, now())
    names = {site.pk: site.code for site in standing(rights.company).sites.values()}
    return reply(
        200,
        {
            "total": _figure(found.total),
            "sites": {names.get(pk, str(pk)): _figure(load) for pk, load in found.sites.items()},
            "grades": {grade: _figure(load) for grade, load in found.grades.items()},
            "received_today": found.received_today,
        },
    )


def _figure(load: Load) -> dict[str, Any]:
    return {name: getattr(load, name) for name in ("open", "late", "near", "ended", "in_time", "share")}
