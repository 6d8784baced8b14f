"""*My work*, *board* and *case* beside a bare view of the same size, at one and at eight clients."""

from __future__ import annotations

import http.client
import json
import threading
import time

from bench.places import run, served

SECONDS = 3.0

# Signs in as the people whose pages are measured, without the password (the hasher is slow on purpose), and counts queries.
PREPARE = """
import json
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.conf import settings
from kesu.company.models import Grant, Person
from kesu.company.rights import rights_of
from kesu.config.now import now
from kesu.complaints.models import Case, Clock
from kesu.complaints.queries.cases import visible_to
at = now()
people = list(Person.objects.select_related("company").filter(is_active=True))
def owed(person):
    return Clock.objects.filter(person=person, state__in=["running", "paused"]).count()
board = next(p for p in people if rights_of(p, at).page("board") and rights_of(p, at).company_wide())
worker = max(people, key=owed)
case = visible_to(worker, at).filter(closed_at=None).order_by("-journal_n").first() or visible_to(worker, at).order_by("-journal_n").first()
pages = {"work": (worker, "/"), "board": (board, "/board/"), "case": (worker, f"/cases/{case.number}/")}
out = {}
for name, (person, url) in pages.items():
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk); store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]; store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    client = Client(); client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    out[name] = {"url": url, "cookie": f"{settings.SESSION_COOKIE_NAME}={store.session_key}", "size": len(answer.content), "queries": len(queries)}
print(json.dumps({"pages": out, "cases": Case.objects.count(), "open": Case.objects.filter(closed_at=None).count()}))
"""


def measure(env: dict[str, str]) -> dict[str, object]:
    """p50 and p95 in milliseconds per page and number of clients, with the bare view's beside it."""
    prepared = json.loads(run(env, PREPARE).splitlines()[-1])
    rows: list[dict[str, object]] = []
    with served(env) as port:
        for name, page in prepared["pages"].items():
            for clients in (1, 8):
                bare = _load(port, f"/bare/{page['size']}", page["cookie"], clients)
                ours = _load(port, page["url"], page["cookie"], clients)
                rows.append(
                    {
                        "page": name, "clients": clients, "queries": page["queries"], "kB": round(page["size"] / 1024, 1),
                        "p50_ms": ours[0], "p95_ms": ours[1], "bare_p50_ms": bare[0], "bare_p95_ms": bare[1],
                        "times_bare": round(ours[0] / max(bare[0], 0.001), 1),
                    }
                )  # fmt: skip
    return {"cases": prepared["cases"], "open": prepared["open"], "rows": rows}


def _load(port: int, url: str, cookie: str, clients: int) -> tuple[float, float]:
    times: list[float] = []
    until = time.perf_counter() + SECONDS
    threads = [threading.Thread(target=_client, args=(port, url, cookie, until, times)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return round(times[len(times) // 2], 2), round(times[int(len(times) * 0.95)], 2)


def _client(port: int, url: str, cookie: str, until: float, times: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(3):
        _get(connection, url, cookie)
    while time.perf_counter() < until:
        started = time.perf_counter()
        _get(connection, url, cookie)
        times.append((time.perf_counter() - started) * 1000)


def _get(connection: http.client.HTTPConnection, url: str, cookie: str) -> None:
    connection.request("GET", url, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{url} answered {answer.status}")
