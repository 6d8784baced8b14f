"""One message to one address, and exactly what came back."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kesu import __version__
from kesu.exchange.addresses import place_of
from kesu.exchange.signing import headers
from kesu.procedure.refused import Refused

if TYPE_CHECKING:
    import httpx

PATIENCE = 10.0  # seconds for the whole exchange
READ_AT_MOST = 1000  # bytes of the answer


@dataclass(frozen=True)
class Answer:
    """What came back: the status (None: nothing did), the beginning of the text or why there is none, and milliseconds."""

    status: int | None
    words: str
    took: int

    @property
    def good(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """410: the receiver wants no more of these."""
        return self.status == 410


def post(url: str, secret: str, message: str, body: str, at: datetime) -> Answer:
    """Send it once. Never raises for what the other side does; no redirect is followed, no proxy asked."""
    import httpx  # only where somebody has subscribed

    began, client = time.monotonic(), httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False)
    over = threading.Timer(2 * PATIENCE, client.close)  # httpx waits that long for every piece, not for the whole
    over.daemon = True
    over.start()
    try:
        place = place_of(url)
        with (
            client,
            client.stream(
                "POST",
                place.url,
                content=body.encode(),
                headers={"host": place.header, "user-agent": f"kesu/{__version__}"} | headers(secret, message, at, body),
                extensions={"sni_hostname": place.host},
            ) as answer,
        ):
            return Answer(answer.status_code, _beginning(answer, began), _since(began))
    except Refused as problem:
        return Answer(None, problem.zh, _since(began))
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, RuntimeError) as problem:
        return Answer(None, f"{type(problem).__name__}: {problem}"[:READ_AT_MOST], _since(began))
    finally:
        over.cancel()


def _beginning(answer: httpx.Response, began: float) -> str:
    """The first bytes of the answer; a receiver that drips them one by one is not waited for."""
    read = b""
    for piece in answer.iter_raw():
        read += piece
        if len(read) >= READ_AT_MOST or time.monotonic() - began > PATIENCE:
            break
    return read[:READ_AT_MOST].decode("utf-8", "replace").replace("\0", "")


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
