"""GET /healthz: is everything that must run running?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, JsonResponse

from kesu.company.models import WorkerBeat
from kesu.complaints.models import Clock
from kesu.config.now import now

ALIVE_WITHIN = timedelta(seconds=15)


def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and a worker has given a sign of life within 15 s; else 503. Two queries, no login."""
    at = now()
    try:
        report = _report(at)
    except Error as problem:
        report = {"database": {"engine": connection.vendor, "ok": False, "problem": type(problem).__name__}}
    ok = report["database"]["ok"] and report["worker"]["alive"]
    response = JsonResponse(report | {"version": settings.VERSION}, status=200 if ok else 503)
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # a 503 here is an answer, not an error of ours
    return response


def _report(at: datetime) -> dict[str, Any]:
    overdue = Clock.objects.filter(next_ring_at__lt=at).aggregate(oldest=Min("next_ring_at"))["oldest"]
    return {
        "database": {"engine": connection.vendor, "ok": True},
        "worker": _worker(at),
        "oldest_overdue_alarm": overdue.isoformat() if overdue else None,
    }


def _worker(at: datetime) -> dict[str, Any]:
    fresh = Q(beat_at__gte=at - ALIVE_WITHIN)
    beats = WorkerBeat.objects.aggregate(last=Max("beat_at"), count=Count("id", filter=fresh))
    last = beats["last"]
    return {"alive": beats["count"] > 0, "last_beat": last.isoformat() if last else None, "count": beats["count"]}
