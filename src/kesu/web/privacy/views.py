"""What falls to be de-identified, what is held, who looked; and what is held about oneself."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from kesu.company.rights import rights_of
from kesu.complaints.queries import keeping
from kesu.complaints.queries.about_me import held_about
from kesu.config.now import now
from kesu.web.staff import StaffRequest


@login_required
@require_GET
def privacy(request: StaffRequest) -> HttpResponse:
    """Cases whose time ends by the end of next month, held ones too, and who looked at whole contact data."""
    at = now()
    rights = rights_of(request.user, at)
    if not keeping.opens(rights):
        raise Http404
    zone = ZoneInfo(rights.company.zone)
    today = at.astimezone(zone).date()
    until = keeping.end_of_next_month(today)
    rows = keeping.due_until(request.user, until, at)
    context = {
        "rows": [(row, row.last < today, row.last + timedelta(days=1)) for row in rows],
        "until": until,
        "pack": rights.pack,
        "zh": (get_language() or "zh-hans").startswith("zh"),
        "looks": keeping.looks(request.user, at) if keeping.may_see_looks(rights) else None,
    }
    with timezone.override(zone):
        return render(request, "web/privacy/privacy.html", context)


@login_required
@require_GET
def mine(request: StaffRequest) -> HttpResponse:
    """What the company holds about the one who is signed in."""
    at = now()
    rights = rights_of(request.user, at)
    with timezone.override(ZoneInfo(rights.company.zone)):
        context = {"held": held_about(request.user, at), "rights": rights, "pack": rights.pack}
        return render(request, "web/privacy/mine.html", context)
