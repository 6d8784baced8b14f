"""[figures] of a pack: by what complaints are measured, from how many cases on people are compared, which doors are the outside's."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kesu.procedure.packrows import Id, Named, Part


class Measure(Named):
    """What complaints are set against: homes looked after, orders done, visits. `per` of them make one unit of the rate.

    `kind`: a stock stands at a moment and is averaged over the months of a period (homes); a flow is added up (orders).
    """

    per: int = Field(ge=1, le=1_000_000)
    kind: Literal["stock", "flow"] = "flow"


class Figures(Part):
    """[figures]: rules of counting. `outside`: channels by which somebody outside is heard of a complaint first."""

    measures: list[Measure] = []  # the first one is the company's usual one
    rank_from: int = Field(default=30, ge=5, le=10_000)  # nobody is set in an order with fewer cases than this
    outside: list[Id] = []
