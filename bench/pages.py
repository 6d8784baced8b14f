"""*My work*, *board* and *case* beside a bare view of the same size, at one and at eight clients."""

from __future__ import annotations

import http.client
import threading
import time
from typing import NamedTuple

from bench.places import resident, served, step, worked

SECONDS = 3.0


def measure(env: dict[str, str]) -> dict[str, object]:
    """p50, p95 and processor time in milliseconds per page and number of clients, with the bare view's beside it."""
    prepared = step(env, "sign-in")
    rows: list[dict[str, object]] = []
    with served(env) as (port, web):
        for name, page in prepared["pages"].items():
            for clients in (1, 8):
                bare = load(port, web, f"/bare/{page['size']}", page["cookie"], clients)
                ours = load(port, web, page["url"], page["cookie"], clients)
                rows.append(
                    {
                        "page": name, "clients": clients, "queries": page["queries"], "kB": round(page["size"] / 1024, 1),
                        "p50_ms": ours.p50, "p95_ms": ours.p95, "bare_p50_ms": bare.p50, "bare_p95_ms": bare.p95,
                        "cpu_ms": ours.cpu, "bare_cpu_ms": bare.cpu, "times_bare": round(ours.cpu / max(bare.cpu, 0.001), 1),
                    }
                )  # fmt: skip
        rss = round(resident(web))
    return {"cases": prepared["cases"], "open": prepared["open"], "web_rss_mib": rss, "rows": rows}


class Load(NamedTuple):
    """What one page cost, in milliseconds: as clients saw it, and in processor time of the web process (what others do on the machine
    does not show in that)."""

    p50: float
    p95: float
    cpu: float


def load(port: int, web: int, url: str, cookie: str, clients: int) -> Load:
    """So many clients asking for one page for SECONDS."""
    times: list[float] = []
    threads = [threading.Thread(target=_client, args=(port, url, cookie, times)) for _ in range(clients)]
    before = worked(web)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu = (worked(web) - before) / (len(times) + clients) * 1000  # each client asks once before it counts
    times.sort()
    return Load(round(times[len(times) // 2], 2), round(times[int(len(times) * 0.95)], 2), round(cpu, 2))


def _client(port: int, url: str, cookie: str, times: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    _get(connection, url, cookie)
    until = time.perf_counter() + SECONDS
    while not times or time.perf_counter() < until:
        started = time.perf_counter()
        _get(connection, url, cookie)
        times.append((time.perf_counter() - started) * 1000)


def _get(connection: http.client.HTTPConnection, url: str, cookie: str) -> None:
    connection.request("GET", url, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{url} answered {answer.status}")
