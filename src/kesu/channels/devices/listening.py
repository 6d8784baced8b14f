"""Listening to brokers, beside the worker's chores: one thread per broker, one worker per broker (a lease on its row).

A message is acknowledged after the transaction that keeps it: whoever is killed in between gets it again, and it is known by its key.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.db.models import Q, QuerySet

from kesu.channels.devices.broker import TROUBLE, Session, Unusable, session
from kesu.channels.devices.taking import note_due, take
from kesu.channels.models import Broker

LEASE = timedelta(seconds=60)
RENEW = 15.0  # seconds between renewals of the lease
TURN = 1.0  # seconds of waiting for the broker
ROUND = 2.0  # seconds between looks at which brokers there are
PAUSES = [2, 5, 15, 60, 300]  # seconds before the next try after so many failures

log = logging.getLogger("kesu.devices")
Now = Callable[[], datetime]


def watch(over: threading.Event, now: Now) -> None:
    """Until `over`: keeps a listener on every broker that is switched on, and tells cases of the alarms that came since."""
    listeners: dict[int, threading.Thread] = {}
    while not over.is_set():
        try:
            close_old_connections()
            for broker_id in _due(now()):
                if broker_id not in listeners or not listeners[broker_id].is_alive():
                    name = f"broker-{broker_id}"
                    listeners[broker_id] = threading.Thread(target=_listener, args=(broker_id, over, now), daemon=True, name=name)
                    listeners[broker_id].start()
            note_due(now())
        except Exception:
            log.exception("the brokers could not be looked after")
            connection.close()
        over.wait(ROUND)
    for listener in listeners.values():
        listener.join(2)
    connection.close()


def _due(at: datetime) -> list[int]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    rested = Q(next_try_at__isnull=True) | Q(next_try_at__lte=at)
    return list(Broker.objects.filter(free, rested, active=True, topics__isnull=False).distinct().values_list("pk", flat=True))


def _listener(broker_id: int, over: threading.Event, now: Now) -> None:
    try:
        listen(broker_id, over, now)
    except Exception:
        log.exception("broker %s", broker_id)
    finally:
        connection.close()


def listen(broker_id: int, over: threading.Event, now: Now, *, rest: float | None = None) -> int:
    """Take what comes until something fails or it is switched off; `rest`: or until nothing came for so many seconds.

    Returns how many messages were new.
    """
    lease, at = uuid.uuid4().hex, now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    if not Broker.objects.filter(free, pk=broker_id, active=True).update(lease=lease, leased_until=at + LEASE):
        return 0
    broker, count = Broker.objects.get(pk=broker_id), 0
    try:
        with session(broker) as line:
            filters = list(broker.topics.order_by("id").values_list("filter", flat=True))
            line.subscribe(filters, broker.subscribed)
            _mine(broker, lease).update(subscribed=filters)
            for new in _come(broker, line, lease, over, now, rest):
                count += new
    except (Unusable, *TROUBLE) as problem:
        _failed(broker, lease, str(problem) if isinstance(problem, Unusable) else f"{type(problem).__name__}: {problem}", now())
    else:
        _mine(broker, lease).update(leased_until=None, lease="")
    return count


def _come(broker: Broker, line: Session, lease: str, over: threading.Event, now: Now, rest: float | None) -> Iterator[int]:
    renewed, came = 0.0, time.monotonic()
    filters = list(broker.topics.order_by("id").values_list("filter", flat=True))
    while not over.is_set():
        if time.monotonic() - renewed > RENEW:
            if not _still(broker, lease, filters, now()):
                return
            renewed = time.monotonic()
        line.turn(TURN if rest is None else min(TURN, rest / 4))
        if line.inbox:
            yield take(broker, line.come(), now())
            line.acknowledge()
            came = time.monotonic()
        elif rest is not None and time.monotonic() - came > rest:
            return


def _mine(broker: Broker, lease: str) -> QuerySet[Broker]:
    return Broker.objects.filter(pk=broker.pk, lease=lease)


def _still(broker: Broker, lease: str, filters: list[str], at: datetime) -> bool:
    """Renews the lease; False when the broker was switched off, changed or taken over."""
    same = {name: getattr(broker, name) for name in ("host", "port", "secured", "login", "sealed")}
    if list(broker.topics.order_by("id").values_list("filter", flat=True)) != filters:
        return False
    kept = _mine(broker, lease).filter(active=True, **same)
    return bool(kept.update(leased_until=at + LEASE, heard_from_at=at, failures=0, fault="", next_try_at=None))


def _failed(broker: Broker, lease: str, why: str, at: datetime) -> None:
    log.warning("broker %s: %s", broker.name, why)
    failures = broker.failures + 1
    pause = timedelta(seconds=PAUSES[min(failures, len(PAUSES)) - 1])
    _mine(broker, lease).update(failures=failures, fault=why[:300], next_try_at=at + pause, leased_until=None, lease="")
