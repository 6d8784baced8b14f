"""The rows of a pack that are about remedies and money: kinds of remedy, what an amount may rest on, prepaid cards."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from kesu.procedure.packrows import Id, Named, Part, Span, Text


class Remedy(Named):
    """A kind of remedy that a proposal can hold. `usual` and `ceiling` are percentages of the service's price."""

    money: bool = False
    usual: Span | None = None  # what is usually given: [10, 30]
    ceiling: int | None = Field(default=None, ge=0)  # more than this needs a reason, unless the law asks for it
    proof: list[Literal["receipt", "photo", "signature"]] = []  # one of these must be there when it is done or paid


class Ground(Named):
    """A rule of law or contract that an amount may rest on: up to `times` the price, and up to `least` fen whatever the price."""

    times: int = Field(default=0, ge=0)
    least: int = Field(default=0, ge=0)


class Rate(Part):
    """A yearly rate of interest as the central bank published it, in force from `since` until the next row of its kind."""

    kind: Literal["lpr", "deposit"]  # one-year loan prime rate; one-year benchmark deposit rate
    since: dt.date
    percent: Text  # "3.00", exact


class Prepaid(Part):
    """[prepaid]: cards and prepayments are sold here, so refunds are reckoned (procedure.prepaid)."""

    remedy: Id  # the remedy a reckoned refund is offered as
    ground: Id | None = None
    cooling_days: int = Field(default=7, ge=0)  # paid back on demand within so many days of paying
    year_days: Literal[360, 365] = 365  # by which yearly interest is divided
    rates: list[Rate] = []
