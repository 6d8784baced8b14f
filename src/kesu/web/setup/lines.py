"""Set-up: telephone lines, what their exchange must be told, and a test that shows what would come back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kesu.channels.calls import lines as known
from kesu.channels.models import PhoneLine
from kesu.channels.sealing import line_key
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.web.calls.telling import told
from kesu.web.customer.links import outside
from kesu.web.forms_kit import Form, attempt, offer
from kesu.web.setup.frame import setup_page, show
from kesu.web.setup.home import checked_phone
from kesu.web.staff import StaffRequest

KEPT = ("name", "number", "channel", "active", "plain")


class LineForm(Form):
    """One line."""

    name = forms.CharField(label=gettext_lazy("叫什么"), max_length=60, help_text=gettext_lazy("例：客服热线"))
    number = forms.CharField(label=gettext_lazy("客户打的号码"), max_length=40, required=False)
    site = forms.ChoiceField(label=gettext_lazy("来电归哪个服务点"))
    channel = forms.ChoiceField(label=gettext_lazy("来路"), help_text=gettext_lazy("由谁受理、未接来电多久回，按规程里的这一条"))
    plain = forms.BooleanField(
        label=gettext_lazy("许可把密钥写在地址里"),
        required=False,
        help_text=gettext_lazy("给不会签名的交换机用。弱一些：地址会留在日志里，看到的人就能冒充"),
    )
    active = forms.BooleanField(label=gettext_lazy("开着"), required=False, initial=True)

    def __init__(self, *args: Any, rights: Rights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [(site.pk, site.name) for site in standing(rights.company).sites.values()])
        offer(self, "channel", [(row.id, row.label(get_language() or "zh")) for row in rights.pack.channels if not row.customer])

    def clean_number(self) -> str:
        return checked_phone(self.cleaned_data["number"])


@setup_page
def lines(request: StaffRequest) -> HttpResponse:
    """Every line, and when its exchange last said something."""
    return show(request, "lines", {"rows": known.lines(request.user)}, "lines")


@setup_page
def new_line(request: StaffRequest) -> HttpResponse:
    """Another one."""
    return _edit(request, PhoneLine(company_id=request.user.company_id))


@setup_page
def line(request: StaffRequest, line: int) -> HttpResponse:
    """One that is there."""
    row = known.lines(request.user).filter(pk=line).first()
    if row is None:
        raise Http404
    return _edit(request, row)


def _edit(request: StaffRequest, row: PhoneLine) -> HttpResponse:
    initial = {name: getattr(row, name) for name in KEPT} | {"site": row.site_id} if row.pk else {}
    do, answer = request.POST.get("do", ""), ""
    form = LineForm(request.POST if do in ("save", "renew") else None, initial=initial, rights=request.rights)
    if do == "try" and row.pk:
        answer = tried(row)
    elif request.method == "POST" and form.is_valid():
        row.site_id = int(form.cleaned_data["site"])
        for name in KEPT:
            setattr(row, name, form.cleaned_data[name])
        if attempt(form, lambda: known.save_line(request.user, row, renew=do == "renew")):
            messages.success(request, _("换了新密钥，旧的作废") if do == "renew" else _("存好了"))
            return redirect("setup_line", row.pk)
    return show(request, "line", {"form": form, "row": row, "answer": answer} | _addresses(request, row), "lines")


def _addresses(request: StaffRequest, row: PhoneLine) -> dict[str, str]:
    if not row.pk:
        return {}
    address = outside(request, reverse("tell_call", args=[row.pk]))
    plain = f"{address}?key={known.plain_secret(row)}&event=missed&call=1001&from=13800006021" if row.plain else ""
    return {
        "address": address,
        "secret": known.secret(row),
        "plain": plain,
        "pop": outside(request, reverse("reception")) + "?tel=13800006021",
    }


def tried(row: PhoneLine) -> str:
    """A missed call, signed and handed to the door itself, which says what it would answer; nothing of it is kept."""
    at = now()
    body = json.dumps({"event": "started", "call": "test", "from": "+86 138-0000-6021", "at": at.isoformat()}).encode()
    stamp = str(int(at.timestamp()))
    digest = hmac.new(line_key(row.pk, row.turn), f"test.{stamp}.".encode() + body, hashlib.sha256).digest()
    request = HttpRequest()
    request.method, request.content_type, request._body = "POST", "application/json", body
    signed = {"ID": "test", "TIMESTAMP": stamp, "SIGNATURE": f"v1,{base64.b64encode(digest).decode()}"}
    request.META = {"CONTENT_LENGTH": str(len(body))} | {f"HTTP_WEBHOOK_{name}": value for name, value in signed.items()}
    with transaction.atomic():
        answer = told(request, row.pk)
        transaction.set_rollback(True)
    return f"{answer.status_code} {answer.content.decode()}"
