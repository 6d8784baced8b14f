"""Lint of money: what is promised must be payable, what is paid must be reversible, closing must wait for it."""

from __future__ import annotations

from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.pack import Pack


def check(pack: Pack) -> Findings:
    """Findings about payments; a procedure that promises no money has none."""
    if not any(row.money for row in pack.remedies):
        return
    pays = any("pay" in role.may for role in pack.roles)
    waits = [n for n, row in enumerate(pack.closing) if "money_paid" in row.needs]
    if waits and not pays:
        yield warning(
            ("closing", waits[0], "needs"),
            "结案要等付清（money_paid），但没有岗位能记付款，等于没等；给一个岗位加上 pay",
            "closing waits for money_paid but no role may pay, so it waits for nothing; give pay to a role",
        )
    if pays and not waits:
        yield warning(
            ("closing",),
            "能记付款，但结案不等付清；在 needs 里加上 money_paid",
            "payments are recorded, but closing does not wait for them; add money_paid to needs",
        )
    if pays and not any("reverse_payment" in role.may for role in pack.roles):
        yield warning(
            ("roles",),
            "没有岗位能冲回付错的款；给一个岗位加上 reverse_payment",
            "no role may reverse a wrong payment; give reverse_payment to a role",
        )
    remedy = pack.find("remedies", pack.prepaid.remedy) if pack.prepaid else None
    if remedy and not remedy.money:
        yield error(
            ("prepaid", "remedy"),
            f"“{remedy.name}”不是给钱的补救，算出的退款付不出去；换成 money = true 的",
            f"{remedy.name_en} is no remedy of money, so the refund cannot be paid; name one with money = true",
        )


__all__ = ["check"]
