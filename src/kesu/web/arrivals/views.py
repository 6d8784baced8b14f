"""The list of what arrived, and one of them: the message, safely shown, and what a person makes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kesu.channels import deciding
from kesu.channels.arriving import raw
from kesu.channels.calls.returning import CALL
from kesu.channels.mail.letter import Letter
from kesu.channels.mail.plaintext import split_quote
from kesu.channels.mail.tnef import opened
from kesu.channels.models import Arrival
from kesu.channels.reading import letter_of
from kesu.channels.reasons import why_words
from kesu.config.now import now
from kesu.web.arrivals import calling
from kesu.web.forms_kit import Form, attempt
from kesu.web.staff import StaffRequest, for_receivers

PAGE = 50
STATES = ("waiting", "filed", "joined", "called", "ignored", "new", "talking")
NAMED = {"mail": "eml", "wechat": "xml"}  # door → what the bytes are called
SHOWN = 50_000  # characters of a message on its page; the whole is downloaded


class JoinForm(Form):
    """Which case it belongs to."""

    number = forms.CharField(label=gettext_lazy("并入哪张投诉单"), max_length=40, help_text=gettext_lazy("写单号"))


class IgnoreForm(Form):
    """Why it is no complaint."""

    reason = forms.CharField(label=gettext_lazy("不算投诉，原因"), max_length=200)


def _one(request: StaffRequest, arrival: int, at: datetime) -> Arrival:
    row = deciding.arrivals_of(request.user, at).select_related("case", "mailbox", "site", "by").filter(pk=arrival).first()
    if row is None:
        raise Http404
    return row


@for_receivers
@require_GET
def arrivals(request: StaffRequest) -> HttpResponse:
    """What waits for a person first; the other chips show what became of the rest."""
    at, state = now(), request.GET.get("state", "waiting")
    state = state if state in STATES else "waiting"
    mine = deciding.arrivals_of(request.user, at)
    rows = mine.filter(state=state).select_related("case", "site", "by").order_by(*(["due_at", "id"] if state == "waiting" else ["-id"]))
    before = request.GET.get("before", "")
    if before.isdecimal() and state != "waiting":
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    names = {
        "waiting": _("等人看"),
        "filed": _("已登记"),
        "joined": _("已并入"),
        "called": _("已回电"),
        "ignored": _("不算投诉"),
        "new": _("刚到"),
        "talking": _("还在说"),
    }
    context = {
        "rows": [(row, _why(row)) for row in found[:PAGE]],
        "chips": [
            (name, words, name == state)
            for name, words in names.items()
            if name == state or name not in ("new", "called") or (name == "called" and mine.filter(state=name).exists())
        ],
        "state": state,
        "waiting": mine.filter(state="waiting").count(),
        "more": found[PAGE - 1].pk if len(found) > PAGE and state != "waiting" else None,
    }
    return render(request, "web/arrivals/list.html", context)


def _why(row: Arrival) -> str:
    return why_words(row.why, row.words, get_language() or "zh")


@for_receivers
@require_http_methods(["GET", "HEAD", "POST"])
def arrival(request: StaffRequest, arrival: int) -> HttpResponse:
    """One of them: joined to a case, set aside with a reason, or filed at the desk."""
    at = now()
    row, which = _one(request, arrival, at), request.POST.get("which", "")
    if row.door == CALL:
        return calling.call_back(request, row, at)
    join, ignore = JoinForm(request.POST if which == "join" else None), IgnoreForm(request.POST if which == "ignore" else None)
    if which == "join" and join.is_valid():
        number = join.cleaned_data["number"]
        if attempt(join, lambda: deciding.join(request.user, arrival, number=number, at=at)):
            messages.success(request, _("并入了 %(number)s") % {"number": number.strip().upper()})
            return redirect("arrivals")
    elif which == "ignore" and ignore.is_valid():
        reason = ignore.cleaned_data["reason"]
        if attempt(ignore, lambda: deciding.ignore(request.user, arrival, reason=reason, at=at)):
            messages.success(request, _("记下了：不算投诉"))
            return redirect("arrivals")
    status = 422 if which else 200
    return render(request, "web/arrivals/one.html", _shown(row) | {"join": join, "ignore": ignore}, status=status)


def _shown(row: Arrival) -> dict[str, Any]:
    letter = _letter(row)
    own, quoted = split_quote(letter.text[:SHOWN])
    return {
        "row": row,
        "why": _why(row),
        "letter": letter,
        "own": own,
        "quoted": quoted,
        "cut": len(letter.text) > SHOWN,
        "files": [(n, one.name, one.kind, len(one.data)) for n, one in enumerate(opened(letter.enclosed))],
        "open": row.state in deciding.OPEN,
    }


def _letter(row: Arrival) -> Letter:
    try:
        return letter_of(row)
    except OSError:
        return Letter(whole=False)


@for_receivers
@require_GET
def raw_message(request: StaffRequest, arrival: int) -> HttpResponse:
    """The bytes as they came, to download: never shown by the browser."""
    row = _one(request, arrival, now())
    try:
        data = raw(row)
    except OSError as gone:  # deleted on disk, or let go with its case
        raise Http404 from gone
    return _download(data, f"message-{row.pk}.{NAMED.get(row.door, 'bin')}")


@for_receivers
@require_GET
def enclosed(request: StaffRequest, arrival: int, n: int) -> HttpResponse:
    """A file that came with the message, to download: what it claims to be is not believed."""
    files = opened(_letter(_one(request, arrival, now())).enclosed)
    if n >= len(files):
        raise Http404
    return _download(files[n].data, files[n].name)


def _download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = _attachment(name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _attachment(name: str) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(True, name) or "attachment"
