"""Set-up, the picture of the procedure: a bar from begin to due for every limit of one nature and grade, readable without seeing it."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.test import Client
from tests.cast import Cast

from kesu.web.setup.picture import next_monday, picture

TODAY = date(2026, 11, 20)


@pytest.fixture
def admin(client: Client, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Client:
    """唐青, the administrator, signed in, at the cast's own moment."""
    for module in ("procedure", "frame"):
        monkeypatch.setattr(f"kesu.web.setup.{module}.now", lambda: at)
    client.force_login(cast.tang_qing)
    return client


def drawn(cast: Cast, **wanted: str) -> dict[str, tuple[float, float]]:
    bars = picture(cast.pack, cast.site, wanted, TODAY, "zh-hans").bars
    return {bar.name: (float(bar.x[:-1]), float(bar.x[:-1]) + float(bar.width[:-1])) for bar in bars}


def test_the_complaint_of_the_picture_comes_in_next_monday() -> None:
    assert next_monday(TODAY) == date(2026, 11, 23) == next_monday(date(2026, 11, 22))
    assert next_monday(date(2026, 11, 23)) == date(2026, 11, 30)


def test_bars_lie_within_the_picture_and_in_the_order_of_their_beginning(cast: Cast) -> None:
    for grade in cast.pack.grades:
        bars = drawn(cast, nature="valid", grade=grade.id)
        assert len(bars) > 3 and all(0 <= left < right <= 100.01 for left, right in bars.values())
        assert [left for left, _right in bars.values()] == sorted(left for left, _right in bars.values())


def test_grades_differ_where_their_limits_do(cast: Cast) -> None:
    assert "办完（重要）" in drawn(cast, grade="important") and "办完（重要）" not in drawn(cast, grade="minor")


def test_the_page_says_in_words_what_is_drawn(admin: Client) -> None:
    text = admin.get("/setup/procedure/?nature=valid&grade=important").content.decode()
    assert "11 月 23 日 周一 09:00 受理" in text
    assert re.search(r'role="img"><title>签收，部门负责人：11 月 23 日 周一 09:00 到 11 月 23 日 周一 09:10</title>', text)
    assert not re.search(r"<svg[^>]*style=|<rect[^>]*style=", text)


@pytest.mark.parametrize("query", ["?nature=none&grade=%00", "?grade=important&nature=valid&nature=x", "?nature=unfounded"])
def test_any_address_draws_something(admin: Client, query: str) -> None:
    assert admin.get("/setup/procedure/" + query).status_code == 200
