"""How pages behind a secret address are sent: not kept, not indexed, and the address is never told to another site."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]


def discreet(view: View) -> View:
    """A page found by a secret. No cookie proves anything here, the address itself is the proof, so no forgery token is asked for:
    with `no-referrer` browsers send `Origin: null`, and in-app browsers often keep no cookies."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        answer.headers["Cache-Control"] = "no-store, private"
        return answer

    return csrf_exempt(told)


def open_door(view: View) -> View:
    """A public page where anybody may file: nobody is signed in, so there is nothing to forge."""
    return csrf_exempt(view)
