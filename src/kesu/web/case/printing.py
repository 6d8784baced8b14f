"""A case's papers: on the page, as PDF or Word, blank for the pen; and its whole file in one package."""

from __future__ import annotations

import tempfile
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kesu.complaints import actions
from kesu.complaints.models import Case
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.queries.health import sees_health
from kesu.complaints.queries.next_step import obstacle
from kesu.config.now import now
from kesu.papers import dossier, forms, reading
from kesu.papers.fonts import NoFont
from kesu.papers.sheet import Sheet
from kesu.papers.typesetting import pdf
from kesu.web.case.views import in_company_time, opened, signed_in
from kesu.web.customer.links import qr_drawing, tracking_link


def docx(sheet: Sheet) -> bytes:
    """As a Word file. What writes it is read with the first one: a start should not wait for it."""
    from kesu.papers import wordfile

    return wordfile.docx(sheet)


KINDS = {
    "pdf": ("application/pdf", pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
}
MOST_IN_MEMORY = 16 << 20  # bytes of a package; a larger one waits on the disk


@in_company_time
@require_GET
def shown(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """A paper filled in from the case, on the page: it prints as it stands, without a font on the server. Telephone numbers are masked."""
    page, paper = _asked(request, number, form, now())
    blank = "blank" in request.GET
    sheet = _sheet(request, page, paper, blank=blank, whole=False)
    context = {
        "page": page,
        "case": page.case,
        "sheet": sheet,
        "paper": paper,
        "papers": forms.offered(page.pack),
        "blank": blank,
        "may_reveal": not blank and _may_ask(page),
        "qr": {block.link: qr_drawing(block.link) for block in sheet.blocks if block.kind == "code"},
    }
    return render(request, "web/case/paper.html", context)


@in_company_time
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, number: str, form: str, kind: str) -> HttpResponseBase:
    """The paper as a file. POST: with the whole telephone number, which the journal records first."""
    at = now()
    page, paper = _asked(request, number, form, at)
    if kind not in KINDS:
        raise Http404
    whole = request.method == "POST"
    if whole:
        actions.reveal(signed_in(request), page.case.pk, why=request.POST.get("why", ""), at=at)
        page, paper = _asked(request, number, form, at, revealed=True)  # the paper tells that it was looked at
    blank = "blank" in request.GET and not whole
    sheet = _sheet(request, page, paper, blank=blank, whole=whole)
    media, make = KINDS[kind]
    try:
        data = make(sheet)
    except NoFont as missing:
        messages.error(request, missing.reason(page.language))
        query = f"?{urlencode({'blank': 1})}" if blank else ""
        return HttpResponseRedirect(reverse("print_form", args=[number, form]) + query)
    name = f"{sheet.number} {sheet.title}.{kind}".strip()
    response = HttpResponse(data, content_type=media)
    response["Content-Disposition"] = content_disposition_header(kind != "pdf", name) or ""
    response["Cache-Control"] = "private, no-store"
    return response


def _asked(request: HttpRequest, number: str, form: str, at: datetime, *, revealed: bool = False) -> tuple[CasePage, forms.Paper]:
    """The case, whole, and the paper; or 404."""
    try:
        page = reading.seen(signed_in(request), number, at, get_language() or "zh-hans", revealed=revealed)
    except Case.DoesNotExist:
        raise Http404 from None
    paper = forms.find(page.pack, form)
    if paper is None:
        raise Http404
    return page, paper


def _may_ask(page: CasePage) -> bool:
    """On paper the number is masked for everybody until it is asked for on record."""
    return bool(page.case.contact_phone) and not page.sight.secret and obstacle(page.situation, "reveal") is None


def _sheet(request: HttpRequest, page: CasePage, paper: forms.Paper, *, blank: bool, whole: bool) -> Sheet:
    case = page.case
    if blank:
        empty = reading.empty(case.site.company, case.site, page.pack, page.at, page.language)
        return forms.sheet(empty, paper, forms.Occasion())
    there = page.at.astimezone(ZoneInfo(page.zone))
    printed = _("打印 %(at)s %(name)s") % {"at": f"{there:%Y-%m-%d %H:%M}", "name": signed_in(request).name}
    link = tracking_link(request, case) if _gives_link(request, page) else ""
    return forms.sheet(page, paper, forms.Occasion(reveals=whole, link=link, printed=printed))


def _gives_link(request: HttpRequest, page: CasePage) -> bool:
    """The secret link is the customer's: only who hands out receipts prints it."""
    return page.rights.page("reception")


@in_company_time
@require_POST
def package(request: HttpRequest, number: str) -> HttpResponseBase:
    """The whole file in one ZIP, with whole contact data: the journal records who took it out, then it is made."""
    at = now()
    page = opened(request, number, at)
    actions.package(signed_in(request), page.case.pk, at=at)
    case = Case.objects.select_related(*reading.WITH).get(pk=page.case.pk)
    target: Any = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115  # closed by the response
    try:
        dossier.make(case, target, page.language, health=sees_health(page.rights, page.pack, case))
    except NoFont as missing:
        target.close()
        messages.error(request, missing.reason(page.language))
        return HttpResponseRedirect(reverse("case", args=[number]))
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{case.number}.zip", content_type="application/zip")
