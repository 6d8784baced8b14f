"""What is paid back of a prepaid card, exact to the fen, with every step of the reckoning and its article.

法释〔2025〕4 号 arts 14–22 (STANDARDS 2.4). Whole fen and exact fractions only; two amounts are rounded, each once and half up: what has
been used, and the interest. Pure: dates and rates come in, nothing is looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from kesu.procedure.money import in_yuan
from kesu.procedure.refused import Refused

VALUE, TIMES, TERM = "value", "times", "term"
KINDS: dict[str, tuple[str, str]] = {
    VALUE: ("储值卡", "stored value"),
    TIMES: ("次卡", "a number of visits"),
    TERM: ("期限卡，不限次数", "unlimited for a term"),
}
MERCHANT, CONSUMER = "merchant", "consumer"
REASONS: dict[str, tuple[str, str]] = {
    MERCHANT: ("商家的原因，或不是消费者的原因", "the merchant's, or not the consumer's"),
    CONSUMER: ("消费者自己的原因", "the consumer's own"),
}
LPR, DEPOSIT = "lpr", "deposit"
RATE_OF = {MERCHANT: LPR, CONSUMER: DEPOSIT}  # art. 16
MOST_FEN = 10**13


@dataclass(frozen=True)
class Card:
    """What was bought. `paid` is the principal and `gift` the value or visits given on top; which of the rest counts depends on `kind`."""

    kind: str
    paid: int  # fen
    paid_on: date
    gift: int = 0  # fen of value, for a stored-value card
    used: int = 0  # fen at the price before any discount
    used_discounted: int | None = None  # fen as it was charged with the discount; None: no discount
    visits: int = 0  # bought
    gift_visits: int = 0
    visits_used: int = 0
    visit_price: int = 0  # fen for one visit before any discount
    begins: date | None = None  # of the term, this day counted
    ends: date | None = None  # of the term, this day counted


@dataclass(frozen=True)
class Rules:
    """What the procedure says: days in which a card may be given back without a reason, days of a year of interest, published rates."""

    cooling_days: int = 7
    year_days: int = 365
    rates: Sequence[tuple[str, date, Fraction]] = ()  # kind, in force since, a year


@dataclass(frozen=True)
class Asked:
    """Why and when it is given back. `ended_on`: the contract ended; `back_on`: the money goes out; `agreed_rate`: a year, as agreed."""

    reason: str
    asked_on: date
    ended_on: date
    back_on: date
    same_before: bool = False  # had the same goods or service before buying: no seven days (art. 14)
    agreed_rate: Fraction | None = None


@dataclass(frozen=True)
class Step:
    """One line of the reckoning: its amount in fen, in words of both languages, and the article (0: arithmetic alone)."""

    fen: int
    zh: str
    en: str
    article: int = 0


@dataclass
class Refund:
    """The outcome in fen: `principal` never above what was paid; `interest` beside it; what should be said plainly in `notes`."""

    principal: int = 0
    interest: int = 0
    cooling: bool = False
    steps: list[Step] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Principal and interest."""
        return self.principal + self.interest


def refund(card: Card, asked: Asked, rules: Rules) -> Refund:
    """Reckon it. Raises Refused with the field for what cannot be."""
    _check(card, asked)
    found = Refund(cooling=_cools(card, asked, rules))
    found.steps.append(Step(card.paid, f"本金：实付 {_y(card.paid)} 元", f"principal: {_y(card.paid)} yuan paid", 15))
    if found.cooling:
        found.steps.append(
            Step(
                0,
                f"付款第 {(asked.asked_on - card.paid_on).days} 天要求退，在 {rules.cooling_days} 天以内，不用讲理由",
                f"asked for on day {(asked.asked_on - card.paid_on).days}, within {rules.cooling_days} days: no reason is needed",
                14,
            )
        )
    reason = MERCHANT if found.cooling else asked.reason
    used = half_up(_USED[card.kind](card, asked, reason, found))
    found.principal = max(0, card.paid - used)
    found.steps.append(
        Step(
            found.principal,
            f"应退本金：{_y(card.paid)} − {_y(used)} = {_y(card.paid - used)} 元" + ("，退 0 元" if used > card.paid else ""),
            f"principal to refund: {_y(card.paid)} − {_y(used)} = {_y(card.paid - used)} yuan" + (", so 0" if used > card.paid else ""),
            15,
        )
    )
    if used > card.paid:
        found.steps.append(Step(0, "用掉的超过本金，不向消费者补收", "more was used than paid: nothing is asked of the consumer", 20))
    _interest(found, card, asked, rules)
    _say_plainly(found, card)
    return found


def half_up(value: Fraction) -> int:
    """The nearest whole fen, a half upwards."""
    return (value.numerator * 2 + value.denominator) // (2 * value.denominator)


def _y(fen: int) -> str:
    return in_yuan(fen)


def _check(card: Card, asked: Asked) -> None:
    if card.kind not in KINDS:
        raise Refused("kind", "请选是哪种卡", "choose the kind of card", field="kind")
    if asked.reason not in REASONS:
        raise Refused("reason", "请选是谁的原因", "choose whose reason it is", field="reason")
    amounts = {"paid": card.paid, "gift": card.gift, "used": card.used, "visit_price": card.visit_price}
    amounts |= {"used_discounted": card.used_discounted or 0}
    amounts |= {"visits": card.visits, "gift_visits": card.gift_visits, "visits_used": card.visits_used}
    for name, amount in amounts.items():
        if amount < 0 or amount > MOST_FEN:
            raise Refused("amount", "不能是负数，也不能这么大", "neither negative nor that large", field=name)
    if card.paid == 0:
        raise Refused("paid", "写明实付了多少", "say how much was paid", field="paid")
    if card.used_discounted is not None and card.used_discounted > card.used:
        raise Refused("discount", "打折后的不能比打折前的多", "after a discount it cannot be more than before", field="used_discounted")
    for name, first, last in (("asked_on", card.paid_on, asked.asked_on), ("ended_on", card.paid_on, asked.ended_on)):
        if last < first:
            raise Refused("order", "不能早于付款那天", "cannot be before the day of paying", field=name)
    if asked.back_on < asked.ended_on:
        raise Refused("order", "退款不能早于合同解除那天", "the money cannot go back before the contract ended", field="back_on")
    if asked.agreed_rate is not None and not 0 <= asked.agreed_rate <= 1:
        raise Refused("rate", "利率写成 3.10 这样的百分数", "write the rate as a percentage like 3.10", field="agreed_rate")


def _cools(card: Card, asked: Asked, rules: Rules) -> bool:
    return not asked.same_before and asked.asked_on <= card.paid_on + timedelta(days=rules.cooling_days)


# what has been used


def _value_used(card: Card, _asked: Asked, reason: str, found: Refund) -> Fraction:
    if reason == CONSUMER:
        found.steps.append(Step(card.used, f"已消费按打折前的价：{_y(card.used)} 元", f"used, at full price: {_y(card.used)} yuan", 19))
        return Fraction(card.used)
    charged = card.used if card.used_discounted is None else card.used_discounted
    if card.used_discounted is not None:
        found.steps.append(Step(charged, f"已消费按折扣价：{_y(charged)} 元", f"used, at the discount price: {_y(charged)} yuan", 18))
    if not card.gift:
        if card.used_discounted is None:
            found.steps.append(Step(charged, f"已消费：{_y(charged)} 元", f"used: {_y(charged)} yuan", 15))
        return Fraction(charged)
    whole = card.paid + card.gift
    used = Fraction(charged * card.paid, whole)
    sums = f"{_y(charged)} × {_y(card.paid)} ÷ ({_y(card.paid)} + {_y(card.gift)}) = {_y(half_up(used))}"
    found.steps.append(
        Step(half_up(used), f"有赠送，按实付比例折算：{sums} 元", f"a gift came on top, so by the share paid: {sums} yuan", 18)
    )
    return used


def _visits_used(card: Card, _asked: Asked, reason: str, found: Refund) -> Fraction:
    whole = card.visits + card.gift_visits
    if card.visits < 1:
        raise Refused("visits", "写明买了几次", "say how many visits were bought", field="visits")
    if card.visits_used > whole:
        raise Refused("visits_used", f"一共 {whole} 次，用不了这么多", f"there are {whole} in all", field="visits_used")
    if reason == CONSUMER and card.visits_used:
        if not card.visit_price:
            raise Refused("visit_price", "消费者的原因按打折前的单价算，写明单价", "say the full price of one visit", field="visit_price")
        used = Fraction(card.visits_used * card.visit_price)
        sums = f"{card.visits_used} × {_y(card.visit_price)} = {_y(half_up(used))}"
        found.steps.append(Step(half_up(used), f"用了的按打折前的单价：{sums} 元", f"visits used, at full price: {sums} yuan", 19))
        return used
    used = Fraction(card.paid * card.visits_used, whole)
    sums = f"{_y(card.paid)} × {card.visits_used} ÷ {whole} = {_y(half_up(used))}"
    found.steps.append(Step(half_up(used), f"用了的按实付的单价：{sums} 元", f"visits used, at the price paid: {sums} yuan", 18))
    return used


def _term_used(card: Card, asked: Asked, _reason: str, found: Refund) -> Fraction:
    if card.begins is None or card.ends is None or card.ends < card.begins:
        raise Refused("ends", "写明从哪天到哪天", "say from when until when", field="ends")
    whole = (card.ends - card.begins).days + 1
    gone = min(max((asked.ended_on - card.begins).days, 0), whole)
    used = Fraction(card.paid * gone, whole)
    sums = f"{_y(card.paid)} × {gone} ÷ {whole} = {_y(half_up(used))}"
    found.steps.append(
        Step(
            half_up(used),
            f"不限次数，按期限：一共 {whole} 天，过了 {gone} 天，{sums} 元",
            f"by the term, {gone} of {whole} days: {sums} yuan",
            22,
        )
    )
    return used


_USED = {VALUE: _value_used, TIMES: _visits_used, TERM: _term_used}


# interest


def _interest(found: Refund, card: Card, asked: Asked, rules: Rules) -> None:
    days = (asked.back_on - asked.ended_on).days
    if not found.principal or not days:
        return
    reason = CONSUMER if found.cooling else asked.reason
    rate, zh, en = _rate(card, asked, rules, RATE_OF[reason])
    exact = found.principal * rate * days / rules.year_days
    found.interest = half_up(exact)
    sums = f"{_y(found.principal)} × {_percent(rate)}% × {days} ÷ {rules.year_days} = {_y(found.interest)}"
    found.steps.append(Step(0, f"利率：{zh}，一年 {_percent(rate)}%", f"rate: {en}, {_percent(rate)} % a year", 16))
    found.steps.append(
        Step(
            found.interest,
            f"利息：解除到退款 {days} 天，{sums} 元",
            f"interest for {days} days from the end to the refund: {sums} yuan",
            17,
        )
    )


def _rate(card: Card, asked: Asked, rules: Rules, kind: str) -> tuple[Fraction, str, str]:
    if asked.agreed_rate is not None:
        return asked.agreed_rate, "按约定", "as agreed"
    on = card.paid_on if kind == LPR else asked.ended_on
    rows = [(since, rate) for name, since, rate in rules.rates if name == kind and since <= on]
    if not rows:
        raise Refused(
            "rate", f"没有 {on} 的利率，查到后填在约定利率里", f"no rate is known for {on}; look it up and write it in", field="agreed_rate"
        )
    since, rate = max(rows)
    if kind == LPR:
        return rate, f"订立合同时的一年期 LPR（{since} 起）", f"the one-year LPR when the contract was made (since {since})"
    return rate, f"一年期存款基准利率（{since} 起）", f"the one-year benchmark deposit rate (since {since})"


def _percent(rate: Fraction) -> str:
    """“3.10” for 0.031; more places only when they are needed."""
    text = f"{float(rate * 100):.6f}".rstrip("0")
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<2}"


def _say_plainly(found: Refund, card: Card) -> None:
    if found.cooling and (card.used or card.visits_used):
        found.notes.append(
            (
                "七天内用过的部分怎么折价，解释没有写明；这里按对消费者有利的折扣价、实付价算",
                "how use within the seven days is priced is not said; the discount or paid price, better for the consumer, is taken here",
            )
        )
    if found.total > card.paid:
        found.notes.append(
            (
                f"合计 {_y(found.total)} 元，比本金 {_y(card.paid)} 元多，多的是利息",
                f"{_y(found.total)} yuan in all are more than the principal of {_y(card.paid)}: the rest is interest",
            )
        )


def above_principal(offered: int, paid: int) -> bool:
    """Whether an offer (fen) goes beyond what was paid: allowed, but never without saying so."""
    return offered > paid
