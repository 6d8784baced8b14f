"""Several processes at the same letters, one of them bad, one killed in the middle: every letter ends once, in one place."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import datetime

import pytest
from tests.cast import found
from tests.channels import mailracers
from tests.channels.letters import letter, mailbox
from tests.channels.mailracers import POISON
from tests.complaints.racers import race

from kesu.channels import sorting
from kesu.channels.arriving import arrive
from kesu.channels.models import Arrival
from kesu.complaints.models import Case, JournalEntry

KILLED = -signal.SIGKILL
pytestmark = pytest.mark.django_db(transaction=True)


def _letters() -> list[bytes]:
    """More than one batch, of many customers; a bad one and a copy in the middle; each tenth writes once more about the same."""
    ours = []
    for n in range(70):
        who, first = f"u{n}@customer.example", f"<{n}@customer.example>"
        ours.append(letter(text=f"第 {n} 件{POISON if n == 33 else ''}", sender=who, message_id=first))
        if n % 10 == 0:
            ours.append(letter(text=f"补充 {n}", sender=who, message_id=f"<again{n}@customer.example>", in_reply_to=first))
    return [*ours[:40], ours[7], *ours[40:]]


def _everything_once() -> None:
    assert Counter(Arrival.objects.values_list("state", "why")) == {("filed", ""): 69, ("joined", ""): 7, ("waiting", "refused"): 1}
    assert Case.objects.count() == 69 == Arrival.objects.filter(state="filed").values("case").distinct().count()
    numbers = sorted(Case.objects.values_list("number", flat=True))
    assert len({number[:-3] for number in numbers}) == 1 and [int(number[-3:]) for number in numbers] == list(range(1, 70))
    for case in Case.objects.filter(arrivals__state="joined"):
        added = case.items.get().words.replace("第", "补充").removesuffix(" 件")
        assert [entry.data["words"] for entry in case.journal.filter(act="note")] == [added]
    assert JournalEntry.objects.filter(act="receive").count() == 69


def test_two_workers_and_a_reader_one_bad_letter_and_a_copy(at: datetime) -> None:
    box, letters = mailbox(found(at)), _letters()
    took = race([(mailracers.take, (box.pk, letters, at)), (mailracers.take, (box.pk, letters, at)), (mailracers.sort, (at,))])
    assert took == ["took them", "took them", "sorted them"]
    mailracers.sort(at)
    _everything_once()


def test_killed_when_all_is_filed_but_nothing_committed(at: datetime) -> None:
    box, letters = mailbox(found(at)), _letters()
    arrive(box, [(data, None) for data in letters], at)
    assert race([(mailracers.sort_and_die, (at,))]) == [("died", KILLED)]
    assert not Case.objects.exists() and Arrival.objects.filter(state="new").count() == 77
    assert race([(mailracers.sort, (at,)), (mailracers.sort_and_die, (at,))])[0] == "sorted them"
    mailracers.sort(at)
    _everything_once()
    assert sorting.sort_new(at) == 0
