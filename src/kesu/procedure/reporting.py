"""[[reports]] of a pack: which reports the company owes itself, for whom, who comments, who approves, by when (P-12, B-12)."""

from __future__ import annotations

from typing import Literal

from kesu.procedure.duties import Rung
from kesu.procedure.packrows import Id, Named

Span = Literal["month", "quarter", "year"]
Layout = Literal["own", "association", "review"]
SPANS: dict[str, tuple[str, str]] = {"month": ("月报", "Monthly"), "quarter": ("季报", "Quarterly"), "year": ("年报", "Yearly")}
LAYOUTS: dict[str, tuple[str, str]] = {
    "own": ("公司内部", "The company's own"),
    "association": ("消保委格式", "Layout of the consumer associations"),
    "review": ("管理评审输入", "Inputs of the management review"),
}


class Report(Named):
    """One report that comes round. Limits count elapsed time and begin when the draft is made: `opens` after the last day of its span."""

    every: Span
    per: Literal["company", "site"] = "site"
    layouts: list[Layout]
    opens: str = "6h"  # a length after the end of the last day
    commenter: Id  # the role that comments, part by part
    comment: str  # a limit; after a return it begins anew
    approver: Id  # the role that approves: never the person who commented
    approve: str  # a limit
    tell: list[Id] = []  # whom the approved report is sent to
    warn: list[str] = []
    ladder: list[Rung] = []
