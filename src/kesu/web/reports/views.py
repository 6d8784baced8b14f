"""The pages of reports. What is kept is given byte for byte; every other format is made of the same frozen values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.config.now import now
from kesu.papers.fonts import NoFont
from kesu.procedure.refused import Refused
from kesu.reporting import actions
from kesu.reporting.formats import MEDIA, made
from kesu.reporting.models import APPROVED, Report
from kesu.reporting.queries.kept import Altered, Kept, standing_of
from kesu.reporting.queries.sight import visible_to
from kesu.web.reports import showing
from kesu.web.work.page import reader_of

REFUSED, NOT_POSSIBLE, GONE = 422, 503, 410


def _person(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)  # login_required stands before every view
    return person


def _language() -> str:
    return get_language() or "zh-hans"


def _in_company_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Times on the company's own clock; only for those who are signed in and read reports."""

    @login_required
    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = _person(request)
        if not rights_of(person, now()).page("reports"):
            raise Http404
        with timezone.override(ZoneInfo(person.company.zone)):
            return view(request, *args, **kwargs)

    return within


def _seen(request: HttpRequest, report: int, at: datetime) -> Report:
    """The report, or 404: a stranger learns nothing."""
    try:
        return visible_to(_person(request), at).get(pk=report)
    except Report.DoesNotExist:
        raise Http404 from None


@_in_company_time
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """Every report that the person may see, the newest first: where it stands, whose turn it is."""
    at = now()
    reader = reader_of(_person(request), at, _language())
    text = request.GET.get("from", "")
    before = int(text) if text.isdecimal() and len(text) < 7 else 0
    lines, more = showing.listed(reader, before)
    context = {
        "lines": lines,
        "later": before + showing.SHOWN if more else 0,
        "paged": before > 0,
        "asked": bool(reader.rights.pack.reports),
    }
    return render(request, "web/reports/list.html", context)


@_in_company_time
@require_GET
def report(request: HttpRequest, report: int) -> HttpResponse:
    """A report: its parts, what was written about them, what is mine to do, downloads, corrections."""
    at = now()
    return _page(request, _seen(request, report, at), at)


def _page(
    request: HttpRequest, row: Report, at: datetime, typed: dict[str, str] | None = None, refused: Refused | None = None
) -> HttpResponse:
    person, language = _person(request), _language()
    wrong = {refused.field: refused.reason(language)} if refused and refused.field else {}
    context = showing.context(person, row, reader_of(person, at, language), typed, wrong)
    context |= {"refused": refused, "words_wrong": wrong.get("words", "")}
    return render(request, "web/reports/report.html", context, status=REFUSED if refused else 200)


@_in_company_time
@require_POST
def act(request: HttpRequest, report: int, act: str) -> HttpResponse:
    """What a button of the page does."""
    at = now()
    row = _seen(request, report, at)
    known = {part["id"] for part in row.content["zh-hans"]["parts"]} if row.content else set()
    typed = {name: str(value).replace("\r\n", "\n") for name, value in request.POST.items() if name in known}
    person = _person(request)
    try:
        if act == "comment":
            actions.comment(person, row.pk, typed, at)
            if "submit" in request.POST:
                actions.submit(person, row.pk, at)
        elif act == "recount":
            actions.recount(person, row.pk, at)
        elif act == "approve":
            actions.approve(person, row.pk, request.POST.get("digest", ""), at)
        elif act == "return":
            actions.send_back(person, row.pk, request.POST.get("words", ""), at)
        else:
            raise Http404
    except Report.DoesNotExist:
        raise Http404 from None
    except NoFont as missing:
        return _page(request, _seen(request, report, at), at, typed, Refused("no_font", missing.zh, missing.en))
    except Refused as refused:
        return _page(request, _seen(request, report, at), at, typed, refused)
    messages.success(request, _done(act, "submit" in request.POST))
    return HttpResponseRedirect(reverse("report", args=[row.pk]))


def _done(act: str, handed_in: bool) -> str:
    if act == "comment":
        return _("已交去批准") if handed_in else _("评语已存")
    return {"recount": _("已重新统计"), "approve": _("已批准，数字冻结，发出去了"), "return": _("已退回")}[act]


@_in_company_time
@require_GET
def file(request: HttpRequest, report: int, form: str) -> HttpResponse:
    """The report as a file."""
    at = now()
    row = _seen(request, report, at)
    if form not in MEDIA:
        raise Http404
    content = row.content["zh-hans" if showing.half(_language()) == 0 else "en"]
    try:
        if form == "pdf" and row.state == APPROVED:
            data = Kept(row, content, standing_of(row)).file()
        else:
            data = made(content, form, standing_of(row), {"approved": row.state == APPROVED})
    except NoFont as missing:
        return HttpResponse(missing.reason(_language()), status=NOT_POSSIBLE, content_type="text/plain; charset=utf-8")
    except (Altered, FileNotFoundError):
        words = _("存档的文件和批准时的不一样了，没有给出。请找管理员查备份。")
        return HttpResponse(words, status=GONE, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type=MEDIA[form])
    response["Content-Disposition"] = f'attachment; filename="report-{row.period}-{row.pk}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
