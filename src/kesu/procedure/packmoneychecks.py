"""What a pack's rows about money say of each other: bands in order, rates that can be read, a refund that can be offered."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from kesu.procedure import packchecks as check
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault


def faults(pack: Pack) -> Faults:
    """Every fault of remedies, grounds and [prepaid]."""
    for n, row in enumerate(pack.remedies):
        if row.usual and not 0 <= row.usual[0] <= row.usual[1]:
            yield Fault(("remedies", n, "usual"), "写成 [少, 多]，如 [10, 30]", "write [from, to] like [10, 30]")
        elif row.usual and row.ceiling is not None and row.usual[1] > row.ceiling:
            yield Fault(
                ("remedies", n, "ceiling"),
                f"上限 {row.ceiling}% 低于通常的 {row.usual[1]}%，改一个",
                f"the ceiling of {row.ceiling} % is below the usual {row.usual[1]} %; change one of them",
            )
        if not row.money and (row.usual or row.ceiling is not None):
            yield Fault(("remedies", n), "usual 和 ceiling 只用于 money = true", "usual and ceiling are for money = true")
    if pack.prepaid:
        yield from check.known(pack, ("prepaid", "remedy"), "remedies", pack.prepaid.remedy)
        yield from check.known(pack, ("prepaid", "ground"), "grounds", pack.prepaid.ground)
        yield from _rates(pack)


def _rates(pack: Pack) -> Faults:
    assert pack.prepaid is not None
    last: dict[str, date] = {}
    for n, row in enumerate(pack.prepaid.rates):
        if percent(row.percent) is None:
            yield Fault(
                ("prepaid", "rates", n, "percent"), f"“{row.percent}”不是利率，写成 3.10", f"{row.percent!r} is no rate; write 3.10"
            )
        if row.kind in last and row.since <= last[row.kind]:
            yield Fault(("prepaid", "rates", n, "since"), "同一种利率要按日期先后写", "rates of a kind go in the order of their dates")
        last[row.kind] = row.since


def percent(text: str) -> Fraction | None:
    """“3.10” as an exact fraction of a hundred; None when it is no plain number from 0 to 100."""
    whole, _, rest = text.strip().partition(".")
    if not whole.isascii() or not whole.isdigit() or (rest and not (rest.isascii() and rest.isdigit())) or len(text) > 12:
        return None
    value = Fraction(text.strip())
    return value / 100 if value <= 100 else None
