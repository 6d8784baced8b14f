"""My work: the page, its refreshing, and the form of a routine duty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kesu.company.models import Person
from kesu.company.prepared import ask
from kesu.company.standing import standing
from kesu.complaints.actions.reading import forget_draft, keep_draft
from kesu.complaints.actions.routines import finish_duty
from kesu.complaints.models import Draft, RoutineDuty
from kesu.complaints.queries import work as queries
from kesu.complaints.queries.duties import duties_of
from kesu.complaints.queries.work import Filters
from kesu.config.now import now
from kesu.procedure.refused import Refused
from kesu.web.work.forms import DutyForm
from kesu.web.work.page import Asked, address, context, reader_of, stamp_of
from kesu.web.work.rows import routine_of, time_left

REMEMBERED = "work"  # the draft in which a person's filter is kept
WHOLE = timedelta(minutes=5)  # so often the list is drawn anew even when nothing has changed: time itself changes its tones
STOP = 286  # htmx: ask no more
View = Callable[..., HttpResponse]


def _in_company_time(view: View) -> View:
    """Times are shown on the company's own clock."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(ZoneInfo(_person(request).company.zone)):
            return view(request, *args, **kwargs)

    return within


def _person(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)  # login_required stands before every view
    return person


def _language() -> str:
    return get_language() or "zh-hans"


@login_required
@_in_company_time
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Everything I owe. The filter stands in the address and is remembered for the next visit without one."""
    person, at, asked = _person(request), now(), Asked.read(request.GET)
    remembered = _remembered(person)
    if not request.GET and remembered:
        return redirect(address(remembered))
    if request.GET and asked.filters != remembered:
        _remember(person, asked.filters, at)
    return render(request, "web/work/work.html", _context(person, at, asked))


def _remembered(person: Person) -> Filters:
    rows = ask(_kept_filters, key=None, person=person.pk)
    kept = dict(rows[0].data.get("fields", [])) if rows else {}
    return Filters(str(kept.get("step", "")), str(kept.get("only", "")))


def _kept_filters(person: int) -> QuerySet[Draft]:
    return Draft.objects.filter(person_id=person, form=REMEMBERED).only("data")


def _remember(person: Person, filters: Filters, at: datetime) -> None:
    if filters:
        keep_draft(person, REMEMBERED, [["step", filters.step], ["only", filters.only]], at)
    else:
        forget_draft(person, REMEMBERED)


def _context(person: Person, at: datetime, asked: Asked) -> dict[str, Any]:
    found = context(person, at, _language(), asked)
    return found | {"stamp": _stamped(found["stamp"], at), "person": person}


def _stamped(stamp: str, at: datetime) -> str:
    return f"{stamp}.{int(at.timestamp() // WHOLE.total_seconds())}"


@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The list again: 204 while nothing has changed. Asking is not working, so it does not keep a session alive."""
    if not request.user.is_authenticated:
        return HttpResponse(status=STOP)
    person, at = _person(request), now()
    if request.GET.get("seen") == _stamped(stamp_of(queries.stamp(person, at), person, at), at):
        response = HttpResponse(status=204)
    else:
        response = _in_company_time(_list)(request, person, at)
    request.session.accessed = False
    response["Cache-Control"] = "no-store"
    return response


def _list(request: HttpRequest, person: Person, at: datetime) -> HttpResponse:
    return render(request, "web/work/list.html", _context(person, at, Asked.read(request.GET)))


@login_required
@_in_company_time
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest, duty: int) -> HttpResponse:
    """A routine duty: what is to be done by when; done in words."""
    person, at = _person(request), now()
    row = duties_of(person, at).filter(pk=duty, opens_at__lte=at).select_related("site", "done_by").first()
    if row is None:
        raise Http404
    form, status, refused = DutyForm(request.POST if request.method == "POST" else None), 200, None
    if request.method == "POST" and form.is_valid():
        try:
            finish_duty(person, duty, form.cleaned_data["words"], at)
            messages.success(request, _("已记下"))
            return HttpResponseRedirect(address(Filters()))
        except RoutineDuty.DoesNotExist:
            raise Http404 from None
        except Refused as error:
            status, refused = 422, None if error.field else error
            form.refuse(error) if error.field else None
            row.refresh_from_db()
    return render(request, "web/work/duty.html", _duty_context(person, at, row) | {"form": form, "refused": refused}, status=status)


def _duty_context(person: Person, at: datetime, row: RoutineDuty) -> dict[str, Any]:
    reader = reader_of(person, at, _language())
    routine, _pack = routine_of(row, standing(person.company))
    what = (routine.what if reader.zh else routine.what_en) if routine else ""
    return {
        "duty": row,
        "view": None if row.done_at else time_left(row, reader),
        "name": routine.label(reader.language) if routine else row.routine,
        "what": what,
        "back": address(Filters()),
    }
