"""An approver decides on one screen: what happened, what was found, what is offered, what others got, the law, until when (P-18)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kesu.complaints import actions
from kesu.complaints.models import Case
from kesu.complaints.queries.case_page import CasePage, open_page
from kesu.complaints.queries.clocks import ClockView
from kesu.complaints.queries.next_step import obstacle
from kesu.complaints.queries.past_remedies import Similar, past_remedies
from kesu.config.now import now
from kesu.papers.telling import because
from kesu.procedure.refused import Refused
from kesu.web.case import record
from kesu.web.case.ledger import ledger
from kesu.web.staff import StaffRequest

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403
APPROVE, REFUSE = "approve", "refuse"


@login_required
@require_http_methods(["GET", "POST"])
def approve(request: StaffRequest, number: str) -> HttpResponse:
    """The proposal of this case with all that is needed to say yes or no; POST says it."""
    at = now()
    with timezone.override(ZoneInfo(request.user.company.zone)):
        page = _page(request, number, at)
        if request.method == "POST":
            return _decide(request, page, at)
        return _show(request, page)


def _page(request: StaffRequest, number: str, at: datetime) -> CasePage:
    try:
        return open_page(request.user, number, at, get_language() or "zh-hans")
    except Case.DoesNotExist:
        raise Http404 from None


def _decide(request: StaffRequest, page: CasePage, at: datetime) -> HttpResponse:
    words, no = request.POST.get("words", "")[:8000], request.POST.get("decision") == REFUSE
    try:
        with transaction.atomic():
            if no:
                actions.refuse(request.user, page.case.pk, reason=words, at=at)
            else:
                actions.approve(request.user, page.case.pk, words=words, at=at)
    except Case.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        return _show(request, _page(request, page.case.number, at), refused, words)
    messages.success(request, _("没批，提方案的人已收到") if no else _("已批准"))
    return redirect("work")


def _show(request: HttpRequest, page: CasePage, refused: Refused | None = None, words: str = "") -> HttpResponse:
    hindrance = obstacle(page.situation, APPROVE)
    offers = ledger(page)
    lines = record.told(page)
    context = {
        "page": page,
        "case": page.case,
        "pack": page.pack,
        "because": because(page),
        "offers": offers[:1],
        "refused": refused or hindrance,
        "open": hindrance is None,
        "words": words,
        "clock": _deadline(page),
        "similar_got": _similar(request, page) if offers else [],
        "cause_words": next((str(line.entry.data.get("words", "")) for line in lines if line.entry.act == "find_cause"), ""),
    }
    code = hindrance.code if hindrance else ""
    status = REFUSED if refused and hindrance is None else FORBIDDEN if code == "not_allowed" else CONFLICT if hindrance else 200
    return render(request, "web/approve/approve.html", context, status=status)


def _similar(request: HttpRequest, page: CasePage) -> list[Similar]:
    """What the same kinds of remedy came to elsewhere; of the offered kinds alone."""
    offered = {row.remedy for row in page.actions if page.proposal and row.proposal_id == page.proposal.pk and row.cost}
    return [row for row in past_remedies(page.rights.person, page.case, page.at) if row.remedy in offered]


def _deadline(page: CasePage) -> ClockView | None:
    """Until when the decision is owed; else what falls due next."""
    turns = [clock for clock in page.situation.running() if (row := page.situation.obligation(clock)) and APPROVE in row.until]
    return page.view(turns[0]) if turns else next(iter(page.owed), None)
