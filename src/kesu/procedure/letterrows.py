"""The rows of a pack that are about letters: which there are, in whose words, who must read them before they go out."""

from __future__ import annotations

from typing import Literal

from kesu.procedure.packrows import Id, Named, Part

Counts = Literal["acknowledge", "report_back"]
Purpose = Literal["acknowledgement", "not_accepted", "extension", "result", "apology", "settlement", "handover"]


class Reviewing(Part):
    """Who must have read a letter before it goes out. The first row that fits the case's grade decides."""

    grades: list[Id] = []  # empty: every one
    by: Id


class LetterRow(Named):
    """A letter to the customer. Without words of its own it takes the program's for its purpose."""

    purpose: Purpose
    title: str = ""
    title_en: str = ""
    body: str = ""  # {placeholders} of procedure.letterwords
    body_en: str = ""
    reviews: list[Reviewing] = []  # none that fits: it goes out without
    counts: list[Counts] = []  # sending it is this act as well, where the act may happen


__all__ = ["LetterRow", "Purpose", "Reviewing"]
