"""Who asks: a token of a person, what it may do, how often."""

from __future__ import annotations

import os
import threading
from datetime import datetime, timedelta

from django.http import HttpRequest
from ninja.security import HttpBearer

from kesu.api.answers import Failed
from kesu.config.now import now
from kesu.exchange.actions.tokens import take_part, token_of
from kesu.exchange.models import Token

WINDOW = timedelta(seconds=60)
PARTS = 20  # of a minute's requests: so much is taken at once
RATE = "600"  # requests of one token per window, unless KESU_API_RATE says otherwise; 0: no limit
FORGET_ABOVE = 10_000  # tokens remembered


class ApiRequest(HttpRequest):
    """A request that came in by a token."""

    auth: Token


class Pace:
    """Counts the requests of each token, all processes together: a minute is shared out in small parts, each taken from the token's row
    by compare-and-set, so most requests write nothing. What a process has taken and does not use in that minute is lost to the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mine: dict[int, tuple[datetime, int]] = {}  # token → the minute's beginning, what is left of the part taken

    def wait(self, token: int, most: int, at: datetime) -> int:
        """Seconds to wait before the next request; 0 when this one may pass."""
        if not most:
            return 0
        with self._lock:
            if len(self._mine) > FORGET_ABOVE:
                self._mine.clear()
            began, left = self._mine.get(token, (at, 0))
            if left <= 0 or not began <= at < began + WINDOW:
                began, left = take_part(token, most, max(1, most // PARTS), WINDOW, at)
            self._mine[token] = (began, left - 1)
        return 0 if left > 0 else max(1, round((began + WINDOW - at).total_seconds()))


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
        if seconds := pace.wait(row.pk, int(os.environ.get("KESU_API_RATE", RATE)), now()):
            raise Failed(
                429, "too_many", f"请求太多，{seconds} 秒后再来", f"too many requests; come back in {seconds} s", retry_after=seconds
            )
        if self._scope not in row.scopes:
            raise Failed(403, "scope", f"这个令牌没有“{self._scope}”权限", f"this token lacks the scope “{self._scope}”")
        return row


READ, RECEIVE, ACT = Bearer("read"), Bearer("receive"), Bearer("act")
