"""Complaints received per second by eight clients, beside raw insert + commit of the same rows' size on the same database."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.places import ROOT

CLIENTS = 8

# One process with `threads` clients; several such processes make up the eight. Prints how many it filed and in how long.
CLIENT = """
import json, sys, threading, time
import django; django.setup()
from django.db import connection, connections, transaction
from kesu.company.models import Department, Person
from kesu.complaints.actions import Intake, receive
from kesu.config.now import now
threads, seconds, what, seed = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], int(sys.argv[4])
at = now()
from kesu.company.rights import rights_of
clerk, site = next((p, s) for p in Person.objects.select_related("company").order_by("id") for s in rights_of(p, at).sites()
                   if rights_of(p, at).by_role("receive", site_id=s.pk) and rights_of(p, at).by_role("dispatch", site_id=s.pk) and rights_of(p, at).by_role("judge", site_id=s.pk))
nature = rights_of(clerk, at).pack.nature_default().id
department = Department.objects.filter(site=site).first()
def intake(n):
    return Intake(site_id=site.pk, channel=rights_of(clerk, at).pack.channels[0].id, items=[("主卧天花板又滴水，昨晚开始，现在还在滴", ""), ("说一周内来做防水，没有人来", "")],
                  name="李建平", phone=f"138{seed:02d}{n % 400:06d}", home=f"6 栋 {n % 400}", nature=nature, lead=department.pk, wants="今晚先止水")
def raw(n):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_raw (body) VALUES (%s)", ["x" * 1500])
def ours(n):
    receive(clerk, intake(n), now())
do = {"raw": raw, "ours": ours}[what]
done = [0] * threads
def work(k, until):
    n = k * 100000
    while time.perf_counter() < until:
        do(n); n += 1; done[k] += 1
    connections.close_all()
do(10**7 + seed)
started = time.perf_counter(); until = started + seconds
ts = [threading.Thread(target=work, args=(k, until)) for k in range(threads)]
[t.start() for t in ts]; [t.join() for t in ts]
print(json.dumps({"done": sum(done), "seconds": time.perf_counter() - started}))
"""

TABLE = "from django.db import connection\nconnection.cursor().execute('CREATE TABLE IF NOT EXISTS bench_raw (id {key}, body text)')"


def measure(env: dict[str, str], seconds: float = 5.0) -> list[dict[str, object]]:
    """Per arrangement of the eight clients (processes × threads): ours and raw, per second."""
    from bench.places import run

    postgres = "KESU_DATABASE_URL" in env
    run(env, TABLE.format(key="bigserial primary key" if postgres else "integer primary key"))
    rows: list[dict[str, object]] = []
    for processes in (1, 2, 8):
        ours, raw = (_rate(env, what, processes, CLIENTS // processes, seconds) for what in ("ours", "raw"))
        rows.append({"clients": CLIENTS, "processes": processes, "received_per_s": round(ours), "raw_per_s": round(raw)})
    return rows


def _rate(env: dict[str, str], what: str, processes: int, threads: int, seconds: float) -> float:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(threads), str(seconds), what, str(seed)],
            env=env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in range(processes)
    ]
    told = [json.loads(process.communicate()[0].splitlines()[-1]) for process in running]
    return sum(one["done"] / one["seconds"] for one in told)
