"""The interface itself: its description, and how everything that can go wrong is said."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from kesu import __version__
from kesu.api.answers import Failed, failed, problem, refused
from kesu.papers.fonts import NoFont
from kesu.procedure.refused import Refused

log = logging.getLogger("kesu.api")


class Interface(NinjaAPI):
    """Ninja's, at an address that is said here: its routes are made when somebody first asks, so Django cannot be asked for it."""

    _described: OpenAPISchema | None = None

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        """Where all routes begin."""
        return "/api/v1/"

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        """The description, made once: it takes a second of the processor, and whoever asks may ask for it."""
        if self._described is None:
            self._described = super().get_openapi_schema()
        return self._described


api = Interface(
    title="Kesu 客诉",
    version=__version__,
    description="Every act a person can do, by a token of that person. Times are ISO 8601 with offset; amounts are in fen.",
    docs_url=None,  # no pages of others' making; the description itself is at openapi.json
    urls_namespace="api",
)


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, "not_found", "没有，或您无权查看", "there is none, or you may not see it")


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first thing that is wrong with the request, by its field."""
    first = error.errors[0] if error.errors else {}
    place = [str(part) for part in first.get("loc", ())[1:]]
    field = ".".join(part for part in place if part != "body") or None
    why = str(first.get("msg", "invalid"))
    return problem(422, "invalid", f"“{field or '请求'}”不对：{why}", f"{field or 'the request'}: {why}", field)


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        return problem(400, "unreadable", "请求不是能读的 JSON", "the request is no readable JSON")
    return problem(error.status_code, f"http_{error.status_code}", str(error), str(error))


def _no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(401, "token", "没有令牌，或令牌无效、到期、已停用", "no token, or it is unknown, expired or revoked")
    response["WWW-Authenticate"] = 'Bearer realm="kesu"'
    return response


def _too_long(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(422, "too_long", "有一项太长或超出范围", "something is too long or out of range")


def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(413, "too_large", "请求太大；大文件用 files 传", "the request is too large; send large files to …/files")


def _busy(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("database: %s", error)
    response = problem(
        503, "busy", "数据库正忙，没有存下，过几秒再来", "the database is busy, nothing was stored; come back in some seconds"
    )
    response["Retry-After"] = "5"
    return response


def _no_font(request: HttpRequest, error: NoFont) -> HttpResponse:
    return problem(503, "no_font", error.zh, error.en)


HANDLERS: list[tuple[type[Exception], Any]] = [
    (Failed, failed),
    (Refused, refused),
    (ObjectDoesNotExist, _not_found),
    (Http404, _not_found),
    (ValidationError, _invalid),
    (HttpError, _unreadable),
    (AuthenticationError, _no_token),
    (DataError, _too_long),
    (OverflowError, _too_long),
    (RequestDataTooBig, _too_large),
    (NoFont, _no_font),
    (OperationalError, _busy),
    (InterfaceError, _busy),
]
for _kind, _handler in HANDLERS:
    api.add_exception_handler(_kind, _handler)
