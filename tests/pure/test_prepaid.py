"""The refund of a prepaid card: known sums, the edges of days, and what holds whatever is asked."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pure.shipped import shipped

from kesu.procedure.askedrefund import answer, rules_of
from kesu.procedure.prepaid import CONSUMER, MERCHANT, TERM, TIMES, VALUE, Asked, Card, Rules, half_up, refund
from kesu.procedure.refused import Refused

RULES = rules_of(shipped("salon").prepaid)
PAID_ON, ASKED_ON = date(2025, 6, 1), date(2026, 1, 5)


def asked(reason: str = MERCHANT, *, on: date = ASKED_ON, back: int = 0, **more: object) -> Asked:
    return Asked(reason, on, on, on + timedelta(days=back), **more)  # type: ignore[arg-type]


def test_a_gift_is_reckoned_by_the_share_that_was_paid() -> None:
    """The decided case: 3,000 paid, 1,000 given, 3,594 used: 2,695.50 count (75 %)."""
    card = Card(VALUE, 300_000, PAID_ON, gift=100_000, used=359_400)
    assert refund(card, asked(), RULES).principal == 300_000 - 269_550


def test_for_the_consumers_own_reason_the_full_price_counts_and_nothing_is_asked_on_top() -> None:
    card = Card(VALUE, 300_000, PAID_ON, gift=100_000, used=359_400)
    found = refund(card, asked(CONSUMER), RULES)
    assert found.principal == 0
    assert [step.article for step in found.steps if step.article == 20] == [20]


def test_visits_at_the_price_paid_and_at_the_full_price() -> None:
    card = Card(TIMES, 200_000, PAID_ON, visits=10, visits_used=3, visit_price=40_000)
    assert refund(card, asked(MERCHANT), RULES).principal == 140_000
    assert refund(card, asked(CONSUMER), RULES).principal == 80_000


def test_unlimited_cards_go_by_the_term() -> None:
    card = Card(TERM, 36_500, date(2025, 1, 1), begins=date(2025, 1, 1), ends=date(2025, 12, 31))
    on = date(2025, 4, 11)  # a hundred days have gone
    assert refund(card, asked(on=on), RULES).principal == 26_500
    assert refund(card, asked(on=date(2026, 2, 1)), RULES).principal == 0


@pytest.mark.parametrize(("day", "before", "cools"), [(0, False, True), (7, False, True), (8, False, False), (7, True, False)])
def test_seven_days_without_a_reason_unless_had_before(day: int, before: bool, cools: bool) -> None:
    found = refund(Card(VALUE, 100_000, PAID_ON), asked(CONSUMER, on=PAID_ON + timedelta(days=day), same_before=before), RULES)
    assert found.cooling is cools


def test_interest_by_whose_reason_and_how_many_days() -> None:
    card = Card(VALUE, 1_000_000, PAID_ON)
    assert refund(card, asked(MERCHANT, back=73), RULES).interest == 6_000  # LPR 3.00 % of June 2025, a fifth of a year
    assert refund(card, asked(CONSUMER, back=73), RULES).interest == 3_000  # 1.50 %
    assert refund(card, asked(MERCHANT, back=73, agreed_rate=Fraction(1, 10)), RULES).interest == 20_000
    assert refund(card, asked(MERCHANT), RULES).interest == 0


def test_the_rate_is_that_of_the_day_the_contract_was_made() -> None:
    for day, interest in ((date(2024, 10, 20), 6_700), (date(2024, 10, 21), 6_200)):
        assert refund(Card(VALUE, 1_000_000, day), asked(MERCHANT, back=73), RULES).interest == interest
    with pytest.raises(Refused) as no:
        refund(Card(VALUE, 1_000_000, date(2018, 1, 1)), asked(MERCHANT, back=73), RULES)
    assert no.value.field == "agreed_rate"


def test_more_than_the_principal_is_said_plainly() -> None:
    found = refund(Card(VALUE, 100_000, PAID_ON), asked(MERCHANT, back=30), RULES)
    assert found.principal == 100_000 and found.total > 100_000
    assert any("比本金" in zh for zh, _ in found.notes)


@pytest.mark.parametrize(
    ("card", "field"),
    [
        (Card(VALUE, 0, PAID_ON), "paid"),
        (Card(VALUE, 1, PAID_ON, used=-1), "used"),
        (Card(VALUE, 1, PAID_ON, used=5, used_discounted=6), "used_discounted"),
        (Card(TIMES, 1, PAID_ON), "visits"),
        (Card(TIMES, 1, PAID_ON, visits=3, visits_used=4), "visits_used"),
        (Card(TERM, 1, PAID_ON), "ends"),
        (Card("gold", 1, PAID_ON), "kind"),
        (Card(VALUE, 1, date(2027, 1, 1)), "asked_on"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_beside_its_field(card: Card, field: str) -> None:
    with pytest.raises(Refused) as no:
        refund(card, asked(), RULES)
    assert no.value.field == field and no.value.zh and no.value.en


FEN = st.integers(0, 10_000_000)
cards = st.builds(
    lambda paid, gift, used, cut, visits, given, share, price, days: [
        Card(VALUE, paid, PAID_ON, gift=gift, used=used, used_discounted=used * cut // 100),
        Card(TIMES, paid, PAID_ON, visits=visits, gift_visits=given, visits_used=(visits + given) * share // 100, visit_price=price + 1),
        Card(TERM, paid, PAID_ON, begins=PAID_ON, ends=PAID_ON + timedelta(days=days)),
    ],
    st.integers(1, 10_000_000), FEN, FEN, st.integers(0, 100), st.integers(1, 99), st.integers(0, 20), st.integers(0, 100), FEN,
    st.integers(0, 800),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(cards, st.sampled_from([MERCHANT, CONSUMER]), st.integers(0, 900), st.integers(0, 900))
def test_whatever_is_asked_the_sum_adds_up(rows: list[Card], reason: str, after: int, back: int) -> None:
    for card in rows:
        found = refund(card, asked(reason, on=PAID_ON + timedelta(days=after), back=back), RULES)
        assert 0 <= found.principal <= card.paid
        assert found.interest >= 0 and (found.interest == 0 or back > 0)
        assert found.total == found.principal + found.interest
        assert (found.total > card.paid) == any("比本金" in zh for zh, _ in found.notes)
        assert all(isinstance(step.fen, int) and step.zh and step.en for step in found.steps)
        assert {step.article for step in found.steps} <= {0, 14, 15, 16, 17, 18, 19, 20, 22}


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10_000_000), FEN, FEN, FEN)
def test_more_use_never_gives_more_back_and_the_merchants_reason_never_less(paid: int, gift: int, used: int, more: int) -> None:
    one, two = Card(VALUE, paid, PAID_ON, gift=gift, used=used), Card(VALUE, paid, PAID_ON, gift=gift, used=used + more)
    for reason in (MERCHANT, CONSUMER):
        assert refund(one, asked(reason), RULES).principal >= refund(two, asked(reason), RULES).principal
    assert refund(one, asked(MERCHANT), RULES).principal >= refund(one, asked(CONSUMER), RULES).principal


@given(st.fractions(min_value=0, max_value=10**6, max_denominator=10**6))
def test_a_half_is_rounded_up(value: Fraction) -> None:
    assert -Fraction(1, 2) <= value - half_up(value) < Fraction(1, 2)


def test_json_lines_in_and_out() -> None:
    line = {"id": "a", "paid": 300_000, "gift": 100_000, "used": 359_400, "reason": "merchant", "paid_on": "2025-06-01"}
    said = json.loads(answer(json.dumps(line | {"asked_on": "2026-01-05", "back_on": "2026-02-04"}).encode(), lambda: RULES))
    assert (said["id"], said["principal"], said["interest"]) == ("a", 30_450, 75)
    assert sum(step["article"] == 18 for step in said["steps"]) == 1
    for wrong in (b"[1", b"[]", b'{"paid": 1.5}', b'{"paid": 1}', b'{"paid": 1, "paid_on": "x"}', b"\xff"):
        assert json.loads(answer(wrong, lambda: Rules()))["error"]
