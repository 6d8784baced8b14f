"""The form on a screen at the counter: big type, the whole screen, nothing of the one before for the one after.

What was filed is shown in the answer to the sending itself, never at an address: going back leads to an empty form, whatever the browser
remembers. A script begins anew when nobody has touched the screen for a while, or has filed; without it the page that says so does.
"""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from kesu.channels.sealing import is_token, token
from kesu.company.models import Site
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints import actions
from kesu.config.now import now
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused
from kesu.web.customer.discreet import discreet
from kesu.web.customer.forms import DoorForm, asked_apart, asked_at_door
from kesu.web.customer.links import qr_drawing, tracking_link

PURPOSE = "kiosk"
IDLE = 90  # seconds
SHOWN = timedelta(minutes=2)  # so long after filing the same sending is answered with the number again
REFUSED_STATUS = 422


def kiosk_token(site: Site, channel: str) -> str:
    """The address of a screen; another door of the site ends it."""
    return f"{site.pk}.{channel}.{token(PURPOSE, f'{site.pk}:{site.door}:{channel}', 24)}"


def _site(address: str) -> tuple[Site, str]:
    pk, _, rest = address.partition(".")
    channel, _, proof = rest.rpartition(".")
    site = Site.objects.select_related("company").filter(pk=int(pk), active=True).first() if pk.isdecimal() and len(pk) < 12 else None
    if site is None or not is_token(proof, PURPOSE, f"{site.pk}:{site.door}:{channel}", 24):
        raise Http404
    return site, channel


@discreet
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """The empty form; filing it."""
    (site, channel), at, language = _site(token), now(), get_language() or "zh-hans"
    pack = pack_of(standing(site.company).version_at(at))
    if request.method != "POST":
        return _form(request, site, pack, token, DoorForm.blank())
    form = DoorForm.read(request.POST)
    try:
        intake = form.intake(site, pack, [])
        intake.channel = channel
        case = actions.receive(None, intake, at)
    except Refused as refused:
        form.blame(refused, language)
        return _form(request, site, pack, token, form, REFUSED_STATUS)
    if at - case.received_at > SHOWN:  # an old sending that the browser remembered: not for whoever stands there now
        return redirect("kiosk", token)
    link = tracking_link(request, case)
    context = {"house": site.company, "site": site, "case": case, "qr": qr_drawing(link), "address": token, "idle": IDLE}
    return render(request, "web/customer/kiosk_filed.html", context)


def _form(request: HttpRequest, site: Site, pack: Pack, address: str, form: DoorForm, status: int = 200) -> HttpResponse:
    language = get_language() or "zh-hans"
    context = {
        "house": site.company,
        "site": site,
        "form": form,
        "address": address,
        "idle": IDLE,
        "phone": site.phone or site.company.phone,
        "dangers": [(fact.id, fact.door if language.startswith("zh") else fact.door_en) for fact in asked_at_door(pack)],
        "consents": [(matter, words, matter in form.consents) for matter, words in asked_apart(pack, language)],
    }
    return render(request, "web/customer/kiosk.html", context, status=status)
