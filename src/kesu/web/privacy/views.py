"""What falls to be de-identified, what is held, who looked; and what is held about oneself."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints.actions.formerstaff import let_go_of_person
from kesu.complaints.models import Forgotten
from kesu.complaints.queries import formerstaff, keeping
from kesu.complaints.queries.about_me import held_about
from kesu.config.now import now
from kesu.procedure.refused import Refused
from kesu.web.staff import StaffRequest

SHOWN = 50  # lines of what was deleted in time


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
    if formerstaff.may_let_go(rights):
        left = formerstaff.leavers(rights.company, at)
        context |= {
            "leavers": [(row, row.over(today), formerstaff.first_day(row)) for row in left],
            "gone": formerstaff.gone(rights.company),
        }
        context["forgotten"] = list(Forgotten.objects.filter(company=rights.company).order_by("-at")[:SHOWN])
        context["staff_years"] = formerstaff.years_of(rights.company, at)
    with timezone.override(zone):
        return render(request, "web/privacy/privacy.html", context)


@login_required
@require_POST
def let_go(request: StaffRequest, person: int) -> HttpResponse:
    """Let go of somebody who left, now that their time is over."""
    try:
        gone = let_go_of_person(request.user, person, at=now())
    except Person.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        if refused.code == "not_allowed":
            raise Http404 from None
        messages.error(request, refused.zh if (get_language() or "zh-hans").startswith("zh") else refused.en)
    else:
        messages.success(request, _("已去标识化，以后叫“%(name)s”") % {"name": gone.person.name})
    return redirect("privacy")


@login_required
@require_GET
def mine(request: StaffRequest) -> HttpResponse:
    """What the company holds about the one who is signed in."""
    at = now()
    rights = rights_of(request.user, at)
    with timezone.override(ZoneInfo(rights.company.zone)):
        context = {"held": held_about(request.user, at), "rights": rights, "pack": rights.pack}
        return render(request, "web/privacy/mine.html", context)
