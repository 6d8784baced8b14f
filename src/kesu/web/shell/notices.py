"""The inbox and the bell."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from kesu.complaints.actions import reading
from kesu.complaints.models import Notice
from kesu.complaints.notice_words import Words, own_page, words_of
from kesu.complaints.queries import inbox
from kesu.config.now import now
from kesu.web.staff import StaffRequest

ASKS_APPROVAL = "propose"  # a proposal waits for the reader: straight to the page on which it is decided


@login_required
def notices(request: StaffRequest) -> HttpResponse:
    """Unread notices, then those already read, a page at a time."""
    before = request.GET.get("before", "")
    unread = [] if before else inbox.unread(request.user, now())
    read, more = inbox.already_read(request.user, now(), int(before) if before.isdecimal() else None)
    context = {"unread": _worded(unread), "read": _worded(read), "more": more, "newest": unread[0].pk if unread else None, "paged": before}
    return render(request, "web/shell/inbox.html", context)


def _worded(rows: list[Notice]) -> list[tuple[Notice, Words]]:
    return [(row, words_of(row, get_language() or "zh-hans")) for row in rows]


@login_required
@require_POST
def open_notice(request: StaffRequest, notice: int) -> HttpResponse:
    """Mark one as read and go to what it is about."""
    row = reading.read_notice(request.user, notice, now())
    return redirect(_target(row) if request.POST.get("go") else reverse("inbox"))


def _target(notice: Notice) -> str:
    if own_page(notice):
        return reverse("asked")
    try:
        if warning := notice.data.get("warning"):
            return reverse("warning", args=[warning])
        if report := notice.data.get("report"):
            return reverse("report", args=[report])
        if review := notice.data.get("review"):
            return reverse("self_review", args=[review])
        if notice.kind == "recognised":
            return reverse("people")
        if record := notice.data.get("record"):
            return reverse("capa", args=[record])
        if arrival := notice.data.get("arrival"):
            return reverse("arrival", args=[arrival])
        if notice.case is None:
            return reverse("work")
        return reverse("approve" if notice.kind == ASKS_APPROVAL else "case", args=[notice.case.number])
    except NoReverseMatch:
        return reverse("inbox")


@login_required
@require_POST
def read_all(request: StaffRequest) -> HttpResponse:
    """Mark all as read that the page showed."""
    newest = request.POST.get("up_to", "")
    if newest and not newest.isdecimal():
        raise Http404
    reading.read_all(request.user, now(), int(newest) if newest else None)
    return redirect("inbox")


def bell(request: HttpRequest) -> HttpResponse:
    """The bell with its count, asked once a minute; asking is not working, so it does not keep a session alive."""
    if not request.user.is_authenticated:
        return HttpResponse(status=286)  # htmx: stop asking
    response = render(request, "web/shell/bell.html")
    request.session.accessed = False
    response["Cache-Control"] = "no-store"
    return response
