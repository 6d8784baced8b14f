"""What a follow-up asks, on what scale, and in which part of the day a call falls (S-15, M-4; ISO 10002 8.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import Literal

from pydantic import Field

from kesu.procedure.packrows import Id, Part, Text, Window


class Asked(Part):
    """One question. `about`: how it was handled, what came out of it, or all in all; the answer to `overall` says content or not."""

    id: Id
    question: Text
    question_en: Text
    about: Literal["handling", "outcome", "overall"] = "handling"

    def label(self, language: str = "zh-hans") -> str:
        """The question in the reader's language."""
        return self.question if language.startswith("zh") else self.question_en


def _three_and_overall() -> list[Asked]:
    return [
        Asked(id="fair", question="结果公道吗？", question_en="Was the result fair?", about="outcome"),
        Asked(id="respect", question="有没有受到尊重？", question_en="Were you treated with respect?"),
        Asked(id="clear", question="讲得清楚、办得快吗？", question_en="Was it clear and quick?"),
        Asked(id="overall", question="总的来说满意吗？", question_en="All in all, are you content?", about="overall"),
    ]


class Survey(Part):
    """[follow_up.survey]: the questions and the scale, best first. Answers are stored as whole numbers from 0 (best)."""

    questions: list[Asked] = Field(default_factory=_three_and_overall, min_length=1, max_length=8)
    scale: list[Text] = Field(default=["是", "基本是", "不是"], min_length=2, max_length=5)
    scale_en: list[Text] = Field(default=["Yes", "Mostly", "No"], min_length=2, max_length=5)
    bad_from: int = Field(default=2, ge=1, le=4)  # this answer to the overall question and every worse one is a bad one

    def choices(self, language: str = "zh-hans") -> list[str]:
        """The scale in the reader's language, best first."""
        return list(self.scale if language.startswith("zh") else self.scale_en)

    def known(self, answers: Mapping[str, int]) -> dict[str, int]:
        """The answers to questions that are asked here, on the scale; everything else is left out. Unanswered is absent."""
        ids = {row.id for row in self.questions}
        return {key: value for key, value in answers.items() if key in ids and 0 <= value < len(self.scale)}

    def outcome(self, answers: Mapping[str, int]) -> str:
        """content, not_content, or "" when nothing was said to the overall question."""
        said = [answers[row.id] for row in self.questions if row.about == "overall" and row.id in answers]
        if not said:
            return ""
        return "not_content" if max(said) >= self.bad_from else "content"


def inside(now: time, start: str, end: str) -> bool:
    """Whether a time of day lies in a window; one that ends before it starts goes past midnight."""
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    return first <= now < last if first <= last else (now >= first or now < last)


def part_of_day(parts: Sequence[Window], now: time) -> int | None:
    """Which part of the day it is; None outside of all of them."""
    return next((n for n, window in enumerate(parts) if inside(now, *window)), None)


def untried(parts: Sequence[Window], tried: Iterable[time], now: time) -> list[Window]:
    """The parts of the day in which nobody has rung, when this one has been tried already; empty: go on."""
    been, here = {part_of_day(parts, at) for at in tried}, part_of_day(parts, now)
    return [window for n, window in enumerate(parts) if n not in been] if here is not None and here in been else []
