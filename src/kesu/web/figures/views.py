"""The pages of figures, and the cases behind a figure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints.models import Case
from kesu.complaints.queries.veil import covered
from kesu.insights.actions.counting import brought_up
from kesu.insights.actions.exposing import may_enter
from kesu.insights.kpis import KPIS, Kpi, Pair
from kesu.insights.listed import LISTED
from kesu.insights.present import NOW, PRESENT, cases_now
from kesu.insights.queries.cases_of import EVENTS, SIDES, cases_of, counted_up_to, narrowed
from kesu.procedure.acts import step_name
from kesu.web.figures import glance, showing
from kesu.web.figures.looking import OVERVIEW, VIEWS, Looker, looker, may_see, misread

PAGE = 50


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Today, this period beside others, thirteen months."""
    return _page(request, OVERVIEW)


@login_required
@require_GET
def view(request: HttpRequest, view: str) -> HttpResponse:
    """One of the other views."""
    if view == OVERVIEW:
        raise Http404
    return _page(request, view)


def query_of(seen: Looker) -> str:
    """The period and place of a look, as an address says them."""
    cover = seen.look.cover
    found = {"period": str(seen.look.period), "site": cover.site, "department": cover.department}
    return urlencode({name: value for name, value in found.items() if value})


def _page(request: HttpRequest, id: str) -> HttpResponse:
    seen, wanted = looker(request), VIEWS.get(id)
    if wanted is None or not may_see(seen.rights, wanted):
        raise Http404
    waiting = brought_up(seen.rights.company, seen.look.at)
    cannot = wanted.months and not seen.look.period.whole_months
    tables = [] if cannot else wanted.make(seen.look)
    heads: dict[str, Any] = {}
    if id == OVERVIEW:
        now_, compared, *_rest = tables
        heads = {"today": glance.today(seen.look, now_), "glance": glance.glance(seen.look, compared)}
    context: dict[str, Any] = heads | {
        "name": seen.look.tongue.pair(wanted.name),
        "tables": showing.drawn(seen.look, id, tables[1:] if id == OVERVIEW else tables, query_of(seen)),
        "tabs": showing.tabs(seen, id),
        "sites": showing.sites(seen, wanted),
        "periods": showing.periods(seen, wanted),
        "period": seen.look.period,
        "misread": misread(request.GET, seen.rights, seen.look.at),
        "waiting": waiting,
        "cannot": cannot,
        "scope": _scope(seen),
        "site": seen.site,
        "orders": showing.orders(seen, wanted),
        "enters": may_enter(seen.rights),
        "reports": seen.rights.page("reports"),
    }
    with timezone.override(ZoneInfo(seen.rights.company.zone)):
        return render(request, "web/figures/page.html", context)


def _scope(seen: Looker) -> str:
    """Over what the figures are, for readers who do not see everything."""
    cover, tongue = seen.look.cover, seen.look.tongue
    if cover.whole:
        return ""
    names = [seen.look.site(pk) for pk in sorted(cover.sites)] + [seen.look.department(pk) for pk in sorted(cover.departments)]
    if not names:
        return tongue(
            "您没有看得全的项目或部门，这里没有数。", "There is no site or department of which you see everything; nothing is shown."
        )
    return tongue(f"只统计{'、'.join(names)}的单（部门按主办算）。", f"Only over {', '.join(names)} (of departments what they lead).")


@login_required
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The cases behind a figure, the newest first, a page at a time."""
    seen, query = looker(request), request.GET
    id, side = query.get("kpi", ""), query.get("side", "above")
    kpi = KPIS.get(id) or PRESENT.get(id) or LISTED.get(id)
    if kpi is None or side not in SIDES or misread(query, seen.rights, seen.look.at):
        raise Http404
    brought_up(seen.rights.company, seen.look.at)
    by, value = query.get("by", ""), query.get("value", "")[:80]
    cover = seen.look.cover
    try:
        if id in PRESENT:
            cases = narrowed(cases_now(seen.rights, id, seen.look.at, cover.site, cover.department), by, value)
        else:
            cases = cases_of(seen.rights, id, seen.look.period, seen.look.at, side, cover.site, cover.department, by, value)
    except ValueError:
        raise Http404 from None
    before = query.get("before", "")
    total, more = counted_up_to(cases, kpi)
    rows = list(earlier_than(cases, before).select_related("site", "home").order_by("-received_at", "-pk")[: PAGE + 1])
    covered(rows[:PAGE], seen.rights)
    known = {name: query[name] for name in ("kpi", "side", "period", "site", "department", "by", "value") if query.get(name)}
    context = {
        "kpi": kpi,
        "name": kpi.label(seen.look.language),
        "words": seen.look.tongue.pair(_words_of(kpi, side)),
        "rest": side == "rest",
        "definition": kpi.told(seen.look.language),
        "total": total,
        "more": more,
        "days": seen.look.tongue.pair(NOW) if id in PRESENT else seen.look.period,
        "period": seen.look.period,
        "rows": [case_row(case, seen) for case in rows[:PAGE]],
        "next": f"?{urlencode(known | {'before': str(rows[PAGE - 1].pk)})}" if len(rows) > PAGE else "",
        "value": seen.look.name(by, value) if by else "",
        "once": kpi.tally in EVENTS,
    }
    with timezone.override(ZoneInfo(seen.rights.company.zone)):
        return render(request, "web/figures/cases.html", context)


def _words_of(kpi: Kpi, side: str) -> Pair:
    """What the cases of the list are. A duration is of all that were closed, none of them above or below a line."""
    if kpi.kind == "minutes":
        return kpi.cohort
    return kpi.above if side == "above" else kpi.below or kpi.above


def earlier_than(cases: Any, before: str) -> Any:
    """What stands after this case in a list, the newest first."""
    if not (before.isascii() and before.isdecimal() and len(before) < 19):
        return cases
    last = cases.filter(pk=int(before)).values_list("received_at", flat=True).first()
    if last is None:
        return cases
    return cases.filter(received_at__lte=last).exclude(received_at=last, pk__gte=int(before))


def case_row(case: Case, seen: Looker) -> dict[str, Any]:
    """A case as a row of such a list."""
    site = standing(seen.rights.company).sites.get(case.site_id)
    step = step_name(case.step, seen.look.language)
    about = "　".join(filter(None, [site.name if site else case.site.name, case.contact_name, case.place]))
    return {"case": case, "pack": pack_of(case.version_id), "about": about, "step": step}
