"""Two at once with real processes: merging in opposite directions, joining each other, splitting off the same matter."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints import racers
from tests.complaints.racers import race
from tests.complaints.story import chain_holds, entries, fresh, minutes

from kesu.complaints.models import Case, Group, Merge, Split

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_merge_in_opposite_directions(cast: Cast, at: datetime) -> None:
    one, other, now = cast.complaint(), cast.complaint(), at + minutes(2)
    answers = race(
        [
            (racers.merge, (person.pk, case.pk, into.number, now))
            for person, case, into in ((cast.lin_xiao, one, other), (cast.he_wei, other, one), (cast.lin_xiao, one, other))
        ]
    )
    assert answers.count("merged it") == 1
    assert {answer[1] for answer in answers if answer != "merged it"} <= {"merged_already", "closed", "closed_case"}
    assert Merge.objects.count() == 1
    assert sorted(case.is_open for case in (fresh(one), fresh(other))) == [False, True]
    assert len(entries(one, "merge", "take_in")) == len(entries(other, "merge", "take_in")) == 1
    assert chain_holds(one) and chain_holds(other)


def test_two_make_each_other_the_lead(cast: Cast, at: datetime) -> None:
    one, other = cast.complaint(), cast.complaint()
    answers = race([(racers.join, (cast.lin_xiao.pk, one.pk, other.number, at)), (racers.join, (cast.he_wei.pk, other.pk, one.number, at))])
    assert answers.count("joined it") == 1
    assert Group.objects.count() == 1


def test_two_split_off_the_same_matter(cast: Cast, at: datetime) -> None:
    case = cast.complaint(items=[("电梯停了", "lift"), ("保安态度差", ""), ("灯坏了", "")])
    answers = race([(racers.split, (person.pk, case.pk, 2, at + minutes(1))) for person in (cast.lin_xiao, cast.he_wei, cast.lin_xiao)])
    assert sorted(type(answer).__name__ for answer in answers) == ["str", "tuple", "tuple"]
    assert {answer[1] for answer in answers if isinstance(answer, tuple)} == {"no_item"}
    assert Split.objects.count() == 1 and Case.objects.count() == 2


def test_two_split_off_the_last_two_matters(cast: Cast, at: datetime) -> None:
    """One of them stays: no case is left without a matter."""
    case = cast.complaint(items=[("电梯停了", "lift"), ("保安态度差", "")])
    answers = race([(racers.split, (cast.lin_xiao.pk, case.pk, n, at + minutes(1))) for n in (1, 2)])
    assert [answer[1] for answer in answers if isinstance(answer, tuple)] == ["last_item"]
    assert fresh(case).items.count() == 1 and chain_holds(case)
