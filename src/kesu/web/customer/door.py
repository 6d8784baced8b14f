"""A site's door: filing a complaint from a phone, without signing in; and the poster that leads there."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from kesu.company.models import Site
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints import actions
from kesu.complaints.queries.promises import foreseen
from kesu.config.now import now
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused
from kesu.web.customer.arriving import sent_files
from kesu.web.customer.discreet import open_door
from kesu.web.customer.forms import MOST_FILES, PLACE_ROOM, DoorForm, asked_apart, asked_at_door
from kesu.web.customer.links import door_link, qr_drawing
from kesu.web.wechat.followers import filed_by

REFUSED_STATUS = 422


@open_door
def file(request: HttpRequest, door: str) -> HttpResponse:
    """The form of three fields, and filing it. Refused, it comes back as typed with the reason beside its field."""
    site, at = _site(door), now()
    if request.method != "POST":
        return _page(request, site, at, DoorForm.blank(place=request.GET.get("at", "")))
    form, language = DoorForm.read(request.POST), get_language() or "zh-hans"
    try:
        intake = form.intake(site, _pack(site, at), sent_files(request))
        intake.language = "en" if language == "en" else ""
        case = actions.receive(None, intake, at)
    except Refused as refused:
        form.blame(refused, language)
        return _page(request, site, at, form, status=REFUSED_STATUS)
    filed_by(request, case, at)
    return redirect("filed", case.token)


@open_door
@require_POST
def items(request: HttpRequest, door: str) -> HttpResponse:
    """While typing: whether the text looks like several matters, for the customer to confirm (M-3)."""
    _site(door)
    form = DoorForm.read(request.POST)
    return render(request, "web/customer/items.html", {"form": form, "parts": form.parts()})


@require_GET
def poster(request: HttpRequest, door: str) -> HttpResponse:
    """An A4 sheet with the door's QR code; `?at=` names the place where it hangs and is filled in for whoever scans it."""
    site, spot = _site(door), request.GET.get("at", "").strip()[:PLACE_ROOM]
    link = door_link(request, site, spot)
    shown = door_link(request, site)  # to be typed by hand, so without the place
    context = {"house": site.company, "site": site, "spot": spot, "link": shown, "qr": qr_drawing(link), "phone": _phone(site)}
    return render(request, "web/customer/poster.html", context)


def _page(request: HttpRequest, site: Site, at: datetime, form: DoorForm, status: int = 200) -> HttpResponse:
    pack, language = _pack(site, at), get_language() or "zh-hans"
    context = {
        "house": site.company,
        "site": site,
        "form": form,
        "parts": form.parts() if form.words else [],
        "phone": _phone(site),
        "promise": _first_promise(site, pack, at, language),
        "most_files": MOST_FILES,
        "dangers": [(fact.id, fact.door if language.startswith("zh") else fact.door_en) for fact in asked_at_door(pack)],
        "consents": [(matter, words, matter in form.consents) for matter, words in asked_apart(pack, language)],
    }
    return render(request, "web/customer/file.html", context, status=status)


def _first_promise(site: Site, pack: Pack, at: datetime, language: str) -> str:
    """What we can promise to everybody before we know what it is about; "" when the pack promises nothing."""
    channel = next((row.id for row in pack.channels if row.customer), pack.channels[0].id)
    nature = pack.nature_default().id
    promises = foreseen(site, pack, at, language, channel=channel, nature=nature, facts={}, categories=[])
    return next((row.words for row in promises if row.due_at), "")


def _site(door: str) -> Site:
    try:
        return Site.objects.select_related("company").get(door=door, active=True)
    except Site.DoesNotExist as nowhere:
        raise Http404 from nowhere


def _pack(site: Site, at: datetime) -> Pack:
    return pack_of(standing(site.company).version_at(at))


def _phone(site: Site) -> str:
    return site.phone or site.company.phone
