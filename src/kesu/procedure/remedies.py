"""What is offered, against the written procedure: who must approve how much, which amount needs a reason, what is still owed.

Pure arithmetic in whole fen (H-10, B-15, P-18).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kesu.procedure.money import in_yuan
from kesu.procedure.pack import Approval, Pack
from kesu.procedure.packmoney import Ground, Remedy

CUSTOMER_PAYS = "customer"
PAYERS: dict[str, tuple[str, str]] = {
    "company": ("公司", "the company"),
    "team": ("员工或班组", "the worker or team"),  # S-10
    "insurance": ("保险公司", "the insurer"),
    "partner": ("合作方", "a partner company"),
    CUSTOMER_PAYS: ("客户", "the customer"),  # M-8
}
PROOFS: dict[str, tuple[str, str]] = {
    "receipt": ("收据或凭证", "a receipt"),
    "photo": ("照片", "a photograph"),
    "signature": ("签字", "a signature"),
}


def approval_of(pack: Pack, grade: str, amount: int) -> Approval | None:
    """The first row of the pack's approvals that asks for somebody's word on this amount (fen) at this grade; None: nobody's."""
    for row in pack.approvals:
        fits = (not row.grades or grade in row.grades) and (row.up_to is None or amount <= row.up_to)
        if fits and (row.always or amount > row.above):
            return row
    return None


def levels(row: Approval | None) -> list[str]:
    """The roles that must approve, one after the other."""
    return list(dict.fromkeys([row.by, *row.then])) if row else []


@dataclass(frozen=True)
class Band:
    """What the pack says about an amount, in fen of this very price; None where it says nothing or no price is known."""

    usual: tuple[int, int] | None
    most: int | None
    by_ground: bool  # whether `most` is what the law asks for, not the company's own ceiling


def band(remedy: Remedy | None, ground: Ground | None, price: int) -> Band:
    """The usual span and the most that needs no reason. What a ground of law asks for is never too much."""
    if remedy is None:
        return Band(None, None, False)
    usual = (_share(price, remedy.usual[0]), _share(price, remedy.usual[1])) if remedy.usual and price else None
    most = _share(price, remedy.ceiling) if remedy.ceiling is not None and price else None
    asked = max(ground.times * price, ground.least) if ground and (price or not ground.times) else None
    if most is None or asked is None or asked <= most:
        return Band(usual, most, False)
    return Band(usual, asked, True)


def is_over(amount: int, remedy: Remedy | None, ground: Ground | None, price: int) -> bool:
    """Whether the amount is above what the pack lets pass without a reason."""
    most = band(remedy, ground, price).most
    return most is not None and amount > most


def _share(price: int, percent: int) -> int:
    return price * percent // 100


def money_owed(pack: Pack, remedy: str, cost: int, payer: str) -> int:
    """What has to be paid to the customer for a promise, in fen: nothing for work, for what the customer bears, where nobody may pay."""
    row = pack.find("remedies", remedy)
    if row is None or not row.money or payer == CUSTOMER_PAYS or not any("pay" in role.may for role in pack.roles):
        return 0
    return cost


def promised_words(pack: Pack, what: str, remedy: str, cost: int, payer: str, language: str) -> str:
    """What is promised, with the sum that the customer gets; never what work costs the company. Not twice where it says the sum already."""
    owed = money_owed(pack, remedy, cost, payer)
    if not owed or in_yuan(owed) in what or in_yuan(owed).replace(",", "") in what:
        return what
    return f"{what}（{in_yuan(owed)} 元）" if language.startswith("zh") else f"{what} ({in_yuan(owed)} yuan)"


@dataclass(frozen=True)
class Balance:
    """Money of one promise or of a whole case, in fen."""

    proposed: int = 0
    approved: int = 0
    paid: int = 0
    outstanding: int = 0

    def __add__(self, other: Balance) -> Balance:
        return Balance(
            self.proposed + other.proposed,
            self.approved + other.approved,
            self.paid + other.paid,
            self.outstanding + other.outstanding,
        )


def paid(rows: Iterable[tuple[int, bool]]) -> int:
    """The sum of (amount, is a reversal): what has really been paid."""
    return sum(-amount if taken_back else amount for amount, taken_back in rows)


@dataclass(frozen=True)
class Past:
    """What others got for the same: how many, the middle one, the least and the most, in fen."""

    count: int
    median: int
    least: int
    most: int


def past(amounts: Sequence[int]) -> Past | None:
    """Median and range; of two middle ones the lower, so that it is an amount somebody really got."""
    if not amounts:
        return None
    rows = sorted(amounts)
    return Past(len(rows), rows[(len(rows) - 1) // 2], rows[0], rows[-1])
