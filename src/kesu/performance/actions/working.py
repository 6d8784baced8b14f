"""What people do with a self-review: write it, answer it, add to it. Nothing that was written is changed."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from kesu.company.models import Person
from kesu.performance.actions.road import ReviewRoad, begin, must
from kesu.performance.models import Review, ReviewWords
from kesu.performance.models.reviews import ANSWERED, OWED, WRITTEN
from kesu.procedure.refused import Refused

LONGEST = 4000


def write(person: Person, review: int, *, well: str, change: str, help: str = "", at: datetime) -> Review:
    """Say what went well, what to change, what help is needed. Ends the first clock, begins the superior's.

    Raises Review.DoesNotExist, Refused.
    """
    with begin(person, review, "write", at) as road:
        must(road, own=True)
        if road.row.state != OWED:
            raise Refused("written", "已经写好交了；要改就补充一段", "it is handed in already; add to it instead")
        if not well.strip():
            raise Refused("missing", "写写哪里做得好", "say what went well", field="well")
        if not change.strip():
            raise Refused("missing", "写写打算改什么", "say what is to change", field="change")
        row = road.row
        row.state, row.written_by, row.written_at = WRITTEN, person, at
        road.journal(sha256=_kept(road, {"well": well, "change": change, "help": help}))
        road.owe(at)
        assert row.due_at is not None
        road.tell(road.owing(), "review_written", due=row.due_at.isoformat())
    return road.row


def answer(person: Person, review: int, *, said: str, at: datetime) -> Review:
    """The superior's answer. Ends the second clock; the person is told. Raises Review.DoesNotExist, Refused."""
    with begin(person, review, "answer", at) as road:
        must(road, own=False)
        if road.row.state == OWED:
            raise Refused("not_written", "还没写，先等本人写好", "it is not written yet")
        if road.row.state == ANSWERED:
            raise Refused("answered", "已经答复了；要说的补充一段", "it is answered already; add to it instead")
        if not said.strip():
            raise Refused("missing", "写下看法和能帮什么", "say what you think of it and how you help", field="said")
        road.row.state, road.row.answered_by, road.row.answered_at = ANSWERED, person, at
        road.settle()
        road.journal(sha256=_kept(road, {"said": said}))
        assert road.row.written_by is not None  # it was written
        road.tell([road.row.written_by], "review_answered")
    return road.row


def add(person: Person, review: int, *, said: str, at: datetime) -> Review:
    """Add something to what was written: a correction, a second thought. Raises Review.DoesNotExist, Refused."""
    with begin(person, review, "add", at) as road:
        if road.row.state == OWED:
            raise Refused("not_written", "先写自查，再补充", "write it before anything is added")
        if not said.strip():
            raise Refused("missing", "写下要补充的", "say what is to be added", field="said")
        road.journal(sha256=_kept(road, {"said": said}))
        others = [one for one in (road.row.written_by, road.row.answered_by) if one is not None]
        road.tell(others, "review_added")
    return road.row


def _kept(road: ReviewRoad, words: dict[str, str]) -> str:
    """Keep the words beside the journal; their SHA-256."""
    kept = {key: value.strip()[:LONGEST] for key, value in words.items()}
    assert road.person is not None  # only people write
    ReviewWords.objects.create(review=road.row, by=road.person, at=road.at, act=road.act, words=kept)
    return sum_of(kept)


def sum_of(words: dict[str, str]) -> str:
    """The SHA-256 of what was written, in one fixed spelling."""
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
