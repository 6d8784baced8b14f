"""The list of calls, the customer's questions on their page, and the summary of a month, by their doors."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from tests.cast import Cast
from tests.complaints.story import fresh, minutes, on, walk

from kesu.complaints import actions
from kesu.complaints.models import Case, SurveyAnswer, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast: Cast, at: datetime) -> list[Case]:
    """Two cases that wait for a follow-up since Friday."""
    cases = [cast.judged(cast.complaint(items=[(words, "lift")]), at=at) for words in ("电梯停了", "门禁坏了")]
    for case in cases:
        walk(cast, case, "visit", at + minutes(1))
    return cases


def _at(monkeypatch: pytest.MonkeyPatch, when: datetime) -> None:
    for module in ("web.visits.views", "web.visits.report", "web.case.views", "web.customer.track"):
        monkeypatch.setattr(f"kesu.{module}.now", lambda: when)


def test_one_click_to_the_form_and_on_to_the_next(cast: Cast, told: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    _at(monkeypatch, on("11-21", "10:00"))
    desk = Client()
    desk.force_login(cast.su_min)
    first, second = told
    page = desk.get("/visits/").content.decode()
    assert "等回访 2 件" in page and first.number in page and "还没打过" in page
    form = f"/cases/{first.number}/visit/?list=visits"
    assert 'name="asked_overall"' in desk.get(form).content.decode()
    saved = desk.post(form, {"outcome": "content", "attempt": "1", "channel": "hotline", "asked_fair": "1", "asked_overall": "0"})
    assert saved.headers["Location"] == f"/cases/{second.number}/visit/?list=visits"
    assert Visit.objects.get(case=first).answers == {"fair": 1, "overall": 0}
    assert "没评" in desk.get(f"/cases/{first.number}/").content.decode()
    again = desk.post(form, {"outcome": "content", "attempt": "1", "channel": "hotline"})
    assert again.status_code == 422


def test_a_time_agreed_stands_first_and_the_filter_in_the_address(cast: Cast, told: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    actions.visit(cast.su_min, told[1].pk, outcome="later", next_at=on("11-21", "11:00"), at=on("11-21", "09:00"))
    _at(monkeypatch, on("11-21", "10:00"))
    desk = Client()
    desk.force_login(cast.su_min)
    page = desk.get("/visits/").content.decode()
    assert page.index(told[1].number) < page.index(told[0].number)
    only = desk.get("/visits/?show=agreed").content.decode()
    assert told[1].number in only and told[0].number not in only
    desk.force_login(cast.zhou_hai)
    assert desk.get("/visits/").status_code == 404


def test_the_customer_answers_without_a_script(cast: Cast, told: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    _at(monkeypatch, on("11-21", "22:00"))
    phone, case = Client(), told[0]
    address = f"/c/{fresh(case).token}/"
    assert 'name="survey_overall"' in phone.get(address).content.decode()
    assert phone.post(address, {"do": "survey", "survey_overall": "x"}).status_code == 422
    assert phone.post(address, {"do": "survey", "survey_overall": "2", "words": "还是停"}).status_code == 302
    assert fresh(case).round == 2
    assert phone.post(address, {"do": "survey", "survey_overall": "0"}).status_code == 422
    assert SurveyAnswer.objects.count() == 1


def test_who_dispatches_again_sees_why(cast: Cast, told: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    actions.visit(cast.su_min, told[0].pk, outcome="not_content", words="门还是关不上", at=on("11-21", "10:00"))
    _at(monkeypatch, on("11-21", "10:01"))
    desk = Client()
    desk.force_login(cast.lin_xiao)
    page = desk.get(f"/cases/{told[0].number}/dispatch/").content.decode()
    assert "门还是关不上" in page and "周海" in page


def test_the_summary_counts_what_is_stored(cast: Cast, told: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = told
    actions.visit(cast.su_min, first.pk, outcome="not_content", words="又停了", answers={"overall": 2}, at=on("11-21", "10:00"))
    actions.visit(cast.su_min, second.pk, outcome="not_reached", at=on("11-21", "10:30"))
    _at(monkeypatch, on("11-22", "10:00"))
    from kesu.insights.visits import summary

    found = summary(cast.company, on("11-01").date(), on("11-30").date())
    assert (found.owed, found.done, found.outcomes["not_reached"]) == (2, 1, 1)
    overall = next(row for row in found.questions if row.id == "overall")
    assert (overall.counts[:3], overall.unrated) == ([0, 0, 1], 0)
    assert next(row for row in found.questions if row.id == "fair").unrated == 1
    assert [(row.number, row.became[0]) for row in found.unhappy] == [(first.number, "办到第 2 轮，还在办")]
    assert summary(cast.company, on("11-01").date(), on("11-30").date(), cast.other_site.pk).owed == 0
    desk = Client()
    desk.force_login(cast.lin_xiao)
    page = desk.get("/visits/report/?month=2026-11").content.decode()
    assert "应回访　2" in page and first.number in page
    desk.force_login(cast.zhou_hai)
    assert desk.get("/visits/report/").status_code == 404
