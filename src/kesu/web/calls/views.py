"""Calls that came by the exchange: the list, one of them with its recording, and writing it down with a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kesu.channels.calls import listening, returning
from kesu.channels.models import Call
from kesu.company.rights import rights_of
from kesu.complaints.queries import cases
from kesu.config.now import now
from kesu.customers.phones import masked, spaced
from kesu.web.forms_kit import Form, attempt
from kesu.web.staff import StaffRequest, for_receivers

PAGE = 50


class OntoForm(Form):
    """What was said, and which case it belongs to."""

    number = forms.CharField(label=gettext_lazy("记到哪张投诉单"), max_length=40, help_text=gettext_lazy("写单号"))
    words = forms.CharField(label=gettext_lazy("说了什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


@for_receivers
@require_GET
def calls(request: StaffRequest) -> HttpResponse:
    """The last calls, newest first, a page at a time."""
    at = now()
    rows, case = listening.calls_of(request.user, at).order_by("-id"), request.GET.get("case", "")[:40]
    rows = rows.filter(case__number=case, case__in=cases.visible_to(request.user, at)) if case else rows
    if (before := request.GET.get("before", "")).isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    reveals = rights_of(request.user, at).reveals()
    context = {
        "rows": [(row, spaced(row.number) if reveals else masked(row.number)) for row in found[:PAGE]],
        "of": case if found else "",
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "web/calls/list.html", context)


@for_receivers
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: StaffRequest, call: int) -> HttpResponse:
    """One call; what was said is written down with a case."""
    at, person = now(), request.user
    row = listening.calls_of(person, at).select_related("line__site__company", "arrival").filter(pk=call).first()
    if row is None:
        raise Http404
    form = OntoForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: returning.write_down(person, row, **form.cleaned_data, at=at))
    ):
        messages.success(request, _("记到 %(number)s 了") % {"number": form.cleaned_data["number"].strip().upper()})
        return redirect("call", row.pk)
    return render(request, "web/calls/one.html", _shown(request, row) | {"form": form}, status=422 if form.errors else 200)


def _shown(request: StaffRequest, row: Call) -> dict[str, Any]:
    at = now()
    reveals = rights_of(request.user, at).reveals()
    hears = listening.may_hear(request.user, row.line.site_id, at)
    return {
        "row": row,
        "number": spaced(row.number) if reveals else masked(row.number),
        "hears": hears,
        "hearers": listening.hearers(row.line.site, at) if row.recording else [],
        "others": [one for one in listening.last_of(request.user, row.number, at) if one.pk != row.pk],
    }
