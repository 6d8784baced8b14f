"""The cases behind a figure of performance, under the reader's own rights."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import scope
from kesu.complaints.queries.veil import covered
from kesu.config.now import now
from kesu.insights.actions.counting import brought_up
from kesu.insights.coverage import Coverage
from kesu.insights.queries.cases_of import SIDES
from kesu.insights.tables.look import Look
from kesu.performance.comparing import OF, sheet
from kesu.performance.measures import MEASURES
from kesu.performance.queries.items import PERSON
from kesu.performance.tables import name_of
from kesu.web.figures.looking import Looker, department_of, period_of
from kesu.web.figures.views import PAGE, case_row, earlier_than
from kesu.web.staff import site_asked_for

IN_HAND = {"taken": ("接手", "Signed for"), "helped": ("帮忙", "Helped")}


def looker_of(request: HttpRequest) -> Looker:
    """Who looks: anybody, for their own figures are everybody's."""
    person, at = request.user, now()
    assert isinstance(person, Person)  # login_required stands before every view
    rights = rights_of(person, at)
    if rights.pack.performance is None:
        raise Http404
    site = site_asked_for(rights, request.GET.get("site", ""))
    cover = Coverage.of(rights).at(site, department_of(rights, request.GET))
    look = Look(cover, period_of(request.GET, rights, at), at, get_language() or "zh-hans", reader=rights)
    return Looker(person, rights, look, site)


@login_required
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The cases, the newest first, a page at a time. What the reader may not see is not among them."""
    seen, query = looker_of(request), request.GET
    measure, of, unit, side = query.get("fair", ""), query.get("of", ""), query.get("unit", ""), query.get("side", "above")
    if not (measure in MEASURES or measure in IN_HAND) or of not in OF or side not in SIDES or not _number(unit):
        raise Http404
    brought_up(seen.rights.company, seen.look.at)
    rules = seen.rights.pack.performance
    assert rules is not None  # looker_of
    found = sheet(rules, seen.look.cover, seen.rights, seen.look.period, seen.look.at)
    ids = found.cases(of, measure, int(unit), side)
    cases = Case.objects.filter(scope(seen.rights), pk__in=ids)
    total = cases.count()
    rows = list(earlier_than(cases, query.get("before", "")).select_related("site", "home").order_by("-received_at", "-pk")[: PAGE + 1])
    covered(rows[:PAGE], seen.rights)
    known = {name: query[name] for name in ("fair", "of", "unit", "side", "period", "site", "department") if query.get(name)}
    context = _words(seen, measure, side) | {
        "rest": False,
        "total": total,
        "period": seen.look.period,
        "rows": [case_row(case, seen) for case in rows[:PAGE]],
        "next": f"?{urlencode(known | {'before': str(rows[PAGE - 1].pk)})}" if len(rows) > PAGE else "",
        "value": name_of(seen.look, of, int(unit)) if ids else "",
        "back": reverse("figures_view", args=["people" if of == PERSON else "departments"]),
        "back_name": _("统计"),
    }
    with timezone.override(ZoneInfo(seen.rights.company.zone)):
        return render(request, "web/figures/cases.html", context)


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _words(seen: Looker, measure: str, side: str) -> dict[str, Any]:
    tongue = seen.look.tongue
    row = MEASURES.get(measure)
    if row is None:
        return {"name": tongue.pair(IN_HAND[measure]), "words": tongue("本期签收的", "signed for in the period"), "definition": []}
    words = row.wrong if side == "above" else row.out_of
    return {"name": tongue.pair(row.name), "words": tongue.pair(words), "definition": row.told(seen.look.language)}
