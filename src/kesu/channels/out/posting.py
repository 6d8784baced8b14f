"""One request to a provider, and exactly what came back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from kesu import __version__

PATIENCE = 8.0  # seconds for each piece; twice that for the whole
READ_AT_MOST = 20_000  # bytes of the answer
SHOWN = 1000  # characters of it on a page
COVER = "••••"


@dataclass(frozen=True)
class Reply:
    """What came back: the status (None: nothing did), the text or why there is none, and milliseconds."""

    status: int | None
    text: str
    took: int

    @property
    def said(self) -> dict[str, Any]:
        """The answer as JSON; {} when it is none."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def covered(self, secrets: Iterable[str]) -> str:
        """The text as it may be shown: shortened, without our secrets."""
        text = self.text
        for secret in sorted(filter(lambda one: len(one) > 3, secrets), key=len, reverse=True):
            text = text.replace(secret, COVER)
        return text[:SHOWN]


def endpoint(provider: str) -> str:
    """Where a provider is: fixed by the installation, so that nobody sends secrets elsewhere by a form."""
    return str(settings.OUT_ENDPOINTS[provider]).rstrip("/")


def post(url: str, content: bytes, headers: Mapping[str, str]) -> Reply:
    """Send it once. Never raises for what the other side does; no redirect is followed, no proxy asked."""
    import httpx  # only where somebody has set up a means that needs it

    began, client = time.monotonic(), httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False)
    over = threading.Timer(2 * PATIENCE, client.close)  # httpx waits that long for every piece, not for the whole
    over.daemon = True
    over.start()
    try:
        with client, client.stream("POST", url, content=content, headers={"user-agent": f"kesu/{__version__}", **headers}) as answer:
            read = b""
            for piece in answer.iter_bytes():
                read += piece
                if len(read) >= READ_AT_MOST:
                    break
            return Reply(answer.status_code, read[:READ_AT_MOST].decode("utf-8", "replace").replace("\0", ""), _since(began))
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, RuntimeError) as problem:
        return Reply(None, f"{type(problem).__name__}: {problem}"[:300], _since(began))
    finally:
        over.cancel()


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
