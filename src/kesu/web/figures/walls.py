"""The wall-board of the control room: big numbers and what is most urgent, without a name, a telephone, an address or a word of anybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints.models import Clock
from kesu.complaints.queries import clocks
from kesu.complaints.queries.live import Live
from kesu.config.now import now
from kesu.insights.actions.counting import brought_up
from kesu.insights.actions.walling import hang, may_hang, shown, take_down
from kesu.insights.coverage import Coverage
from kesu.insights.models import Wall
from kesu.insights.tables.table import Tongue
from kesu.insights.tables.words import number_words
from kesu.insights.wallfigures import WallFigures, wall_figures
from kesu.procedure.refused import Refused

ROWS = 7
EVERY = 30  # seconds


@require_GET
def wall(request: HttpRequest, token: str) -> HttpResponse:
    """The screen; asks for itself again every half minute, with or without a script."""
    try:
        found = shown(token)
    except Wall.DoesNotExist:
        raise Http404 from None
    at, company = now(), found.company
    brought_up(company, at)
    cover = Coverage.of(company).at(found.site_id)
    with timezone.override(ZoneInfo(company.zone)), override("zh-hans"):
        figures = wall_figures(cover, at)
        context = {"wall": found, "at": at, "figures": figures, "urgent": _urgent(found, at), "month": _month(figures)}
        answer = render(request, "web/figures/wall.html", context)
    answer["Referrer-Policy"], answer["Cache-Control"] = "no-referrer", "no-store"
    answer["X-Robots-Tag"], answer["Refresh"] = "noindex", str(EVERY)
    return answer


def _month(figures: WallFigures) -> list[dict[str, str]]:
    """On time and content this month, where they can be given."""
    tongue = Tongue("zh-hans")
    rows = [row for row in figures.month.values() if row.value is not None]
    return [{"name": f"本月{row.kpi.label('zh-hans')}", "words": number_words(row.value or 0, "share", tongue)} for row in rows]


def _urgent(found: Wall, at: datetime) -> list[dict[str, Any]]:
    """What falls due first: the kind of thing (by category), the place, the duty and the department. No title: people write names there."""
    known = standing(found.company)
    sites = [found.site_id] if found.site_id else list(known.sites)
    rows = (
        Clock.objects.filter(Live(), Q(case__closed_at__isnull=True), state="running", waits_for="", site__in=sites)
        .select_related("case")
        .order_by("due_at")
    )
    lines: list[dict[str, Any]] = []
    for clock in rows[: 4 * ROWS]:
        if any(line["case"] == clock.case_id for line in lines):
            continue
        pack, site = pack_of(clock.case.version_id), known.sites.get(clock.site_id)
        view = clocks.view(clock, pack, at, get_language() or "zh-hans", found.company.zone, site)
        department = known.departments.get(clock.department_id or 0)
        category = pack.label("categories", clock.case.category, "zh-hans") or _("没分类")
        lines.append({
            "case": clock.case_id, "view": view, "pack": pack, "grade": clock.case.grade, "step": clock.case.step, "what": category,
            "site": site.name if site else "", "who": department.name if department else pack.label("roles", clock.role, "zh-hans"),
        })  # fmt: skip
        if len(lines) == ROWS:
            break
    return lines


@login_required
@require_http_methods(["GET", "POST"])
def walls(request: HttpRequest) -> HttpResponse:
    """The screens that there are; one more."""
    at, person = now(), request.user
    assert isinstance(person, Person)  # login_required stands before every view
    rights = rights_of(person, at)
    if not may_hang(rights):
        raise Http404
    wrong = None
    if request.method == "POST":
        site = request.POST.get("site", "")
        try:
            hang(person, request.POST.get("name", ""), int(site) if site.isascii() and site.isdecimal() and len(site) < 19 else None, at)
            return redirect("figures_walls")
        except Refused as refused:
            wrong = refused.reason(get_language() or "zh-hans")
    rows = Wall.objects.filter(company=rights.company, ended_at__isnull=True).select_related("site", "by").order_by("pk")
    context = {"rows": rows, "sites": standing(rights.company).sites.values(), "wrong": wrong, "host": request.build_absolute_uri("/")[:-1]}
    return render(request, "web/figures/walls.html", context, status=422 if wrong else 200)


@login_required
@require_POST
def end(request: HttpRequest, wall: int) -> HttpResponse:
    """Take an address back."""
    person = request.user
    assert isinstance(person, Person)  # login_required stands before every view
    try:
        take_down(person, wall, now())
    except Wall.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("这块屏的地址停用了"))
    return redirect("figures_walls")
