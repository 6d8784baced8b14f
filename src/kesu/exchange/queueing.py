"""What happened becomes messages to subscribed programs: rows written in the act's own transaction, so none is lost and none is early."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kesu.company.standing import standing
from kesu.complaints.journals import Glance, Kind
from kesu.complaints.models import Case, JournalEntry
from kesu.complaints.models.journal import Entry
from kesu.complaints.storing import insert
from kesu.exchange.models import Delivery, Hook

_known: dict[int, tuple[int, tuple[Hook, ...]]] = {}  # company → (stamp of its standing data, active hooks)


def hooks_of(company: Any) -> tuple[Hook, ...]:
    """The company's active subscriptions, remembered until anything standing changes (actions.hooks says so)."""
    stamp, found = _known.get(company.pk, (-1, ()))
    if stamp != company.changes:
        found = tuple(Hook.objects.filter(company_id=company.pk, active=True, removed_at__isnull=True))
        _known[company.pk] = (company.changes, found)
    return found


def forget() -> None:
    """Forget everything remembered (tests, where ids come round again)."""
    _known.clear()


def queue(entries: Sequence[JournalEntry]) -> None:
    """Lay down one message per entry and hook that wants it."""
    rows = [
        delivery(hook, entry.case, entry)
        for entry in entries
        for hook in hooks_of(entry.case.site.company)
        if not hook.acts or entry.act in hook.acts
    ]
    insert(rows)


def delivery(hook: Hook, case: Case, entry: JournalEntry) -> Delivery:
    """The message: which act of which case, when, by whom. No words of the customer: whoever needs them reads the case by the interface."""
    body = {
        "type": f"case.{entry.act}",
        "timestamp": entry.at.isoformat(),
        "data": {
            "case": case.number,
            "site": case.site.code,
            "n": entry.n,
            "act": entry.act,
            "actor": entry.actor,
            "by": entry.person_id,
            "round": entry.round,
            "step": case.step,
            "nature": case.nature,
            "grade": case.grade,
            "open": case.closed_at is None,
        },
    }
    return _row(hook, entry, f"{entry.case_id}_{entry.n}", entry.act, body, entry.case_id)


def queue_of(kind: Kind, whole: Any, entries: Sequence[Entry]) -> None:
    """The same for what has a journal of its own: acts are chosen as `record.plan`, `warning.answer`, `report.approved`."""
    wanted = [
        (hook, entry, f"{kind.name}.{entry.act}")
        for entry in entries
        for hook in hooks_of(whole.company)
        if not hook.acts or f"{kind.name}.{entry.act}" in hook.acts
    ]
    if wanted:
        seen, codes = kind.glance(whole), {site.pk: site.code for site in standing(whole.company).sites.values()}
        insert([_told(hook, entry, kind, act, whole.pk, seen, codes) for hook, entry, act in wanted])


def _told(hook: Hook, entry: Entry, kind: Kind, act: str, pk: int, seen: Glance, codes: dict[int, str]) -> Delivery:
    data = {
        kind.name: seen.number,
        "sites": [codes[site] for site in seen.sites if site in codes],
        "n": entry.n,
        "act": entry.act,
        "actor": entry.actor,
        "by": entry.person_id,
        "round": entry.round,
        "state": seen.state,
        "open": seen.open,
    }
    body = {"type": act, "timestamp": entry.at.isoformat(), "data": data}
    return _row(hook, entry, f"{kind.name}_{pk}_{entry.n}", act, body)


def _row(hook: Hook, entry: Entry, message: str, act: str, body: dict[str, Any], case: int | None = None) -> Delivery:
    return Delivery(
        hook=hook,
        case_id=case,
        message=f"msg_{hook.pk}_{message}",
        act=act,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        at=entry.written_at,
        next_at=entry.written_at,
    )
