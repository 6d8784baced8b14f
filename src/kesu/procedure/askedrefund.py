"""Questions about refunds of prepaid cards as JSON lines: one object in, one object out. What may stand there: `docs/refund.md`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from kesu.procedure.packmoneychecks import percent
from kesu.procedure.prepaid import VALUE, Asked, Card, Refund, Rules, refund
from kesu.procedure.refused import Refused

AMOUNTS = ("paid", "gift", "used", "visits", "gift_visits", "visits_used", "visit_price")
LONGEST_LINE = 1 << 16


def answer(line: bytes, rules: Callable[[], Rules]) -> str:
    """The answer to one line; an impossible question is answered with `error`."""
    asked: Any = None
    try:
        asked = _read(line)
        return _json(_told(refund(_card(asked), _asked(asked), _own(asked, rules())), asked))
    except Refused as no:
        fault = {"error": no.code, "field": no.field, "zh": no.zh, "en": no.en}
        return _json(fault | ({"id": asked["id"]} if isinstance(asked, dict) and "id" in asked else {}))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _read(line: bytes) -> Mapping[str, Any]:
    try:
        asked = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise Refused("json", "不是一行 JSON 对象", "not a JSON object on one line")
    return asked


def _card(asked: Mapping[str, Any]) -> Card:
    amounts = {name: _whole(asked, name) or 0 for name in AMOUNTS}
    return Card(
        kind=str(asked.get("kind", VALUE)),
        paid_on=_day(asked, "paid_on") or _missing("paid_on"),
        used_discounted=_whole(asked, "used_discounted"),
        begins=_day(asked, "begins"),
        ends=_day(asked, "ends"),
        **amounts,
    )


def _asked(asked: Mapping[str, Any]) -> Asked:
    asked_on = _day(asked, "asked_on") or _missing("asked_on")
    ended_on = _day(asked, "ended_on") or asked_on
    rate = asked.get("agreed_rate")
    found = percent(str(rate)) if rate is not None else None
    if rate is not None and found is None:
        raise Refused("rate", "利率写成 3.10 这样的百分数", "write the rate as a percentage like 3.10", field="agreed_rate")
    return Asked(
        reason=str(asked.get("reason", "")),
        asked_on=asked_on,
        ended_on=ended_on,
        back_on=_day(asked, "back_on") or ended_on,
        same_before=asked.get("same_before") is True,
        agreed_rate=found,
    )


def _own(asked: Mapping[str, Any], rules: Rules) -> Rules:
    days = _whole(asked, "year_days")
    if days is not None and days not in (360, 365):
        raise Refused("year_days", "一年按 360 或 365 天", "a year has 360 or 365 days", field="year_days")
    return Rules(rules.cooling_days, days or rules.year_days, rules.rates)


def _whole(asked: Mapping[str, Any], name: str) -> int | None:
    value = asked.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused("amount", "金额用分，写成整数", "amounts are whole fen", field=name)
    return value


def _day(asked: Mapping[str, Any], name: str) -> date | None:
    value = asked.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("date", "日期写成 2026-11-28", "write dates like 2026-11-28", field=name) from None


def _missing(name: str) -> date:
    raise Refused("date", "缺这个日期", "this date is missing", field=name)


def _told(found: Refund, asked: Mapping[str, Any]) -> dict[str, Any]:
    said = {"id": asked["id"]} if "id" in asked else {}
    steps = [{"fen": row.fen, "article": row.article, "zh": row.zh, "en": row.en} for row in found.steps]
    notes = [{"zh": zh, "en": en} for zh, en in found.notes]
    return said | {
        "principal": found.principal,
        "interest": found.interest,
        "total": found.total,
        "cooling": found.cooling,
        "steps": steps,
        "notes": notes,
    }


def rules_of(prepaid: Any) -> Rules:
    """The rules of a pack's [prepaid]."""
    rates = tuple((row.kind, row.since, percent(row.percent) or Fraction(0)) for row in prepaid.rates)
    return Rules(prepaid.cooling_days, prepaid.year_days, rates)
