"""Finding cases: the search of every page, and all cases newest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from kesu.company.procedures import pack_of
from kesu.complaints.models import Case
from kesu.complaints.queries import cases
from kesu.complaints.queries.veil import covered_for, found_by
from kesu.config.now import now
from kesu.procedure.pack import Pack
from kesu.web.staff import StaffRequest

LONGEST = 80
MOST = 50


@dataclass(frozen=True)
class Row:
    """A case in a list, with the pack that names its grade."""

    case: Case
    pack: Pack


@login_required
def search(request: StaffRequest) -> HttpResponse:
    """What is found for `q`; without one the newest cases that the person may see, a page at a time."""
    text = " ".join(request.GET.get("q", "").split())[:LONGEST]
    before, more = request.GET.get("before", ""), None
    if text:
        found = found_by(text, cases.search(request.user, text, now(), limit=MOST), request.user, now())
    else:
        found, more = cases.newest(request.user, now(), int(before) if before.isdecimal() else None, MOST)
        covered_for(found, request.user, now())
    rows = [Row(case, pack_of(case.version_id)) for case in found]
    context = {"q": text, "rows": rows, "more": more, "full": len(rows) == MOST, "paged": before}
    return render(request, "web/shell/search.html", context)
