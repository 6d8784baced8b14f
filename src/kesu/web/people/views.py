"""People's pages: one's own figures, self-reviews to write and to answer, recognition."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import get
from kesu.config.now import now
from kesu.insights.actions.counting import brought_up
from kesu.insights.periods import Period, moved, today
from kesu.performance import actions
from kesu.performance.models import Review
from kesu.performance.queries import recognitions
from kesu.performance.queries.reviews import found, listed, owes
from kesu.performance.queries.sight import leads
from kesu.performance.tables import mine
from kesu.performance.words import DUTIES
from kesu.procedure.refused import Refused
from kesu.web.figures import showing
from kesu.web.figures.looking import Looker
from kesu.web.people.behind import looker_of
from kesu.web.people.showing import Card, card, figures, journal, said
from kesu.web.work.page import reader_of

REFUSED = 422
WRITTEN = ("well", "change", "help")


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # login_required stands before every view
    return request.user


def _periods(seen: Looker) -> list[showing.Chip]:
    """This month and the two before."""
    first = today(seen.rights.company.zone, seen.look.at).replace(day=1)
    rows = [Period.months(moved(first, -n), 1) for n in range(3)]
    return [showing.Chip(str(row), f"?{urlencode({'period': str(row)})}", row == seen.look.period) for row in rows]


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is owed on self-reviews, one's own figures, recognition."""
    seen = looker_of(request)
    person, at = seen.person, seen.look.at
    brought_up(seen.rights.company, at)
    reader = reader_of(person, at, seen.look.language)
    cards = [card(row, reader, owes(person, row, seen.rights)) for row in listed(person, at)]
    table = mine(seen.look)
    context = {
        "owed": [one for one in cards if one.owes],
        "kept": [one for one in cards if not one.owes],
        "one": showing.drawn(seen.look, "people", [table], "")[0] if table else None,
        "periods": _periods(seen),
        "got": recognitions.of_person(person),
        "given": recognitions.given_by(person),
        "proposed": recognitions.proposed(person, at),
        "may_thank": recognitions.may_recognise(seen.rights) is not None,
        "leads": leads(seen.rights),
    }
    with timezone.override(ZoneInfo(seen.rights.company.zone)):
        return render(request, "web/people/home.html", context)


@login_required
@require_GET
def review(request: HttpRequest, selfreview: int) -> HttpResponse:
    """One self-review, for the one who writes it and the one who answers."""
    return _review(request, _found(request, selfreview))


def _found(request: HttpRequest, pk: int) -> Review:
    row = found(_person(request), pk, now())
    if row is None:
        raise Http404
    return row


def _review(request: HttpRequest, row: Review, refused: Refused | None = None) -> HttpResponse:
    person, at, language = _person(request), now(), get_language() or "zh-hans"
    rights, reader = rights_of(person, at), reader_of(person, at, language)
    duty = owes(person, row, rights)
    shown: Card = card(row, reader, duty)
    context = {
        "card": shown,
        "row": row,
        "duty": duty,
        "figures": figures(row, person, at, reader),
        "words": said(row, reader),
        "lines": journal(row, reader),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    with timezone.override(ZoneInfo(rights.company.zone)):
        return render(request, "web/people/review.html", context, status=REFUSED if refused else 200)


@login_required
@require_POST
def act(request: HttpRequest, selfreview: int, act: str) -> HttpResponse:
    """Write it, answer it, add to it."""
    person, row, typed = _person(request), _found(request, selfreview), request.POST
    try:
        if act == "write":
            actions.write(person, row.pk, **{name: typed.get(name, "") for name in WRITTEN}, at=now())
        elif act == "answer":
            actions.answer(person, row.pk, said=typed.get("said", ""), at=now())
        elif act == "add":
            actions.add(person, row.pk, said=typed.get("said", ""), at=now())
        else:
            raise Http404
    except Review.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        return _review(request, _found(request, selfreview), refused)
    done = DUTIES.get(act, ("补充", "Added"))[0 if (get_language() or "zh").startswith("zh") else 1]
    messages.success(request, _("%(act)s：已记下") % {"act": done})
    return HttpResponseRedirect(reverse("self_review", args=[row.pk]))


@login_required
@require_http_methods(["GET", "POST"])
def thank(request: HttpRequest) -> HttpResponse:
    """Recognise somebody for a case: the case by its number, then who and why."""
    person, at = _person(request), now()
    rights = rights_of(person, at)
    if recognitions.may_recognise(rights) is None:
        raise Http404
    number = (request.POST or request.GET).get("case", "").strip()
    try:
        case = get(person, number, at)
    except Case.DoesNotExist:
        return render(request, "web/people/recognise.html", {"case": None, "number": number[:40]}, status=404)
    refused = None
    if request.method == "POST":
        who = request.POST.get("who", "")
        try:
            chosen = int(who) if who.isascii() and who.isdecimal() and len(who) < 19 else 0
            actions.recognise(person, case.pk, who=chosen, words=request.POST.get("words", ""), at=at)
            messages.success(request, _("表扬记下了，本人会收到"))
            return HttpResponseRedirect(reverse("people"))
        except Refused as error:
            refused = error
    context: dict[str, Any] = {
        "case": case,
        "people": [one for one in recognitions.whom(case, standing(rights.company)) if one.pk != person.pk],
        "who": (request.POST or request.GET).get("who", ""),
        "refused": refused,
        "typed": request.POST,
    }
    return render(request, "web/people/recognise.html", context, status=REFUSED if refused else 200)
