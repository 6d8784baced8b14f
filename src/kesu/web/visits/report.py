"""《回访总结报告》: a month of follow-ups on one page, to read and to print."""

from __future__ import annotations

from datetime import date, datetime, timedelta
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
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.insights.periods import Period
from kesu.insights.visits import DEFINITIONS, Summary, summary
from kesu.papers.fonts import NoFont
from kesu.reporting.contents.visits import visits
from kesu.reporting.formats import MEDIA, made
from kesu.web.staff import site_asked_for

KINDS = ("content", "not_content", "not_reached", "open")


def month_of(text: str) -> tuple[date, date] | None:
    """The first and last day of “2026-10”; None for anything else."""
    found = Period.read(text) if len(text) == len("2026-10") else None
    return (found.first, found.last) if found and found.whole_months and len(found.starts()) == 1 else None


@login_required
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The month in the address, else the present one; `?site=` narrows it to one site."""
    at, person = now(), request.user
    assert isinstance(person, Person)  # login_required stands before
    rights = rights_of(person, at)
    site, period = _asked(request, rights, at)
    found = summary(person.company, *period, site)
    context = _shown(found) | {
        "earlier": _address(period[0] - timedelta(days=1), request.GET.get("site", "")),
        "later": _address(period[1] + timedelta(days=1), request.GET.get("site", "")),
        "sites": [(row.name, f"?{urlencode({'month': f'{period[0]:%Y-%m}', 'site': row.pk})}", row.pk == site) for row in rights.sites()],
        "files": [
            (form, f"{reverse('visit_report_file', args=[form])}{_address(period[0], request.GET.get('site', ''))}") for form in MEDIA
        ],
        "house": person.company,
        "printed_at": at,
        "printed_by": person.name,
    }
    with timezone.override(ZoneInfo(person.company.zone)):
        return render(request, "web/visits/report.html", context)


@login_required
@require_GET
def file(request: HttpRequest, form: str) -> HttpResponse:
    """The same month and site as a file."""
    at, person = now(), request.user
    assert isinstance(person, Person)  # login_required stands before
    site, period = _asked(request, rights_of(person, at), at)
    place = standing(person.company).sites.get(site) if site else None
    asked = request.GET.get("month", "")
    if form not in MEDIA or (site and place is None) or (asked and month_of(asked) is None):
        raise Http404
    language = get_language() or "zh-hans"
    content = visits(person.company, place, Period(*period), at, language)
    try:
        data = made(content, form)
    except NoFont as missing:
        return HttpResponse(missing.reason(language), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type=MEDIA[form])
    response["Content-Disposition"] = f'attachment; filename="visits-{period[0]:%Y-%m}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _asked(request: HttpRequest, rights: Rights, at: datetime) -> tuple[int | None, tuple[date, date]]:
    """(the site, the first and last day) that the address asks for; 404 for those who may not read it."""
    if not rights.page("reports"):
        raise Http404
    site = site_asked_for(rights, request.GET.get("site", "")) or (None if rights.company_wide() else _own(rights.site_ids()))
    today = at.astimezone(ZoneInfo(rights.company.zone)).date()
    period = month_of(request.GET.get("month", "")) or month_of(f"{today:%Y-%m}")
    assert period is not None  # today has a month
    return site, period


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
