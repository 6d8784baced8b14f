"""What a measurement does inside the product's own process: `python -m bench.steps STEP ARGUMENTS` prints one line of JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import interface, mail, papers, reports  # noqa: E402
from kesu.company.models import Company, Department, Person, Site  # noqa: E402
from kesu.company.rights import Rights, rights_of  # noqa: E402
from kesu.complaints.actions import Intake, receive  # noqa: E402
from kesu.complaints.actions.desk import TOGETHER  # noqa: E402
from kesu.complaints.actions.filing import Ticket, file_all  # noqa: E402
from kesu.complaints.models import Case, Clock, JournalEntry, Notice  # noqa: E402
from kesu.complaints.queries.cases import visible_to  # noqa: E402
from kesu.complaints.ringing import ring_due  # noqa: E402
from kesu.config.now import now  # noqa: E402
from kesu.config.sessionstore import SessionStore  # noqa: E402

ITEMS = [("主卧天花板又滴水，昨晚开始，现在还在滴", ""), ("说一周内来做防水，没有人来", "")]
RAW_BYTES = 1500  # about what one complaint writes


def build(cases: int, open_cases: int) -> dict[str, Any]:
    """A company with so many cases, so many of them open."""
    from kesu.simulation.bulk import build as bulk

    started = time.perf_counter()
    bulk(cases, now(), open_cases=open_cases)
    return {"seconds": round(time.perf_counter() - started, 1)}


def sign_in() -> dict[str, Any]:
    """Sessions for the people whose pages are measured (without the password: its hasher is slow on purpose), and queries per page."""
    at, people = now(), list(Person.objects.select_related("company").filter(is_active=True))
    director = next(person for person in people if rights_of(person, at).page("board") and rights_of(person, at).company_wide())
    busiest = max(people, key=lambda person: Clock.objects.filter(person=person, state="running").count())
    mine = visible_to(busiest, at)
    case = mine.filter(closed_at=None).order_by("-journal_n").first() or mine.order_by("-journal_n")[0]
    wanted = {"work": (busiest, "/"), "board": (director, "/board/"), "case": (busiest, f"/cases/{case.number}/")}
    pages = {name: _page(person, url) for name, (person, url) in wanted.items()}
    return {"pages": pages, "cases": Case.objects.count(), "open": Case.objects.filter(closed_at=None).count()}


def rebuild() -> dict[str, Any]:
    """Every figure from nothing, then the proof; cases per second, and the memory that it took."""
    from kesu.insights.actions.rebuilding import differences
    from kesu.insights.actions.rebuilding import rebuild as count_anew
    from kesu.insights.models import ClockFact, Tally

    company, cores = Company.objects.order_by("pk")[0], os.cpu_count() or 1
    found: dict[str, Any] = {"processes": cores}
    for name in ("from_nothing", "once_more"):
        started, worked = time.perf_counter(), _worked()
        cases = count_anew(company, now(), processes=cores)
        seconds, cpu = time.perf_counter() - started, _worked() - worked
        found[name] = {"cases": cases, "seconds": round(seconds, 1), "cpu_ms_per_case": round(cpu / cases * 1000, 2)}
    started, worked = time.perf_counter(), _worked()
    found["wrong"] = len(list(differences(company, now(), processes=cores)))
    seconds, cpu = time.perf_counter() - started, _worked() - worked
    found["check"] = {"seconds": round(seconds, 1), "cpu_ms_per_case": round(cpu / cases * 1000, 2)}
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE")
    most = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found["rss_mib_own_and_each_other"] = [round(kib / 1024) for kib in most]
    return found | {"clock_facts": ClockFact.objects.count(), "rollups": Tally.objects.count()}


def _worked() -> float:
    """Processor time of this process and of those beside it that have ended, in seconds; the database server's is not in it."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def figure_pages() -> dict[str, Any]:
    """A session for somebody who sees the whole company's figures."""
    from kesu.insights.actions.walling import hang

    at = now()
    people = Person.objects.select_related("company").filter(is_active=True)
    reader = next(person for person in people if rights_of(person, at).page("reports") and rights_of(person, at).company_wide())
    views = ("by-cause", "by-site", "by-department", "by-category", "by-handler", "steps", "late", "asked", "money", "outside")
    month = f"{at.astimezone(ZoneInfo(reader.company.zone)):%Y-%m}"
    wanted = {"overview": "/figures/", "overview, year": f"/figures/?period={at:%Y}", "board": "/board/", "warnings": "/warnings/"}
    wanted |= {view: f"/figures/{view}/" for view in views}
    wanted |= {
        "cases received": f"/figures/cases/?kpi=complaints&side=below&period={month}",
        "cases late": f"/figures/cases/?kpi=in_time&side=rest&period={month}",
        "wall": f"/wall/{hang(reader, 'bench', None, at).token}/",
    }
    return {"pages": {name: _page(reader, url) for name, url in wanted.items()}}


def _page(person: Person, url: str) -> dict[str, Any]:
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[-1]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url} answered {answer.status_code}")
    cookie = f"{settings.SESSION_COOKIE_NAME}={store.session_key}"
    return {"url": url, "cookie": cookie, "size": len(answer.content), "queries": len(queries)}


def raw_table() -> dict[str, Any]:
    """The table for the raw inserts."""
    key = "bigserial" if connection.vendor == "postgresql" else "integer"
    connection.cursor().execute(f"CREATE TABLE IF NOT EXISTS bench_raw (id {key} PRIMARY KEY, body text)")
    return {}


def clients(threads: int, seconds: float, what: str, seed: int) -> dict[str, Any]:
    """So many clients in this process, each filing ("ours") or inserting ("raw") as fast as it is answered."""
    act = {"ours": _receiver(seed), "raw": _raw}[what]
    act(10**7)
    done = [0] * threads
    started = time.perf_counter()
    running = [threading.Thread(target=_client, args=(act, k, started + seconds, done)) for k in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return {"done": sum(done), "seconds": time.perf_counter() - started}


def _client(act: Callable[[int], Any], k: int, until: float, done: list[int]) -> None:
    while time.perf_counter() < until:
        act(k * 100_000 + done[k])
        done[k] += 1
    connections.close_all()


def _raw(n: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_raw (body) VALUES (%s)", ["x" * RAW_BYTES])


def _receiver(seed: int) -> Callable[[int], Case]:
    clerk, site, rights = _clerk()
    department = Department.objects.filter(site=site).order_by("id")[0]
    nature, channel = rights.pack.nature_default().id, rights.pack.channels[0].id

    def file(n: int) -> Case:
        who: dict[str, Any] = {"name": "李建平", "phone": f"138{seed:02d}{n % 400:06d}", "home": f"6 栋 {n % 400}", "wants": "今晚先止水"}
        return receive(clerk, Intake(site_id=site.pk, channel=channel, items=ITEMS, nature=nature, lead=department.pk, **who), now())

    return file


def _clerk() -> tuple[Person, Site, Rights]:
    """Somebody who may receive, judge and dispatch at a site."""
    for person in Person.objects.select_related("company").order_by("id"):
        rights = rights_of(person, now())
        for site in rights.sites():
            if all(rights.by_role(act, site_id=site.pk) for act in ("receive", "judge", "dispatch")):
                return person, site, rights
    raise RuntimeError("nobody may receive")


def ring(count: int) -> dict[str, Any]:
    """File so many complaints at one moment that `count` warnings fall due together, and ring them with one worker."""
    while ring_due(now()):
        pass
    at = _file_at_once(count) + timedelta(minutes=5, seconds=30)  # past the half of ten minutes, before anything falls late
    written = JournalEntry.objects.count(), Notice.objects.count()
    started, rung = time.perf_counter(), 0
    while n := ring_due(at):
        rung += n
    took = time.perf_counter() - started
    return {
        "rung": rung,
        "seconds": round(took, 2),
        "per_10000_s": round(took / max(rung, 1) * 10_000, 2),
        "journal": JournalEntry.objects.count() - written[0],
        "notices": Notice.objects.count() - written[1],
        "rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _file_at_once(count: int) -> datetime:
    clerk, site, rights = _clerk()
    department = Department.objects.filter(site=site).order_by("id")[0]
    at = now()
    intake = Intake(
        site_id=site.pk,
        channel=rights.pack.channels[0].id,
        items=ITEMS,
        nature=rights.pack.nature_default().id,
        lead=department.pk,
    )
    for _ in range(0, count, TOGETHER):
        file_all([Ticket(clerk, intake, at) for _ in range(TOGETHER)])
    return at


def main(argv: list[str]) -> None:
    """Runs the step named first and prints what it found."""
    steps: dict[str, Callable[[list[str]], dict[str, Any]]] = {
        "build": lambda words: build(int(words[0]), int(words[1])),
        "sign-in": lambda words: sign_in(),
        "rebuild": lambda words: rebuild(),
        "figure-pages": lambda words: figure_pages(),
        "raw-table": lambda words: raw_table(),
        "clients": lambda words: clients(int(words[0]), float(words[1]), words[2], int(words[3])),
        "ring": lambda words: ring(int(words[0])),
        "api-token": lambda words: interface.token(),
        "import": lambda words: interface.take_in(words[0], words[1], int(words[2])),
        "mail": lambda words: mail.read_and_file(int(words[0])),
        "papers": lambda words: papers.times(int(words[0])),
        "reports": lambda words: reports.times(),
    }
    print(json.dumps(steps[argv[0]](argv[1:])))


if __name__ == "__main__":
    main(sys.argv[1:])
