"""The pages of early warning: what is unusual, what is ordinary, one warning with its complaints, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.config.now import now
from kesu.procedure.refused import Refused
from kesu.warnings import actions
from kesu.warnings.models import Warning
from kesu.warnings.outcomes import ACTS, OUTCOMES
from kesu.warnings.queries import listing
from kesu.warnings.queries.sight import answers_for, scope, sees_any
from kesu.warnings.telling import said_of
from kesu.warnings.words import ordinary_words, people_in, say_entry, untold_words
from kesu.web.warnings.charts import chart
from kesu.web.work.page import reader_of
from kesu.web.work.rows import Reader, bar

View = Callable[..., HttpResponse]
REFUSED = 422
DOABLE = ("take", "hand", "answer", "capa", "close")


def in_company_time(view: View) -> View:
    """Times are read and written on the company's own clock; only for those who are signed in."""

    @login_required
    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(ZoneInfo(person_of(request).company.zone)):
            return view(request, *args, **kwargs)

    return within


def person_of(request: HttpRequest) -> Person:
    """Who is signed in."""
    assert isinstance(request.user, Person)  # login_required stands before every view
    return request.user


def reader(request: HttpRequest) -> Reader:
    """Who reads, now, in which language."""
    return reader_of(person_of(request), now(), get_language() or "zh-hans")


@dataclass(frozen=True)
class Card:
    """A warning in the list."""

    row: Warning
    said: Any
    view: Any
    chart: Any
    who: str


def _card(row: Warning, at: Reader) -> Card:
    said = said_of(row, at.standing, at.language)
    view = bar(row.owed_from, row.due_at, at) if row.is_owed else None
    drawn = chart(row.figures.get("series") or {}, said.whole(at.language), at.zh, row.first.toordinal())
    person = at.standing.people.get(row.person_id or 0)
    who = person.name if person else pack_of(row.version_id).label("roles", row.role, at.language)
    return Card(row, said, view, drawn, who)


@in_company_time
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Every warning that the person sees, what falls due first first; then what is ordinary, and what cannot be told."""
    at = reader(request)
    if not sees_any(at.rights):
        return render(request, "web/warnings/board.html", {"watched": at.rights.pack.warning is not None, "blind": True})
    cards = [_card(row, at) for row in listing.listed(at.person, at.at)]
    scan = listing.last_scan(at.person)
    sites = set(at.standing.sites) if at.rights.company_wide() else at.rights.site_ids()
    context = {
        "watched": at.rights.pack.warning is not None,
        "owed": [card for card in cards if card.row.is_owed],
        "answered": [card for card in cards if card.row.state == "answered"],
        "closed": [card for card in cards if card.row.state == "closed"],
        "scan": scan,
        "ordinary": _rows(scan.ordinary if scan else [], sites, at, ordinary_words),
        "untold": _rows(scan.untold if scan else [], sites, at, untold_words),
        "rules": at.rights.pack.warning,
    }
    return render(request, "web/warnings/board.html", context)


def _rows(rows: list[dict[str, Any]], sites: set[int], at: Reader, words: Callable[[dict[str, Any], str], str]) -> list[tuple[str, str]]:
    """(site, sentence) of what the reader may see."""
    known = at.standing.sites
    return [(known[row["site"]].name, words(row, at.language)) for row in rows if row["site"] in sites and row["site"] in known]


def _found(at: Reader, warning: int) -> Warning:
    row = Warning.objects.filter(scope(at.rights), pk=warning).select_related("capa", "again_of").first()
    if row is None:
        raise Http404
    row.company = at.person.company
    return row


@in_company_time
@require_GET
def page(request: HttpRequest, warning: int) -> HttpResponse:
    """One warning."""
    at = reader(request)
    return _page(request, at, _found(at, warning))


def _page(request: HttpRequest, at: Reader, row: Warning, refused: Refused | None = None, typed: Any = None) -> HttpResponse:
    cases, unseen = listing.cases_of(row, at.person, at.at)
    entries = list(row.journal.select_related("person").order_by("-n"))
    names = dict(Person.objects.filter(pk__in={pk for entry in entries for pk in people_in(entry.data)}).values_list("pk", "name"))
    pack = pack_of(row.version_id)
    lines = [
        (entry, say_entry(entry.act, entry.data, names, at.language, at.zone), pack.label("roles", entry.role, at.language))
        for entry in entries
    ]
    mine = answers_for(at.rights, row) is not None and row.state != "closed"
    context = {
        "card": _card(row, at),
        "row": row,
        "cases": cases,
        "unseen": unseen,
        "pack": at.rights.pack,
        "lines": lines,
        "mine": mine,
        "turn": mine and row.pk in {owed.pk for owed in listing.owed(at.person, at.at)},
        "outcomes": [(key, names[0 if at.zh else 1]) for key, names in OUTCOMES.items()],
        "answers": [
            (answer, OUTCOMES.get(answer.outcome, ("", ""))[0 if at.zh else 1])
            for answer in row.answers.select_related("by").order_by("-id")
        ],
        "people": listing.who_may_have(row, at.standing, at.at) if mine and row.is_owed else [],
        "may_capa": mine and row.capa_id is None and at.rights.pack.improvement is not None and at.rights.ever("put_right") and cases,
        "refused": refused,
        "typed": typed or {},
    }
    return render(request, "web/warnings/warning.html", context, status=REFUSED if refused else 200)


@in_company_time
@require_POST
def act(request: HttpRequest, warning: int, act: str) -> HttpResponse:
    """Take it, hand it on, answer it, open corrective action, close it."""
    at = reader(request)
    row = _found(at, warning)
    if act not in DOABLE:
        raise Http404
    try:
        with transaction.atomic():
            _do(at.person, row.pk, act, request, at.at)
    except Warning.DoesNotExist:
        raise Http404 from None
    except Refused as error:
        return _page(request, at, _found(at, warning), error, request.POST)
    done = ACTS[act].zh if at.zh else ACTS[act].en
    messages.success(request, _("%(act)s：已记下") % {"act": done})
    return HttpResponseRedirect(reverse("warning", args=[row.pk]))


def _do(person: Person, pk: int, act: str, request: HttpRequest, at: datetime) -> None:
    typed = request.POST
    if act == "take":
        actions.take(person, pk, at=at)
    elif act == "hand":
        to = typed.get("to", "")
        actions.hand(person, pk, to=int(to) if to.isascii() and to.isdecimal() and len(to) < 19 else 0, at=at)
    elif act == "answer":
        actions.answer(person, pk, outcome=typed.get("outcome", ""), words=typed.get("words", ""), at=at)
    elif act == "capa":
        actions.open_capa(person, pk, problem=typed.get("problem", ""), at=at)
    else:
        actions.close(person, pk, words=typed.get("words", ""), at=at)
