"""A program sees no more of the customer than the person in whose name it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests.api.conftest import Program
from tests.cast import Cast
from tests.web.test_privacy_masking import CLEAR, NAME, told

pytestmark = pytest.mark.django_db


def test_quality_staff_s_program_reads_covered_words(cast: Cast, at: datetime, program: Callable[..., Program]) -> None:
    case = told(cast, at)
    addresses = ["/cases", f"/cases?q={case.number}", f"/cases/{case.number}", f"/cases/{case.number}/journal", "/owed"]
    masked, whole = program(cast.luo_qing), program(cast.lin_xiao)
    texts = {address: answer.content.decode() for address in addresses if (answer := masked.get(address)).status_code == 200}
    assert {*addresses[:4]} <= set(texts)
    assert {address: CLEAR.findall(text)[:3] for address, text in texts.items() if CLEAR.search(text)} == {}
    assert "闵**" in texts[f"/cases/{case.number}"]
    for address in addresses[2:4]:
        assert NAME in whole.get(address).content.decode()


def test_a_search_does_not_tell_whose_a_secret_case_is(cast: Cast, at: datetime, program: Callable[..., Program]) -> None:
    case = told(cast, at, confidential=True)
    for text in (NAME, "6 栋 2 单元 1103", "2468"):
        assert case.number not in program(cast.zhou_hai).get(f"/cases?q={text}").content.decode()
    assert case.number in program(cast.zhou_hai).get(f"/cases?q={case.number}").content.decode()
