"""Asking WeChat's server: one way to call it, and what its error numbers mean for us."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    import httpx

PATIENCE = 10.0  # seconds for one answer
LARGEST = 30_000_000  # bytes of one file; more than WeChat takes from anybody

TOKEN_GONE = (40001, 40014, 42001)  # the access token is not, or no longer, good
WINDOW_SHUT = (45015, 45047)  # 48 hours are over, or the number of messages is used up: until they write again
GONE = (43004, 40003, 43019, 43101, 45065)  # not following, not one of ours, blocked, does not want it
OURS = (40013, 40125, 40164, 41002, 48001, 50002, 89503)  # the account itself: id, secret, list of allowed addresses, right to call, frozen
BADLY_PUT = (40037, 47003, 40036, 41028, 40165)  # template or its fields


class Fault(Exception):
    """WeChat said no, or nothing. `code` is its number; 0 for no answer in time, -1 for its own "busy"."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}".strip() if code else words)
        self.code, self.words = code, words

    @property
    def later(self) -> bool:
        """Whether trying again later may help."""
        return self.code not in (*WINDOW_SHUT, *GONE, *OURS, *BADLY_PUT)


@dataclass(frozen=True)
class File:
    """A file that was fetched."""

    data: bytes
    kind: str


@contextmanager
def asking() -> Iterator[httpx.Client]:
    """A client for several questions. No answer in time, or none that is one, is a Fault."""
    import httpx

    with httpx.Client(base_url=settings.WECHAT_API, timeout=PATIENCE, follow_redirects=False) as client:
        try:
            yield client
        except httpx.HTTPError as problem:
            raise Fault(0, f"{type(problem).__name__}: {without_secrets(str(problem))}"[:200]) from None


def without_secrets(words: str) -> str:
    """Errors of the client may repeat the whole address, and its secrets with it."""
    return words.partition("?")[0]


def get(path: str, **query: str) -> dict[str, Any]:
    """Raises Fault."""
    with asking() as client:
        return answer_of(client.get(path, params=query))


def post(path: str, body: dict[str, Any], **query: str) -> dict[str, Any]:
    """Chinese goes out as Chinese: WeChat shows escaped letters as they stand. Raises Fault."""
    content = json.dumps(body, ensure_ascii=False).encode()
    with asking() as client:
        return answer_of(client.post(path, params=query, content=content, headers={"Content-Type": "application/json; charset=utf-8"}))


def answer_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON of an answer. Raises Fault for an error number, an error page, or what is no JSON."""
    if response.status_code != 200:
        raise Fault(0, f"HTTP {response.status_code}")
    try:
        found = json.loads(response.content)
    except ValueError:
        raise Fault(0, "no JSON") from None
    if not isinstance(found, dict):
        raise Fault(0, "no JSON")
    if code := int(found.get("errcode") or 0):
        raise Fault(code, str(found.get("errmsg", ""))[:200])
    return found


def fetch(path: str, **query: str) -> File:
    """A file; WeChat answers in JSON when it has none, or when it is a film that lies elsewhere. Raises Fault."""
    with asking() as client:
        file = _streamed(client, path, query)
        if not file.kind.startswith(("application/json", "text/plain")):
            return file
        try:
            found = json.loads(file.data)
        except ValueError:
            raise Fault(0, "no file") from None
        if code := int(found.get("errcode") or 0):
            raise Fault(code, str(found.get("errmsg", ""))[:200])
        if address := str(found.get("video_url", "")):
            return _streamed(client, address, {})
    raise Fault(0, "no file")


def _streamed(client: httpx.Client, address: str, query: dict[str, str]) -> File:
    data = bytearray()
    with client.stream("GET", address, params=query or None) as response:
        if response.status_code != 200:
            raise Fault(0, f"HTTP {response.status_code}")
        for piece in response.iter_bytes():
            data += piece
            if len(data) > LARGEST:
                raise Fault(40006, "too large")
        return File(bytes(data), response.headers.get("content-type", ""))
