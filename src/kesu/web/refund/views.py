"""Reckoning a refund, by itself or for a case; the sum with its steps can be taken into a proposal. Nothing is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints.models import Case
from kesu.complaints.queries import cases
from kesu.config.now import now
from kesu.procedure.askedrefund import rules_of
from kesu.procedure.pack import Pack
from kesu.procedure.prepaid import Card, Refund, refund
from kesu.procedure.refused import Refused
from kesu.web.case.actforms import DeskForm
from kesu.web.refund.forms import asked_of, card_of, groups
from kesu.web.staff import StaffRequest


@login_required
@require_GET
def refund_page(request: StaffRequest) -> HttpResponse:
    """The reckoning by itself; 404 where the procedure in force knows no prepaid cards, or to who has nothing to do with cases."""
    at = now()
    if not rights_of(request.user, at).grants:
        raise Http404
    return _show(request, pack_of(standing(request.user.company).version_at(at)), None, at)


@login_required
@require_GET
def refund_of_case(request: StaffRequest, number: str) -> HttpResponse:
    """The reckoning for a case that the person may see."""
    at = now()
    try:
        case = cases.get(request.user, number, at)
    except Case.DoesNotExist:
        raise Http404 from None
    return _show(request, pack_of(case.version_id), case, at)


def _show(request: StaffRequest, pack: Pack, case: Case | None, at: datetime) -> HttpResponse:
    if pack.prepaid is None:
        raise Http404
    language = get_language() or "zh-hans"
    fields = groups(at.astimezone(ZoneInfo(request.user.company.zone)).date(), language)
    form = DeskForm(fields, request.GET, label_suffix="") if "paid" in request.GET else DeskForm(fields, label_suffix="")
    form.auto_id = "refund_%s"
    found, card, no = _reckon(form, pack, language)
    context = {
        "form": form,
        "found": found,
        "card": card,
        "refused": no,
        "case": case,
        "pack": pack,
        "zh": language.startswith("zh"),
        "into": _into_proposal(pack, case, found, card, language) if case and found and card else "",
    }
    return render(request, "web/refund/refund.html", context)


def _reckon(form: DeskForm, pack: Pack, language: str) -> tuple[Refund | None, Card | None, Refused | None]:
    if not form.is_bound or not form.is_valid():
        return None, None, None
    try:
        card = card_of(form.cleaned_data)
        return refund(card, asked_of(form.cleaned_data), rules_of(pack.prepaid)), card, None
    except Refused as no:
        form.wrong(no.field, no.reason(language))
        return None, None, None if no.field in form.fields else no


def _into_proposal(pack: Pack, case: Case, found: Refund, card: Card, language: str) -> str:
    """The address of the proposal's form with the sum already written in."""
    assert pack.prepaid is not None
    zh = language.startswith("zh")
    steps = [step.zh if zh else step.en for step in found.steps]
    notes = [note[0 if zh else 1] for note in found.notes]
    given: dict[str, Any] = {
        "what": _("退卡"),
        "remedy": pack.prepaid.remedy,
        "ground": pack.prepaid.ground or "",
        "cost": found.total,
        "price": card.paid,
        "basis": steps[-1][:200],
        "words": "\n".join([*steps, *notes]),
        "over_why": "\n".join(notes) if found.total > card.paid else "",
    }
    return f"{reverse('case_act', args=[case.number, 'propose'])}?{urlencode(given)}"
