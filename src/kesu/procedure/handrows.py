"""The rows of a pack about several hands: authorities, papers of the service, merging and repeats (M-14)."""

from __future__ import annotations

from typing import Literal

from kesu.procedure.duties import TimeKind
from kesu.procedure.packrows import Id, Named, Part


class OutsideBody(Named):
    """Where a case may be handed: an authority, a hotline, a court (STANDARDS 2.2). Their limit counts from handing over."""

    limit: str = ""  # by when they must have a result; empty: no rule says
    time: TimeKind = "official"
    judges: Literal["", "calls", "settles", "mediates"] = ""  # what it finds about a case: by its own calls, as a settlement, a mediation
    channels: list[Id] = []  # whoever comes by one of these lies with it from the start
    rests: Id | None = None  # the reason for which our clocks stand still meanwhile; empty: our case goes on
    note: str = ""  # where their limit is written
    note_en: str = ""


class ReferenceKind(Named):
    """A paper of the service that a complaint is about: a service order, a repair."""


class SeveralHands(Part):
    """[hands]: how long a merge may be undone, and within how long a complaint about the same matter counts as repeated."""

    undo_merge: str = "7d"
    repeats: str = "90d"
