"""Pages for what did not happen: what, why, what now. Never a trace, never a hint of what exists elsewhere."""

from __future__ import annotations

import errno
import logging
import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kesu.company.models import Person
from kesu.procedure.refused import Refused

log = logging.getLogger("kesu.web")
RETRY_AFTER = 5  # seconds
FULL_STATES = ("53100", "53200")  # PostgreSQL: disk full, out of memory


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks rather than a person."""
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept


def page(request: HttpRequest, status: int, title: str, words: str, *, plain: bool = False, **more: Any) -> HttpResponse:
    """An error page in the frame of whoever asks; `plain`: without any question to the database."""
    if wants_json(request):
        return JsonResponse({"code": more.get("code", str(status)), "reason": words}, status=status)
    person = None if plain else _person(request)
    template = "web/error_plain.html" if plain else "web/error.html" if person else "web/error_door.html"
    context = {"title": title, "words": words, "status": status, "back": more.get("back", True), "error_page": True}
    return HttpResponse(render_to_string(template, context, None if plain else request), status=status)


def _person(request: HttpRequest) -> Person | None:
    user = getattr(request, "user", None)
    try:
        return user if isinstance(user, Person) or getattr(user, "is_authenticated", False) else None
    except DatabaseError:
        return None


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """409: the procedure or the person's rights do not allow it."""
    return page(request, 409, _("没有办成"), error.reason(get_language() or "zh-hans"), code=error.code)


def trouble(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """A page for a trouble that somebody can do something about; None for any other."""
    if _disk_is_full(error):
        log.error("disk full: %s", error)
        return page(
            request,
            507,
            _("磁盘满了"),
            _("没有存下。您写的还在这个页面上，按返回；请管理员腾出空间后再交一次。"),
            plain=True,
            code="disk_full",
        )
    if isinstance(error, (OperationalError, InterfaceError)):
        log.error("database: %s", error)
        words = _("数据库正忙或连不上，没有存下。您写的还在这个页面上，按返回，过几秒再交一次。")
        response = page(request, 503, _("暂时存不了"), words, plain=True, code="busy")
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    if isinstance(error, (RequestDataTooBig, TooManyFilesSent, TooManyFieldsSent)):
        return page(
            request,
            413,
            _("交上来的太大"),
            _("一次最多 9 个文件，文字也请短一些。您写的还在这个页面上，按返回。"),
            plain=True,
            code="too_large",
        )
    return None


def _disk_is_full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if getattr(error, "sqlstate", None) in FULL_STATES or "database or disk is full" in str(error):
            return True
        error = error.__cause__
    return False


# Django's handlers


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 and 403 alike: a stranger learns nothing."""
    return page(request, 404, _("没有这个页面"), _("没有这个页面，或您无权查看。"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; what is too large says so."""
    words = _("浏览器交来的内容不完整，请返回再试一次。")
    return trouble(request, exception) or page(request, 400, _("没看懂"), words, plain=True)


def failed(request: HttpRequest) -> HttpResponse:
    """500, or the plain words for a trouble that came up outside a view."""
    words = _("这是程序的错，已经记下。您写的还在这个页面上，按返回再试；还不行请告诉管理员。")
    return trouble(request, sys.exc_info()[1]) or page(request, 500, _("出错了"), words, plain=True)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form without its token: a page left open for long, or another site's form."""
    words = _("这个页面放得太久，或换了人登录，为安全没有收下。您写的还在这个页面上：按返回，刷新一下再交。")
    return page(request, 403, _("请再交一次"), words, code="csrf")
