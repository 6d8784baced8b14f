"""The pages of corrective and preventive action: board, record, act forms, opening, files."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.complaints.files import SHOWN_INLINE, stored
from kesu.complaints.models import Case
from kesu.config.now import now
from kesu.improvement import actions
from kesu.improvement.actions import Same
from kesu.improvement.models import Capa, Proof
from kesu.improvement.queries.record_page import RecordPage, open_page
from kesu.improvement.queries.sight import visible_to
from kesu.procedure.refused import Refused
from kesu.web.case.actforms import DeskForm
from kesu.web.improvement import board as boards
from kesu.web.improvement import opening, showing
from kesu.web.improvement.forms import RECORD_FORMS, RecordForm, Sheet
from kesu.web.work.page import reader_of

View = Callable[..., HttpResponseBase]
REFUSED, FORBIDDEN, CONFLICT = 422, 403, 409


def _person(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)  # login_required stands before every view
    return person


def _language() -> str:
    return get_language() or "zh-hans"


def _in_company_time(view: View) -> View:
    """Times are read and written on the company's own clock; only for those who are signed in."""

    @login_required
    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(ZoneInfo(_person(request).company.zone)):
            return view(request, *args, **kwargs)

    return within


@_in_company_time
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Every record that the person sees, by stage, late first; `?site=`, `?cause=`, `?owner=` narrow it."""
    context = boards.context(_person(request), now(), _language(), boards.read(request.GET))
    return render(request, "web/improvement/board.html", context)


def _page(request: HttpRequest, number: str, at: datetime) -> RecordPage:
    """The record's page, or 404: a stranger learns nothing."""
    try:
        return open_page(_person(request), number, at, _language())
    except Capa.DoesNotExist:
        raise Http404 from None


@_in_company_time
@require_GET
def record(request: HttpRequest, capa: str) -> HttpResponse:
    """One record: what happened, what is mine now, the measures and their time, whether it came back, the journal."""
    at = now()
    page = _page(request, capa, at)
    return render(request, "web/improvement/record.html", showing.context(page, reader_of(_person(request), at, _language())))


@_in_company_time
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, capa: str, act: str) -> HttpResponse:
    """The form of an act, or what comes of sending it."""
    at = now()
    page, row = _page(request, capa, at), RECORD_FORMS.get(act)
    if row is None:
        raise Http404
    if not page.may(act) and request.method != "POST":
        status = FORBIDDEN if not page.may("note") else CONFLICT
        return render(request, "web/improvement/act.html", _act_context(page, row, None, _why_not(page, row)), status=status)
    if request.method == "POST":
        return _do(request, page, row, at)
    return render(request, "web/improvement/act.html", _act_context(page, row, _form(request, page, row), None))


def _why_not(page: RecordPage, row: RecordForm) -> Refused:
    verb = showing.verb(row.act, "zh"), showing.verb(row.act, "en")
    return Refused("not_now", f"现在不能{verb[0]}，或不由您来办", f"not possible now, or not by you: {verb[1].lower()}")


def _form(request: HttpRequest, page: RecordPage, row: RecordForm, *, bound: bool = False) -> DeskForm:
    groups = row.groups(Sheet(page, request.GET.get("measure", "")))
    form = DeskForm(groups, request.POST, request.FILES, label_suffix="") if bound else DeskForm(groups, label_suffix="")
    form.auto_id = f"{row.act}_%s"
    return form


def _do(request: HttpRequest, page: RecordPage, row: RecordForm, at: datetime) -> HttpResponse:
    form, refused = _form(request, page, row, bound=True), None
    if form.is_valid():
        try:
            with transaction.atomic():
                row.do(_person(request), page.capa.pk, form.cleaned_data, at)
        except Refused as error:
            form.wrong(error.field, error.reason(page.language))
            refused = None if error.field in form.fields else error
        else:
            messages.success(request, _("%(act)s：已记下") % {"act": showing.verb(row.act, page.language)})
            return HttpResponseRedirect(_after(request, page))
    fresh = _page(request, page.capa.number, at)
    return render(request, "web/improvement/act.html", _act_context(fresh, row, form, refused), status=REFUSED)


def _after(request: HttpRequest, page: RecordPage) -> str:
    """Back to the record; an act that takes it out of sight leads to the person's work."""
    seen = visible_to(_person(request), page.at).filter(pk=page.capa.pk).exists()
    return reverse("capa", args=[page.capa.number]) if seen else reverse("work")


def _act_context(page: RecordPage, row: RecordForm, form: DeskForm | None, refused: Refused | None) -> dict[str, Any]:
    return {
        "page": page,
        "capa": page.capa,
        "pack": page.pack,
        "act": row.act,
        "verb": showing.verb(row.act, page.language),
        "hint": row.hint,
        "form": form,
        "has_files": bool(form and form.is_multipart()),
        "refused": refused,
        "measures": page.live(),
        "effect_words": showing.effect_words(page) if row.act in ("judge", "reopen") else "",
        "requests": page.requests() if "extension" in row.act else [],
    }


@_in_company_time
@require_GET
def proof(request: HttpRequest, capa: str, proof: int) -> FileResponse:
    """A file that shows what was done. Pictures may be shown; everything else is only downloaded, and nothing in it runs."""
    try:
        found = Proof.objects.get(pk=proof, measure__capa=visible_to(_person(request), now()).get(number=capa))
        content = stored(found.sha256).open("rb")
    except (Capa.DoesNotExist, Proof.DoesNotExist, FileNotFoundError):
        raise Http404 from None
    response = FileResponse(content, as_attachment=found.kind not in SHOWN_INLINE, filename=found.name, content_type=found.kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _opener(request: HttpRequest, at: datetime) -> Rights:
    """The rights of somebody who may open records; 404 for everybody else."""
    rights = rights_of(_person(request), at)
    if rights.pack.improvement is None or not rights.ever("put_right"):
        raise Http404
    return rights


@_in_company_time
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose complaints of the same place, matter, cause or person, and open a record from them."""
    at, wrong, status = now(), {}, 200
    rights = _opener(request, at)
    if request.method == "POST":
        try:
            with transaction.atomic():
                capa = actions.open_capa(
                    rights.person,
                    opening.chosen(request.POST),
                    title=request.POST.get("title", ""),
                    problem=request.POST.get("problem", "")[: opening.LONGEST],
                    same=Same(**{name: name in request.POST.getlist("same") for name in opening.SAME}),
                    key=request.POST.get("key", "")[:64],
                    at=at,
                )
            messages.success(request, _("已立项 %(number)s") % {"number": capa.number})
            return HttpResponseRedirect(reverse("capa", args=[capa.number]))
        except Case.DoesNotExist:
            raise Http404 from None
        except Refused as error:
            wrong, status = {error.field or "": error.reason(_language())}, REFUSED
    context = opening.context(rights, at, _language(), request.GET, request.POST if request.method == "POST" else None)
    context |= {"wrong": wrong, "key": request.POST.get("key") or secrets.token_urlsafe(16)}
    return render(request, "web/improvement/new.html", context, status=status)
