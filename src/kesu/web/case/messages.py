"""What the customer of a case was told, by which means, and whether it arrived."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from kesu.channels.out import history, means
from kesu.channels.out.writing import language_of, wish_of
from kesu.company.rights import rights_of
from kesu.complaints.models import Case
from kesu.complaints.queries import cases
from kesu.config.now import now
from kesu.procedure.telling import WISHES
from kesu.web.staff import StaffRequest


@login_required
@require_GET
def told(request: StaffRequest, number: str) -> HttpResponse:
    """The list, for everybody who sees the case."""
    language = get_language() or "zh-hans"
    try:
        case = cases.get(request.user, number, now())
    except Case.DoesNotExist as stranger:
        raise Http404 from stranger
    found = history.told(case, rights_of(request.user, now()))
    rows = [(row, row.kind_words(language), means.name_of(row.means, language), row.state_words(language)) for row in found]
    wish = WISHES.get(wish_of(case))
    context = {
        "case": case,
        "rows": rows,
        "wish": wish[0 if language.startswith("zh") else 1] if wish else "",
        "speaks": language_of(case),
    }
    with timezone.override(ZoneInfo(request.user.company.zone)):
        return render(request, "web/case/messages.html", context)
