"""What comes on paper: pages are photographed or chosen, read where that is installed, and filed at the desk with the picture beside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from kesu.channels import deciding
from kesu.channels.models import Arrival, PaperPage
from kesu.channels.paper.keeping import keep_paper
from kesu.channels.paper.running import READABLE, program
from kesu.channels.reading import PAPER
from kesu.company.models import Person, Site
from kesu.company.rights import rights_of
from kesu.complaints.files import SHOWN_INLINE, Upload, stored
from kesu.config.now import now
from kesu.procedure.refused import Refused
from kesu.web.staff import StaffRequest

WAIT = timedelta(seconds=45)  # for the reading; after that the form is filled in by hand


@login_required
def paper(request: StaffRequest) -> HttpResponse:
    """Which pages, of which site, by which way they came."""
    at, rights = now(), rights_of(request.user, now())
    sites = [site for site in rights.sites() if rights.by_role("receive", site_id=site.pk)]
    if not rights.page("reception") or not sites:
        raise Http404
    wrong: Refused | None = None
    if request.method == "POST":
        site, channel = request.POST.get("site", ""), request.POST.get("channel", "")
        uploads = [Upload(file.name or "", file.size or 0, file.chunks()) for file in request.FILES.getlist("files")]
        try:
            row = keep_paper(request.user, int(site) if site.isdecimal() else 0, channel, uploads, at)
            return redirect("paper_read", row.pk)
        except Site.DoesNotExist as stranger:
            raise Http404 from stranger
        except Refused as refused:
            wrong = refused
    context = {
        "sites": sites,
        "channels": [row for row in rights.pack.channels if row.staff],
        "chosen": request.POST.get("channel", ""),
        "pack": rights.pack,
        "wrong": wrong.reason(get_language() or "zh") if wrong else "",
        "reads": program() is not None,
        "at_page": "reception",
    }
    return render(request, "web/reception/paper.html", context, status=422 if wrong else 200)


def _row(request: StaffRequest, arrival: int) -> Arrival:
    row = deciding.arrivals_of(request.user, now()).filter(pk=arrival, door=PAPER).first()
    if row is None:
        raise Http404
    return row


@login_required
@require_GET
def reading(request: StaffRequest, arrival: int) -> HttpResponse:
    """Waits for the reading, a moment only; then to the desk. What is dealt with already leads to what became of it."""
    row, at = _row(request, arrival), now()
    if row.state not in deciding.OPEN:
        return redirect("arrival", row.pk)
    desk = reverse("reception") + f"?arrival={row.pk}"
    reads = program() is not None and at - row.received_at < WAIT
    if not (reads and row.pages.filter(kind__in=READABLE, said__isnull=True).exists()):
        return redirect(desk)
    response = render(request, "web/reception/paper_reading.html", {"row": row, "desk": desk, "at_page": "reception"})
    response.headers["Refresh"] = "2"
    return response


@login_required
@require_GET
def page(request: StaffRequest, arrival: int, n: int) -> HttpResponseBase:
    """A page as it was taken. What the browser could run is not shown by it: its kind is what its bytes say, and it may do nothing."""
    found = _row(request, arrival).pages.filter(n=n).first()
    if found is None:
        raise Http404
    try:
        file = stored(found.sha256).open("rb")
    except OSError as gone:
        raise Http404 from gone
    response = FileResponse(file, content_type=found.kind, as_attachment=found.kind not in SHOWN_INLINE, filename=found.name or "page")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


def beside(person: Person, which: str, at: datetime) -> dict[str, Any]:
    """The pages that stand beside the desk's form; none of an arrival that the person may not see."""
    mine = deciding.arrivals_of(person, at).filter(pk=int(which), door=PAPER) if which.isdecimal() and len(which) < 19 else None
    pages = list(PaperPage.objects.filter(arrival__in=mine).order_by("n")) if mine is not None else []
    return {"pages": pages, "inline_kinds": SHOWN_INLINE}
