"""What customers open in WeChat: WeChat says who they are, then their own cases, a number to prove, the form to file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kesu.channels.wechat import binding, texting
from kesu.channels.wechat.models import Follower, OfficialAccount
from kesu.channels.wechat.server import Fault
from kesu.config.now import now
from kesu.procedure.refused import Refused
from kesu.web.customer.links import outside
from kesu.web.wechat.followers import PASS

ERRAND = "kesu_wx_go"
SHOWN = 50
REFUSED_STATUS = 422


def _account(account: int) -> OfficialAccount:
    found = OfficialAccount.objects.select_related("company", "site").filter(pk=account, active=True).first()
    if found is None:
        raise Http404
    return found


def _keep(answer: HttpResponse, name: str, value: str, seconds: int, request: HttpRequest) -> None:
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=request.is_secure())


@require_GET
def enter(request: HttpRequest, official: int) -> HttpResponse:
    """Send them to WeChat to say who they are. `?to=file` goes on to the form, `?case=` to that case, else to their own page."""
    found = _account(official)
    wish = {"to": request.GET.get("to", "")[:10], "case": request.GET.get("case", "")[:60]}
    follower = binding.follower_by(request.COOKIES.get(PASS, ""), found.pk)
    if follower:
        return _go_on(request, follower, wish, now())
    state, kept = binding.errand(found, wish)
    answer = redirect(binding.address(found, outside(request, reverse("wx_back", args=[found.pk])), state))
    _keep(answer, ERRAND, kept, int(binding.STATE_HOLDS.total_seconds()), request)
    return answer


@require_GET
def back(request: HttpRequest, official: int) -> HttpResponse:
    """WeChat has brought them back with a code; it is asked once who that is."""
    found, at = _account(official), now()
    wish = binding.wish_of(found, request.GET.get("state", "")[:200], request.COOKIES.get(ERRAND, ""))
    if wish is None:
        return _strange(request, found, _("这个链接过期了，请再打开一次。"))
    try:
        follower = binding.known_by(found, request.GET.get("code", "")[:200], at)
    except Fault:
        return _strange(request, found, _("微信没有说您是谁，请再打开一次。"))
    answer = _go_on(request, follower, wish, at)
    _keep(answer, PASS, binding.pass_for(follower), int(binding.COOKIE_HOLDS.total_seconds()), request)
    answer.delete_cookie(ERRAND)
    return answer


def _strange(request: HttpRequest, account: OfficialAccount, words: str) -> HttpResponse:
    context = {"house": account.company, "site": account.site, "account": account, "words": words, "phone": _phone(account)}
    return render(request, "web/wechat/again.html", context, status=400)


def _go_on(request: HttpRequest, follower: Follower, wish: dict[str, Any], at: datetime) -> HttpResponse:
    if wish.get("to") == "file":
        return redirect("door", follower.account.site.door)
    if wish.get("case") and binding.follow(follower, wish["case"], at):
        return redirect(reverse("track", args=[wish["case"]]) + "?done=followed#done")
    return redirect("wx_mine", follower.account_id)


@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest, official: int) -> HttpResponse:
    """Their own cases; proving a telephone number, and taking that back."""
    found, at = _account(official), now()
    follower = binding.follower_by(request.COOKIES.get(PASS, ""), found.pk)
    if follower is None:
        return redirect("wx", found.pk)
    if request.method != "POST":
        return _page(request, follower)
    try:
        _do(request, follower, at)
    except Refused as refused:
        return _page(request, follower, refused)
    return redirect(f"{reverse('wx_mine', args=[found.pk])}?done={request.POST.get('do', '')[:10]}")


def _thanks(wish: str) -> str:
    said = {
        "code": _("验证码发出去了，1 分钟内收到。"),
        "bind": _("绑好了。"),
        "unbind": _("解除了。"),
        "drop": _("微信里不再收它的进展了。"),
    }
    return said.get(wish, "")


def _do(request: HttpRequest, follower: Follower, at: datetime) -> None:
    wish = request.POST.get("do", "")
    if wish == "code":
        texting.send_code(follower, request.POST.get("phone", "")[:40], at)
    elif wish == "bind":
        binding.bind(follower, request.POST.get("code", "")[:20], at)
    elif wish == "unbind":
        binding.unbind(follower)
    elif wish == "drop":
        binding.let_go_of(follower, request.POST.get("number", "")[:60])


def _page(request: HttpRequest, follower: Follower, refused: Refused | None = None) -> HttpResponse:
    account = follower.account
    follower.refresh_from_db(fields=["phone", "code", "customer"])
    context = {
        "house": account.company,
        "site": account.site,
        "account": account,
        "follower": follower,
        "cases": list(binding.cases_of(follower)[:SHOWN]),
        "told_here": set(follower.followed.values_list("case_id", flat=True)),
        "texts": texting.sender(account) is not None,
        "done": _thanks(request.GET.get("done", "")) if request.method == "GET" else "",
        "field": refused.field if refused else "",
        "reason": refused.reason(get_language() or "zh-hans") if refused else "",
        "typed": request.POST.get("phone", "") if refused else "",
        "phone": _phone(account),
    }
    answer = render(request, "web/wechat/mine.html", context, status=REFUSED_STATUS if refused else 200)
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _phone(account: OfficialAccount) -> str:
    return account.site.phone or account.company.phone
