"""*My work*, *board* and *case* beside a bare view of the same size, at one and at eight clients."""

from __future__ import annotations

import http.client
import threading
import time

from bench.places import resident, served, step

SECONDS = 3.0


def measure(env: dict[str, str]) -> dict[str, object]:
    """p50 and p95 in milliseconds per page and number of clients, with the bare view's beside it."""
    prepared = step(env, "sign-in")
    rows: list[dict[str, object]] = []
    with served(env) as (port, web):
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
        rss = round(resident(web))
    return {"cases": prepared["cases"], "open": prepared["open"], "web_rss_mib": rss, "rows": rows}


def _load(port: int, url: str, cookie: str, clients: int) -> tuple[float, float]:
    times: list[float] = []
    threads = [threading.Thread(target=_client, args=(port, url, cookie, times)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return round(times[len(times) // 2], 2), round(times[int(len(times) * 0.95)], 2)


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
