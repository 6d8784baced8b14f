"""The date that the customer named, agreed anew: with whom, why, what they were told; limits that count to it move with it."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.company.procedures import round_the_clock
from kesu.complaints.actions.clocks import counts_to_date
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.actions.telling_customer import agreed_anew, tell_customer
from kesu.complaints.models import Case, Clock, JournalEntry
from kesu.procedure.due import due
from kesu.procedure.duewords import due_words
from kesu.procedure.refused import Refused


def agree_date(
    person: Person, case_id: int, *, new_date: datetime, spoke_to: str, channel: str, words: str, reason: str, at: datetime
) -> Case:
    """Agree with the customer on another date, or on the first one. The earlier date stays in journal and clocks (`first_due_at`).

    Raises Refused where the procedure has no `customer_date`, when a limit that counts to the date is past already (a date agreed
    afterwards would make what is late look kept), for a date that is past, the same, or beyond what the procedure allows.
    """
    with begin(person, case_id, "agree_date", at) as road:
        reason = road.needs(reason, "reason", "写清为什么改", "say why the date changes")
        spoke_to = road.needs(spoke_to, "spoke_to", "写明跟谁商定的", "say who agreed to it")
        words = road.needs(words, "words", "写下怎么跟客户说的", "write down what the customer was told")
        before = road.case.wanted_by
        _check(road, before, new_date)
        road.case.wanted_by = new_date
        _end_leave(road)
        tell_customer(road, "agree_date", f"agree_date:{road.case.journal_n}", agreed_anew(road, before, new_date, words))
        road.journal(
            before=before.isoformat() if before else None,
            after=new_date.isoformat(),
            spoke_to=spoke_to[:60],
            channel=channel,
            words=words,
            reason=reason,
        )
    return road.case


def _check(road: Road, before: datetime | None, new_date: datetime) -> None:
    rule, case = road.pack.customer_date, road.case
    if rule is None:
        raise Refused("no_date", "规程不允许改商定的日期", "the procedure does not let the agreed date change")
    if new_date <= road.at:
        raise Refused("past", "这个时间已经过去，请核对", "that time is past already", field="new_date")
    if new_date == before:
        raise Refused("same", "和原来的日期一样", "that is the date agreed before", field="new_date")
    if any(clock.due_at <= road.at for clock in _counting(road)):
        zh, en = "算到这个日期的时限已过，要在到期前商定", "a limit that counts to this date is past; agree before it expires"
        raise Refused("expired", zh, en, field="new_date")
    if before and rule.changes is not None and _changed(case) >= rule.changes:
        zh, en = f"商定的日期最多改 {rule.changes} 次", f"the agreed date can be changed {rule.changes} time(s) at most"
        raise Refused("often", zh, en, field="new_date")
    _refuse_too_late(road, rule.latest, new_date)


def _changed(case: Case) -> int:
    """How often a date that had been named was changed; agreeing on the first one is no change."""
    return sum(bool(entry.data["before"]) for entry in JournalEntry.objects.filter(case=case, act="agree_date"))


def _refuse_too_late(road: Road, latest: str, new_date: datetime) -> None:
    """Not later than the procedure lets anybody agree, counted from when the customer was heard."""
    zone = road.case.site.company.zone
    most = due(latest, road.case.heard_at, round_the_clock(zone)) if latest else None
    if most and new_date > most.at:
        zh, en = (due_words(most.at, road.at, language, zone) for language in ("zh", "en"))
        raise Refused("too_late", f"最晚只能商定到{zh}", f"no later than {en.removeprefix('by ')} may be agreed", field="new_date")


def _counting(road: Road) -> list[Clock]:
    rows = Clock.objects.filter(case=road.case, state__in=["running", "paused"])
    return [clock for clock in rows if counts_to_date(clock)]


def _end_leave(road: Road) -> None:
    """Leave that was granted for the earlier date gives way to what both sides agreed now; the request stays on record."""
    for clock in _counting(road):
        if clock.extended_to:
            clock.extended_to = None
            clock.save(update_fields=["extended_to"])
