"""The way to `/api/v1`: its routes and their types (twenty megabytes) are made when somebody first asks, not in every process."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from django.views.decorators.csrf import csrf_exempt


@lru_cache(maxsize=1)
def routes() -> URLResolver:
    """The addresses below `/`, those of the interface alone. Made once in a process."""
    return URLResolver(RegexPattern(r"^/"), "kesu.api.urls")


@csrf_exempt
def interface(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Answers as the interface does, also for an address that it does not have. Its tokens come in a header that no
    page of others can set, so no form's secret is asked for."""
    from kesu.api.answers import problem

    try:
        match = request.resolver_match = routes().resolve(request.path_info)
        answer: Any = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return problem(404, "not_found", "没有这个地址", "there is no such address")
    if isinstance(answer, HttpResponseNotAllowed):
        allowed, answer = answer, problem(405, "method", "这个地址不能这样用", "this address does not take this method")
        answer.headers["Allow"] = allowed.headers["Allow"]
    return answer
