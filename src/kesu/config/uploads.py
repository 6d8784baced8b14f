"""A request that is too large gets a sentence instead of a broken connection."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse

MOST_DRAINED = 4  # times the limit: a browser shows the answer only after it could send everything

PAGE = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><h1>{title}</h1><p>{zh}</p><p lang="en">{en}</p></html>"""


def plain_page(status: int, title: str, zh: str, en: str) -> HttpResponse:
    """A page in both languages that needs no template, no session and no database."""
    return HttpResponse(PAGE.format(title=escape(title), zh=escape(zh), en=escape(en)), status=status)


class RequestLimit:
    """Refuses a body above MAX_REQUEST_BYTES with 413, after reading it away so that the sender sees the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = _declared_size(request)
        if size <= settings.MAX_REQUEST_BYTES:
            return self.get_response(request)
        if size <= settings.MAX_REQUEST_BYTES * MOST_DRAINED:
            _drain(request, size)
        return _too_large()


def _declared_size(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _drain(request: HttpRequest, size: int) -> None:
    while size > 0 and (chunk := request.read(min(size, 2**20))):
        size -= len(chunk)


def _too_large() -> HttpResponse:
    file, request = settings.MAX_FILE_BYTES // 2**20, settings.MAX_REQUEST_BYTES // 2**20
    return plain_page(
        413,
        "上传的内容太大 / Too large",
        f"每个文件最多 {file} MB，一次最多 {request} MB。请返回，去掉或压缩较大的文件后再提交;其他内容没有丢失。",
        f"At most {file} MB a file and {request} MB at once. Go back, leave out or shrink the large files and send again.",
    )
