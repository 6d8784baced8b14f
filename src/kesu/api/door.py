"""Who asks: a token of a person, what it may do, how often."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from django.http import HttpRequest
from ninja.security import HttpBearer

from kesu.api.answers import Failed
from kesu.config.now import now
from kesu.exchange.actions.tokens import token_of
from kesu.exchange.models import Token

WINDOW = 60.0  # seconds
RATE = "600"  # requests of one token per window, unless KESU_API_RATE says otherwise; 0: no limit
FORGET_ABOVE = 10_000  # tokens remembered


class ApiRequest(HttpRequest):
    """A request that came in by a token."""

    auth: Token


class Pace:
    """Counts the requests of each token in a window that begins with its first one. One process, one count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._seen: dict[int, tuple[float, int]] = {}

    def wait(self, token: int, most: int) -> int:
        """Seconds to wait before the next request; 0 when this one may pass."""
        at = self._clock()
        with self._lock:
            if len(self._seen) > FORGET_ABOVE:
                self._seen.clear()
            began, count = self._seen.get(token, (at, 0))
            if at - began >= WINDOW:
                began, count = at, 0
            self._seen[token] = (began, count + 1)
        return 0 if not most or count < most else max(1, round(began + WINDOW - at))


pace = Pace()


class Bearer(HttpBearer):
    """`Authorization: Bearer kesu_…`; the token must have the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """The token, or None (401). Raises Failed: 403 without the scope, 429 when it asks too often."""
        row = token_of(token, now())
        if row is None:
            return None
        if seconds := pace.wait(row.pk, int(os.environ.get("KESU_API_RATE", RATE))):
            raise Failed(
                429, "too_many", f"请求太多，{seconds} 秒后再来", f"too many requests; come back in {seconds} s", retry_after=seconds
            )
        if self._scope not in row.scopes:
            raise Failed(403, "scope", f"这个令牌没有“{self._scope}”权限", f"this token lacks the scope “{self._scope}”")
        return row


READ, RECEIVE, ACT = Bearer("read"), Bearer("receive"), Bearer("act")
