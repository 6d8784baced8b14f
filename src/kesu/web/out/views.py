"""Doors and means at a glance, and what is stuck on its way out: sent again with one click, given up with a reason, called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kesu.channels.out import calling, health, means, stuck
from kesu.company.rights import rights_of
from kesu.config.now import now
from kesu.procedure.refused import Refused
from kesu.web.staff import StaffRequest

View = Callable[..., HttpResponse]


def _guarded(view: View) -> View:
    """Only for supervisors and those who set up; times on the company's clock."""

    @login_required
    @wraps(view)
    def within(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not stuck.may_look(request.user, now()):
            raise Http404
        with timezone.override(ZoneInfo(request.user.company.zone)):
            return view(request, *args, **kwargs)

    return within


@_guarded
@require_http_methods(["GET", "HEAD", "POST"])
def out(request: StaffRequest) -> HttpResponse:
    """The strip of doors and means, then what is stuck; the chips narrow it to one kind."""
    if request.method == "POST":
        return _done(request)
    at, chosen = now(), request.GET.get("kind", "")
    chosen = chosen if chosen in stuck.KINDS else ""
    language = get_language() or "zh-hans"
    counted = stuck.counts(request.user, at)
    rows = stuck.stuck(request.user, at, [chosen] if chosen else stuck.KINDS)
    context = {
        "lines": _lines(request, language),
        "by_channel": _doors(request, language),
        "may_set_up": rights_of(request.user, at).page("setup"),
        "rows": [(row, means.name_of(row.means, language)) for row in rows],
        "chips": [(name, words, counted[name], name == chosen) for name, words in _kinds().items() if counted[name] or name == chosen],
        "total": sum(counted.values()),
        "chosen": chosen,
        "sent": health.sent_lately(request.user.company, at),
        "asks_why": request.GET.get("why", ""),
    }
    return render(request, "web/out/out.html", context)


def _kinds() -> dict[str, str]:
    return {
        "call": _("要打的电话"),
        "message": _("短信、微信、群消息"),
        "answer": _("给客户的回信"),
        "letter": _("正式信函"),
        "notice": _("给员工的邮件"),
    }


def _lines(request: StaffRequest, language: str) -> list[tuple[health.Line, str]]:
    rights = rights_of(request.user, now())
    sites = {site.pk for site in rights.sites()}
    lines = health.lines(request.user.company, now())
    return [(line, line.label(language)) for line in lines if line.site_id is None or line.site_id in sites or rights.page("setup")]


def _doors(request: StaffRequest, language: str) -> list[tuple[str, datetime | None, int]]:
    rights = rights_of(request.user, now())
    sites = [site.pk for site in rights.sites()]
    return [(row.label(language), last, n) for row, last, n in health.doors(request.user.company, sites, rights.pack, now())]


def _done(request: StaffRequest) -> HttpResponse:
    """Send again, give up, called."""
    at, which, id = now(), request.POST.get("kind", ""), request.POST.get("id", "")
    if not (id.isdecimal() and len(id) < 19):
        raise Http404
    try:
        said = _do(request, which, int(id), at)
    except LookupError as stranger:
        raise Http404 from stranger
    except Refused as refused:
        messages.error(request, refused.reason(get_language() or "zh-hans"))
    else:
        messages.success(request, said)
    return redirect("out")


def _do(request: StaffRequest, which: str, id: int, at: datetime) -> str:
    do, words = request.POST.get("do", ""), request.POST.get("words", "")
    if do == "again":
        stuck.again(request.user, which, id, at)
        return _("马上再发一次")
    if do == "drop":
        stuck.drop(request.user, which, id, words, at)
        return _("不再发，原因记下了")
    if do == "done" and which == "call":
        calling.called(request.user, id, words, at)
        return _("记进投诉单了")
    raise LookupError(do)


@_guarded
@require_GET
def strip(request: StaffRequest) -> HttpResponse:
    """For the board: only what has a fault, and how much is stuck; nothing at all while all is well."""
    at = now()
    lines = [(line, name) for line, name in _lines(request, get_language() or "zh-hans") if line.active and (line.fault or line.stuck)]
    return render(request, "web/out/strip.html", {"lines": lines, "total": sum(stuck.counts(request.user, at).values())})
