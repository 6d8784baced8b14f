"""《回访总结报告》: a month of follow-ups on one page, to read and to print."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.config.now import now
from kesu.insights.visits import DEFINITIONS, Summary, summary
from kesu.web.staff import site_asked_for

KINDS = ("content", "not_content", "not_reached", "open")


def month_of(text: str) -> tuple[date, date] | None:
    """The first and last day of “2026-10”; None for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


@login_required
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The month in the address, else the present one; `?site=` narrows it to one site."""
    at, person = now(), request.user
    assert isinstance(person, Person)  # login_required stands before
    rights = rights_of(person, at)
    if not rights.page("reports"):
        raise Http404
    site = site_asked_for(rights, request.GET.get("site", "")) or (None if rights.company_wide() else _own(rights.site_ids()))
    today = at.astimezone(ZoneInfo(person.company.zone)).date()
    period = month_of(request.GET.get("month", "")) or month_of(f"{today:%Y-%m}")
    assert period is not None  # today has a month
    found = summary(person.company, *period, site)
    context = _shown(found) | {
        "earlier": _address(period[0] - timedelta(days=1), request.GET.get("site", "")),
        "later": _address(period[1] + timedelta(days=1), request.GET.get("site", "")),
        "sites": [(row.name, f"?{urlencode({'month': f'{period[0]:%Y-%m}', 'site': row.pk})}", row.pk == site) for row in rights.sites()],
        "house": person.company,
        "printed_at": at,
        "printed_by": person.name,
    }
    with timezone.override(ZoneInfo(person.company.zone)):
        return render(request, "web/visits/report.html", context)


def _own(sites: set[int]) -> int:
    """Somebody who sees single sites reads one of them; 404 for those who see none."""
    if not sites:
        raise Http404
    return min(sites)


def _address(day: date, site: str) -> str:
    return "?" + urlencode({"month": f"{day:%Y-%m}"} | ({"site": site} if site else {}))


def _shown(found: Summary) -> dict[str, Any]:
    half = 0 if (get_language() or "zh-hans").startswith("zh") else 1
    scale = found.scale[half]
    names = {"content": _("满意"), "not_content": _("不满意"), "not_reached": _("没联系上"), "open": _("还没打")}
    return {
        "found": found,
        "scale": scale,
        "questions": [(row.label[half], list(zip(scale, row.counts, strict=False)), row.unrated) for row in found.questions],
        "departments": [(name, [(names[kind], counts[kind]) for kind in KINDS]) for name, counts in sorted(found.departments.items())],
        "unhappy": [(row, row.became[half]) for row in found.unhappy],
        "outcomes": {kind: found.outcomes[kind] for kind in KINDS},
        "means": {key: words[half] for key, words in DEFINITIONS.items()},
    }
