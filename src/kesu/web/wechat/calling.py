"""The door for WeChat's server: proved, kept, answered at once. WeChat waits five seconds, and then sends the same again."""

from __future__ import annotations

import logging
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kesu.channels.sealing import unseal
from kesu.channels.wechat import arriving, codec, wording
from kesu.channels.wechat.arriving import Came, Query, Refusal
from kesu.channels.wechat.message import COMES
from kesu.channels.wechat.models import OfficialAccount
from kesu.config.now import now

DONE = b"success"  # nothing to say within this request

log = logging.getLogger("kesu.wechat")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def called(request: HttpRequest, official: int) -> HttpResponse:
    """GET: whether this address is ours. POST: a message; 200 once it is on disk, 403 when it is not by WeChat for this account, 413 too
    large. An account that is not there answers like a wrong signature."""
    at = now()
    found = OfficialAccount.objects.select_related("company", "site").filter(pk=official, active=True).first()
    query: Query = {name: str(value)[:2000] for name, value in request.GET.items()}
    try:
        if found is None:
            raise Refusal("account")
        return _echo(found, query, at) if request.method == "GET" else _message(found, query, request, at)
    except Refusal as refusal:
        log.info("a call for official account %s was refused: %s", official, refusal)
        return HttpResponse(status=403)


def _echo(account: OfficialAccount, query: Query, at: datetime) -> HttpResponse:
    arriving.check_echo(account, query, at)
    return HttpResponse(query.get("echostr", ""), content_type="text/plain; charset=utf-8")


def _message(account: OfficialAccount, query: Query, request: HttpRequest, at: datetime) -> HttpResponse:
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > arriving.LARGEST:
        return HttpResponse(status=413)
    came = arriving.proved(account, query, request.read(), at)
    arriving.arrive(account, came, at)
    if came.message.event in COMES:
        return HttpResponse(_welcome(account, came, at), content_type="text/xml; charset=utf-8")
    return HttpResponse(DONE, content_type="text/plain; charset=utf-8")


def _welcome(account: OfficialAccount, came: Came, at: datetime) -> bytes:
    """Said within the request: it costs none of the few messages that WeChat allows after that."""
    number = account.site.phone or account.company.phone
    phone = wording.say(wording.PHONE, "zh-hans", phone=number) if number else ""
    words, stamp = wording.say(wording.WELCOME, "zh-hans", company=account.company.name, phone=phone), int(at.timestamp())
    reply = codec.text_reply(came.message.sender, account.origin, words, stamp)
    if not came.sealed:
        return reply
    return codec.sealed_reply(reply, unseal(account.sealed_token), unseal(account.sealed_key), account.app_id, stamp)
