"""[warning] of a pack: what is watched among complaints as they come, what counts as unusual, who answers for a warning by when (B-21)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kesu.procedure.duties import Rung
from kesu.procedure.packrows import Id, Named, Part

# What complaints may have in common, beside the site.
Kind = Literal["category", "cause", "person", "place", "customer", "reference", "text"]
KINDS: dict[str, tuple[str, str]] = {
    "category": ("类别", "matter"),
    "cause": ("原因", "cause"),
    "person": ("被投诉的人", "person complained of"),
    "place": ("地点", "place"),
    "customer": ("客户", "customer"),
    "reference": ("单据", "paper of the service"),
    "text": ("说法", "words"),
}


class Indicator(Named):
    """[[warning.indicators]]: a threshold, passed or not, whatever chance says. `per`: of what one must reach it; left out: the site.

    `count` complaints, or a rate: more than `rate` for each `per_units` of what complaints are set against, a month.
    """

    within: str  # a length: 30d
    count: int | None = Field(default=None, ge=1)
    near: int | None = Field(default=None, ge=1)  # so many are told of already: close to the limit
    rate: float | None = Field(default=None, gt=0)
    per_units: int = Field(default=1, ge=1, le=1_000_000)
    per: Kind | None = None
    categories: list[Id] = []
    grades: list[Id] = []
    natures: list[Id] = []
    channels: list[Id] = []


class Watch(Part):
    """[warning]: chance is reckoned per site, over everything looked at there together. Limits count elapsed time."""

    owner: Id  # the role that answers for a warning of its site
    answer: str  # from the warning until it is answered
    warn: list[str] = []
    ladder: list[Rung] = []
    at: str = "06:30"  # the time of day at which it is looked, once a day
    history: str = "730d"  # so far back what is usual is taken from
    windows: list[str] = Field(default=["7d", "28d", "91d"], min_length=1, max_length=6)
    once_in: float = Field(default=2, ge=0.5, le=100)  # years: told is what chance brings at most once in so long
    least: int = Field(default=3, ge=2)  # fewer complaints are never called a cluster
    alike: list[Kind] = ["category", "cause", "person", "place", "reference", "text"]
    silence: float | None = Field(
        default=None, ge=0.5, le=100
    )  # years: a site that falls silent is told of when chance brings it so rarely
    named_from: int = Field(default=3, ge=2)  # a person is named only where so many different customers complained
    indicators: list[Indicator] = []
