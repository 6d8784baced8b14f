"""Set-up: tokens by which programs act for a person. A new one is shown once, on the answer to its own form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.exchange import actions
from kesu.exchange.models import Token
from kesu.procedure.refused import Refused
from kesu.web.forms_kit import Form, attempt, offer
from kesu.web.setup.frame import setup_page, show
from kesu.web.staff import StaffRequest

SCOPES = {"read": gettext_lazy("查看"), "receive": gettext_lazy("登记投诉"), "act": gettext_lazy("办理")}
DAYS = ((30, gettext_lazy("30 天")), (90, gettext_lazy("90 天")), (180, gettext_lazy("180 天")), (366, gettext_lazy("一年")))


class TokenForm(Form):
    """A new token: for which system, as whom, for what, how long."""

    name = forms.CharField(label=gettext_lazy("给哪个系统用"), max_length=60)
    person = forms.ChoiceField(label=gettext_lazy("以谁的名义"), help_text=gettext_lazy("只能看和办这个人能看能办的，记录里写这个人"))
    scopes = forms.MultipleChoiceField(label=gettext_lazy("能做什么"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=gettext_lazy("有效期"), choices=DAYS, coerce=int, initial=90)

    def __init__(self, *args: Any, rights: Rights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = sorted(standing(rights.company).people.values(), key=lambda person: (person.name, person.pk))
        offer(self, "person", [("", _("选一个")), *((person.pk, person.name) for person in people)])


@setup_page
@never_cache
def tokens(request: StaffRequest) -> HttpResponse:
    """All tokens; making one, revoking one."""
    which, at = request.POST.get("which"), now()
    form = TokenForm(request.POST if which == "make" else None, rights=request.rights)
    made: list[tuple[Token, str]] = []
    if which == "make" and form.is_valid() and attempt(form, lambda: made.append(_make(request, form, at))):
        return _shown(request, TokenForm(rights=request.rights), at, made[0])
    if which == "revoke":
        chosen = request.POST.get("token", "")
        actions.revoke_token(request.user, int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0, at)
        messages.success(request, _("停用了，用它的系统从现在起进不来"))
        return redirect("setup_tokens")
    return _shown(request, form, at, None)


def _make(request: StaffRequest, form: TokenForm, at: datetime) -> tuple[Token, str]:
    data = form.cleaned_data
    if not data["person"]:
        raise Refused("person", "请选一个人", "choose a person", field="person")
    return actions.make_token(
        request.user, person_id=int(data["person"]), name=data["name"], scopes=data["scopes"], days=data["days"], at=at
    )


def _shown(request: StaffRequest, form: TokenForm, at: datetime, made: tuple[Token, str] | None) -> HttpResponse:
    rows = Token.objects.filter(company=request.rights.company).select_related("person").order_by("revoked_at", "-id")
    told = [(row, "、".join(str(SCOPES[scope]) for scope in row.scopes if scope in SCOPES)) for row in rows]
    good = [row for row in told if row[0].revoked_at is None and row[0].expires_at > at]
    over = [row for row in told if row not in good]
    return show(request, "tokens", {"form": form, "good": good, "over": over, "made": made}, "tokens")
