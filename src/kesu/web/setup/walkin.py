"""Set-up: what hangs and stands at a site for people who walk in: posters for its buildings and units, the form on a screen."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from kesu.company.models import Site
from kesu.customers.places import spots
from kesu.papers.fonts import NoFont
from kesu.papers.posters import posters
from kesu.web.customer.kiosk import kiosk_token
from kesu.web.customer.links import door_link, outside
from kesu.web.setup.frame import setup_page, show
from kesu.web.staff import StaffRequest

MOST = 200  # pages of one file


@setup_page
def walk_in(request: StaffRequest, site: int) -> HttpResponse:
    """Which posters to print, and the address for a screen at the counter."""
    row = Site.objects.select_related("company").get(pk=site, company=request.rights.company)
    language = get_language() or "zh"
    doors = request.rights.pack.channels
    kiosks = [
        (channel.label(language), outside(request, reverse("kiosk", args=[kiosk_token(row, channel.id)])))
        for channel in [door for door in doors if door.counter] or [door for door in doors if door.staff]
    ]
    return show(request, "walk_in", {"row": row, "spots": spots(row.pk), "kiosks": kiosks}, "sites")


@setup_page
def posters_pdf(request: StaffRequest, site: int) -> HttpResponse:
    """The posters that were ticked, a page each; one for the whole site where none was."""
    row = Site.objects.select_related("company").get(pk=site, company=request.rights.company)
    known, language = set(spots(row.pk)), get_language() or "zh"
    chosen = [spot for spot in dict.fromkeys(request.GET.getlist("at")) if spot in known][:MOST]
    if request.GET.get("whole") or not chosen:
        chosen = ["", *chosen]
    places = [(spot, door_link(request, row, spot)) for spot in chosen]
    try:
        data = posters(
            row.company.name, row.name, row.phone or row.company.phone, door_link(request, row), places, zh=language.startswith("zh")
        )
    except NoFont as missing:
        return HttpResponse(missing.reason(language), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="posters.pdf"'
    return response
