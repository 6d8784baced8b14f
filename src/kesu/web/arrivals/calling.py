"""A missed call that waits to be called back: who it may be, the calls of that number, and how calling back went."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kesu.channels.calls import listening, returning
from kesu.channels.models import Arrival
from kesu.channels.reasons import why_words
from kesu.company.rights import rights_of
from kesu.complaints.queries.callers import known
from kesu.customers.phones import masked, spaced
from kesu.web.forms_kit import Form, attempt
from kesu.web.staff import StaffRequest

OUTCOMES = [("reached", gettext_lazy("打通了")), ("not_reached", gettext_lazy("没打通"))]


class BackForm(Form):
    """How calling back went."""

    outcome = forms.ChoiceField(label=gettext_lazy("打通了没有"), choices=OUTCOMES, widget=forms.RadioSelect)
    words = forms.CharField(label=gettext_lazy("说了什么"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    number = forms.CharField(
        label=gettext_lazy("记到哪张投诉单"), max_length=40, required=False, help_text=gettext_lazy("说的是已有的事就写单号，可以不写")
    )


def call_back(request: StaffRequest, row: Arrival, at: datetime) -> HttpResponse:
    """The page, and what was written on it."""
    form = BackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(form, lambda: returning.called_back(request.user, row.pk, **given, at=at)):
            messages.success(request, _("记下了"))
            return redirect("arrivals")
    reveals = rights_of(request.user, at).reveals()
    context = {
        "row": row,
        "why": why_words(row.why, row.words, get_language() or "zh"),
        "number": spaced(row.sender) if reveals else masked(row.sender),
        "dial": row.sender if reveals else "",
        "missed": row.calls.order_by("first_at", "id"),
        "lately": listening.last_of(request.user, row.sender, at),
        "known": known(request.user, at, phone=row.sender),
        "form": form,
        "open": row.state == "waiting",
    }
    return render(request, "web/arrivals/call.html", context, status=422 if form.errors else 200)
