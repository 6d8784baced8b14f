"""Reception: one page to take a complaint while the caller talks, the two fragments that follow the typing, and the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kesu.channels.calls import returning
from kesu.channels.calls.listening import last_of
from kesu.company.models import Department, Person, Site
from kesu.company.rights import rights_of
from kesu.complaints import actions
from kesu.complaints.files import Upload
from kesu.complaints.models import Case
from kesu.complaints.queries import cases
from kesu.complaints.queries.callers import Known, known
from kesu.complaints.queries.clocks import view
from kesu.complaints.queries.customer_page import Kept, open_page
from kesu.config.now import now
from kesu.customers.phones import clean_phone
from kesu.procedure.refused import Refused
from kesu.procedure.suggest import split_items
from kesu.procedure.telling import WISHES
from kesu.web.customer.links import qr_drawing, tracking_link
from kesu.web.reception import arrived
from kesu.web.reception.advice import Advice, Desk, advise
from kesu.web.reception.forms import Line, Sheet, local_stamp
from kesu.web.reception.paper import beside
from kesu.web.reception.showing import asks, category_choices, consents, receipt_text, script

REFUSED_STATUS = 422
SAID_LENGTH = 2000  # characters of a note that joins all lines


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """The sheet: blank (with `?tel=` filled in), sent again with something added, or filed."""
    at = now()
    if request.method != "POST":
        return _page(request, arrived.sheet_for(_person(request), request.GET, at), at)
    sheet = Sheet.read(request.POST)
    wish, _, which = request.POST.get("do", "dispatch").partition(":")
    if wish in ("dispatch", "record", "same"):
        return _try(request, sheet, wish, which, at)
    _change(sheet, wish, int(which) if which.isdecimal() else 0)
    return _page(request, sheet, at)


def _change(sheet: Sheet, wish: str, n: int) -> None:
    """What the smaller buttons do to the sheet where there is no JavaScript; "check" only looks again."""
    if wish == "add":
        sheet.lines.append(Line())
    elif wish == "split" and n < len(sheet.lines):
        sheet.split(n, split_items(sheet.lines[n].words))


def _try(request: HttpRequest, sheet: Sheet, wish: str, which: str, at: datetime) -> HttpResponse:
    """File, or add to a case that is open already; refused, the sheet comes back as typed with the reason beside its field."""
    place = _desk(request, sheet, at)
    try:
        sheet.check_lengths()
        case = _add(place, sheet, which) if wish == "same" else _file(request, place, sheet, dispatch=wish == "dispatch")
    except Refused as refused:
        sheet.blame(refused, place.language)
        return _page(request, sheet, at, status=REFUSED_STATUS)
    except (Case.DoesNotExist, Site.DoesNotExist) as stranger:
        raise Http404 from stranger
    return redirect(reverse("receipt", args=[case.number]) + ("?added=1" if wish == "same" else ""))


def _file(request: HttpRequest, place: Desk, sheet: Sheet, *, dispatch: bool) -> Case:
    sheet.fill(known(place.person, place.at, phone=sheet.text["phone"], home=sheet.text["home"], site_id=place.site.pk).one)
    advice = advise(place, sheet, look_around=False)
    sends = dispatch and advice.dispatches
    if sends and sheet.said and advice.lead is None:
        raise Refused("no_lead", "请选一个主办部门", "choose a lead department", field="lead")
    zone = place.site.company.zone
    intake = actions.Intake(
        site_id=place.site.pk,
        channel=sheet.text["channel"],
        items=[(line.words, category) for line, category in zip(sheet.lines, advice.categories, strict=True)],
        heard_at=sheet.heard_at(zone),
        wanted_by=sheet.wanted_by(zone),
        nature=_judged_as(sheet, advice, dispatch),
        facts=sheet.facts,
        lead=advice.lead.pk if sends and advice.lead else None,
        co=[row.pk for row in advice.co] if sends else [],
        same_as=_earlier(place, sheet.text["same_as"]),
        confidential=sheet.confidential,
        consents=sheet.consents,
        filed_key=sheet.filed_key,
        uploads=_uploads(request),
        **{
            name: sheet.text[name]
            for name in ("name", "phone", "home", "reach", "place", "happened", "against", "wants", "raw", "tell_by", "language")
        },
    )
    case = actions.receive(place.person, intake, place.at)
    arrived.settle(place.person, sheet.text["arrival"], case, sheet.text["phone"], place.at)
    return case


def _judged_as(sheet: Sheet, advice: Advice, dispatch: bool) -> str:
    """The nature, where reception judges; "" leaves nature and grade to be judged: a marked question not asked is no finding (P-2)."""
    if not dispatch:
        return sheet.text["nature"]
    return "" if advice.unasked else advice.nature


def _add(place: Desk, sheet: Sheet, which: str) -> Case:
    """The caller means a complaint that is open already: what they say is added to it, and no second one is filed."""
    case = cases.get(place.person, which, place.at)
    returning.attach(case, sheet.text["phone"], place.at)
    words = "\n".join([*(line.words.strip() for line in sheet.said), sheet.text["wants"]]).strip()[:SAID_LENGTH]
    if not words:
        raise Refused("no_words", "还没写是什么事，至少写一件", "say what happened: at least one item", field="items")
    if rights_of(place.person, place.at).by_role("contact", site_id=case.site_id) and case.is_open:
        return actions.contact(place.person, case.pk, channel=sheet.text["channel"], words=words, at=place.at)
    return actions.note(place.person, case.pk, words=words, at=place.at)


def _earlier(place: Desk, typed: str) -> int | None:
    if not typed.isdecimal():
        return None
    return cases.visible_to(place.person, place.at).filter(pk=int(typed)).values_list("pk", flat=True).first()


def _uploads(request: HttpRequest) -> list[Upload]:
    return [Upload(file.name or "", file.size or 0, file.chunks()) for file in request.FILES.getlist("files")]


@login_required
@require_GET
def caller(request: HttpRequest) -> HttpResponse:
    """Who has this number or lives in this home, while it is being typed."""
    at = now()
    sheet = Sheet.blank(**{name: request.GET.get(name, "")[:120] for name in ("phone", "home", "same_as")})
    sheet.site_id = int(site) if (site := request.GET.get("site", "")).isdecimal() else None
    place = _desk(request, sheet, at)
    return render(request, "web/reception/known.html", _who(place, sheet) | {"sheet": sheet, "desk": place, "oob": True})


@login_required
@require_POST
def advice(request: HttpRequest) -> HttpResponse:
    """What follows from the words and answers so far: every fragment replaces its own place on the page."""
    sheet = Sheet.read(request.POST)
    place = _desk(request, sheet, now())
    return render(request, "web/reception/advice.html", _context(place, sheet) | {"oob": True})


def _desk(request: HttpRequest, sheet: Sheet, at: datetime) -> Desk:
    """The person's desk; 404 for whoever does not work at reception. Sites are those where they may receive."""
    person = _person(request)
    rights = rights_of(person, at)
    sites = [site for site in rights.sites() if rights.by_role("receive", site_id=site.pk)]
    if not rights.page("reception") or not sites:
        raise Http404
    site = next((site for site in sites if site.pk == sheet.site_id), sites[0])
    departments = list(Department.objects.filter(site=site, active=True).order_by("id"))
    sheet.text["channel"] = sheet.text["channel"] or next(row.id for row in rights.pack.channels if row.staff)
    return Desk(person, site, rights.pack, departments, at, get_language() or "zh-hans", sites=sites)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # login_required stands before
    return request.user


def _page(request: HttpRequest, sheet: Sheet, at: datetime, status: int = 200) -> HttpResponse:
    place = _desk(request, sheet, at)
    who = _who(place, sheet)
    sheet.fill(who["known"].one if request.method != "POST" else None)
    context = _context(place, sheet) | who | beside(place.person, sheet.text["arrival"], at)
    context |= {"at_page": "reception", "draft": _draft_name(request)}
    return render(request, "web/reception/desk.html", context, status=status)


def _draft_name(request: HttpRequest) -> str:
    """A call that comes in with its number has a draft of its own: what an earlier caller said must not come back into it."""
    if (which := request.GET.get("arrival", "")).isdecimal() and not request.POST.get("_draft"):
        return f"reception:letter{which[:12]}"
    digits = clean_phone(request.GET.get("tel", "")[:40])
    return request.POST.get("_draft", "")[:80] or (f"reception:{digits}" if digits else "reception")


def _who(place: Desk, sheet: Sheet) -> dict[str, Any]:
    found: Known = known(place.person, place.at, phone=sheet.text["phone"], home=sheet.text["home"], site_id=place.site.pk)
    zone = place.site.company.zone
    for case in found.open:
        clock = case.next_clock  # type: ignore[attr-defined]  # callers puts it there
        case.next_view = view(clock, place.pack, place.at, place.language, zone) if clock else None  # type: ignore[attr-defined]
    calls = last_of(place.person, found.one.phone if found.one and found.one.phone else sheet.text["phone"], place.at)
    return {"known": found, "reveals": rights_of(place.person, place.at).reveals(), "pack": place.pack, "calls": calls}


def _context(place: Desk, sheet: Sheet) -> dict[str, Any]:
    """What the page and its fragments show."""
    found: Advice = advise(place, sheet)
    rights, pack, site_id = rights_of(place.person, place.at), place.pack, place.site.pk
    return {
        "sheet": sheet,
        "desk": place,
        "pack": pack,
        "advice": found,
        "rows": list(zip(sheet.lines, found.hints, [found.parts.get(n, []) for n in range(len(sheet.lines))], strict=True)),
        "asks": asks(pack, sheet.facts, found, place.language),
        "script": script(place),
        "tell_by": _ways_to_tell(place.language),
        "groups": category_choices(pack, place.language),
        "consents": consents(pack, sheet, found.categories, place.language) if rights.by_role("ask_consent", site_id=site_id) else [],
        "channels": [row for row in pack.channels if row.staff],
        "natures": [row for row in pack.natures if not row.unfounded],
        "may_judge": bool(rights.by_role("judge", site_id=site_id)) and bool(rights.by_role("dispatch", site_id=site_id)),
        "latest": local_stamp(place.at, place.site.company.zone),
        "reveals": rights.reveals(),
        "first_due": next((row.due for row in found.promises if row.due_at), ""),
    }


@login_required
@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """After filing: number, link and QR for the customer, the slip to print, the text to send, and the next new complaint."""
    at, person = now(), _person(request)
    try:
        case = cases.get(person, number, at)
    except Case.DoesNotExist as stranger:
        raise Http404 from stranger
    if not rights_of(person, at).page("reception"):
        raise Http404
    language = get_language() or "zh-hans"
    link = tracking_link(request, case)
    page = open_page(case.token, at, language) if not case.token_off else None
    promises: list[Kept] = page.promises if page else []
    first = next((row.words for row in promises if row.state == "now" and not row.late and row.due_at), "")
    context = {
        "case": case,
        "pack": page.pack if page else None,
        "items": page.items if page else [],
        "promises": promises,
        "link": link,
        "qr": qr_drawing(link),
        "text": receipt_text(rights_of(person, at).pack, case.number, link, first, language),
        "added": "added" in request.GET,
        "reveals": rights_of(person, at).reveals(),
        "at_page": "reception",
    }
    return render(request, "web/reception/receipt.html", context)


def _ways_to_tell(language: str) -> list[tuple[str, str]]:
    """What a customer may ask for, with "as before" first."""
    zh = language.startswith("zh")
    return [("", _("按以前的")), *((key, said[0 if zh else 1]) for key, said in WISHES.items())]
