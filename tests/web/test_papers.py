"""The papers of a case: times as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.complaints.story import walk


def test_midnight_is_the_end_of_its_day(cast: Cast, at: datetime) -> None:
    """“The same day” is due at 24:00 of that day, not at 00:00 of the next (P-8)."""
    case = cast.complaint(at=at)
    walk(cast, case, "done", at + timedelta(minutes=1))
    client = Client()
    client.force_login(cast.lin_xiao)
    page = client.get(reverse("print_form", args=[case.number, "record"])).content.decode()
    assert "2026 年 11 月 20 日 24:00" in page
    assert " 00:00" not in page
