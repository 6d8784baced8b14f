"""[performance] of a pack: from how many cases on people and departments are compared with what was to be expected; who looks back at their
own work each month, and who answers them (B-18, B-23)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kesu.procedure.duties import Rung
from kesu.procedure.packrows import Id, Named, Part

# What makes a case hard, the coarse before the fine: of these are the strata.
Stratum = Literal["grade", "category", "channel", "site"]
STRATA: dict[str, tuple[str, str]] = {
    "grade": ("等级", "grade"),
    "category": ("类别", "matter"),
    "channel": ("渠道", "channel"),
    "site": ("项目", "site"),
}


class SelfReview(Named):
    """[[performance.reviews]]: who holds `role` looks back at the month; `superior` reads and answers. Limits count elapsed time.

    `about` person: one's own cases; department: those of the department that one heads.
    """

    role: Id
    about: Literal["person", "department"] = "person"
    superior: Id
    opens: str = "9h"  # a length after the end of the month
    write: str  # a limit, from when it opens
    answer: str  # a limit, from when it is written
    warn: list[str] = []
    ladder: list[Rung] = []


class Performance(Part):
    """[performance]. A comparison is with what the company itself comes to with such cases, never with another person."""

    at_least: int = Field(default=20, ge=5, le=10_000)  # cases of a measure; with fewer nothing is compared
    rank_people: bool = False  # whether people may be set in the order of a result; departments may
    strata: list[Stratum] = ["grade", "category", "channel", "site"]
    stratum_from: int = Field(default=20, ge=5, le=10_000)  # cases; a smaller stratum goes into the coarser one
    others: int = Field(default=3, ge=2, le=100)  # so many colleagues at least stand behind an expected figure
    sure: float = Field(default=0.95, gt=0.5, lt=1)  # of a page of ordinary people, so often nobody is called better or worse
    alike: float = Field(default=1.25, gt=1, le=2)  # an interval within this factor of what is expected is "as expected"
    praise: list[Id] = []  # natures by which customers praise: who is named in such a case is proposed for recognition
    recognises: list[Id] = []  # roles that may recognise somebody for a case that they see
    reviews: list[SelfReview] = []
