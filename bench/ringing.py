"""Ringing due alarms: how long one worker takes for ten thousand clocks that fall due at once."""

from __future__ import annotations

import json

from bench.places import run

RING = """
import json, resource, time
from datetime import timedelta
from django.db.models import F
from kesu.complaints.models import Case, Clock, JournalEntry, Notice
from kesu.complaints.ringing import ring_due
from kesu.config.now import now
at = now()
while ring_due(at): pass
wanted = {count}
ids = list(Clock.objects.filter(state="running", next_ring_at__isnull=False).order_by("due_at").values_list("pk", flat=True)[:wanted])
Clock.objects.filter(pk__in=ids[:30000]).update(next_ring_at=at)
before = JournalEntry.objects.count(), Notice.objects.count()
latest = Clock.objects.filter(pk__in=ids).order_by("-due_at").values_list("due_at", flat=True).first()
at = max(at, latest) + timedelta(minutes=1)
due = Clock.objects.filter(next_ring_at__lte=at, state="running").count()
started = time.perf_counter(); rung = 0
while rung < wanted:
    n = ring_due(at)
    if not n: break
    rung += n
took = time.perf_counter() - started
print(json.dumps({{"due": due, "rung": rung, "seconds": round(took, 2), "journal": JournalEntry.objects.count() - before[0], "notices": Notice.objects.count() - before[1],
                  "rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}}))
"""


def measure(env: dict[str, str], count: int = 10_000) -> dict[str, object]:
    """Rings up to `count` clocks; seconds, and what was written."""
    found: dict[str, object] = json.loads(run(env, RING.format(count=count)).splitlines()[-1])
    return found
