"""The cast itself: who may do what in the story that the other tests play."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.cast import PEOPLE, Cast

from kesu.company.models import Site
from kesu.company.rights import rights_of
from kesu.complaints.actions import receive, sign
from kesu.complaints.models import Case


def test_everybody_holds_the_role_that_the_cast_says(cast: Cast, at: datetime) -> None:
    for attribute, _, role, _, _ in PEOPLE:
        assert rights_of(getattr(cast, attribute), at).roles() == [role]


def test_a_complaint_goes_from_reception_to_engineering(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + timedelta(minutes=4))
    assert sign(cast.zhou_hai, case.pk, at=at + timedelta(minutes=7)).step == "investigate"
    assert case.number == "RY-261120-001"


def test_the_stranger_cannot_file_here(cast: Cast, at: datetime) -> None:
    with pytest.raises(Site.DoesNotExist):
        receive(cast.bai_shi, cast.intake(), at)
    assert not Case.objects.exists()
