"""The pages about personal data: what falls due, what is held, who looked; what is held about oneself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from kesu.company.actions.people import dismiss
from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.models import Case
from kesu.complaints.queries import case_page

pytestmark = pytest.mark.django_db


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, at: datetime) -> datetime:
    """The pages are opened three years after, on the day before the last."""
    moment = at.replace(year=at.year + 3) - timedelta(days=1)
    monkeypatch.setattr("kesu.web.privacy.views.now", lambda: moment)
    return moment


def test_what_falls_due_and_who_looked(cast: Cast, at: datetime, later: datetime, django_assert_max_num_queries: Any) -> None:
    """One due, one held, one too young; who looked, and why. Nobody else's roles open the page, and a stranger sees nothing of it."""
    rows = [cast.complaint(name="闵若兰", at=at) for _ in range(3)]
    for case in rows:
        actions.withdraw(cast.lin_xiao, case.pk, reason="不用了", at=at)
        actions.close(cast.lin_xiao, case.pk, at=at if case is not rows[2] else at + timedelta(days=80))
    actions.hold(cast.shen_yue, rows[1].pk, reason="业主起诉", at=at)
    actions.reveal(cast.luo_qing, rows[0].pk, why="监管来函要核对", at=at + timedelta(hours=1))
    luo = client_of(cast.luo_qing)
    with django_assert_max_num_queries(25):
        text = luo.get(reverse("privacy")).content.decode()
    assert rows[0].number in text and rows[1].number in text and rows[2].number not in text
    assert "2029-11-21 去标识化" in text and "暂缓中" in text and "监管来函要核对" in text and "闵若兰" not in text
    for person in (cast.fang_jing, cast.zhou_hai, cast.bai_shi):
        assert client_of(person).get(reverse("privacy")).status_code == 404
    other = cast.employ("bieren", "别人", "quality")
    type(other).objects.filter(pk=other.pk).update(company=cast.bai_shi.company)
    text = client_of(cast.fresh(other)).get(reverse("privacy")).content.decode()
    assert rows[0].number not in text and "监管来函要核对" not in text


def test_what_is_held_about_me(cast: Cast, at: datetime, django_assert_max_num_queries: Any) -> None:
    """A person complained of reads what was told to them, without who complained; what they were not asked yet is a number."""
    cases = [cast.judged(cast.complaint(name="闵若兰", at=at), at=at) for _ in range(2)]
    for case in cases:
        actions.name_person(cast.zhou_hai, case.pk, who=cast.ma_qiang.pk, words="闵若兰家上门的", at=at)
    row = cases[0].complained.get()
    actions.tell_person(cast.he_wei, cases[0].pk, complained_id=row.pk, channel="hotline", words="闵若兰说的部分属实", at=at)
    ma = client_of(cast.ma_qiang)
    with django_assert_max_num_queries(25):
        text = ma.get(reverse("privacy_mine")).content.decode()
    assert "闵**说的部分属实" in text and "闵若兰" not in text and "另有 1 件" in text
    assert "属实" not in client_of(cast.chen_li).get(reverse("privacy_mine")).content.decode()


def test_earlier_complaints_follow_nobody_for_longer_than_the_pack_says(cast: Cast, at: datetime) -> None:
    """Three years to the day they are shown, the day after no more."""
    old = cast.judged(cast.complaint(at=at), at=at)
    actions.name_person(cast.zhou_hai, old.pk, who=cast.ma_qiang.pk, at=at)
    for day, shown in ((0, 1), (1, 0)):
        moment = at.replace(year=at.year + 3) + timedelta(days=day)
        case = cast.judged(cast.complaint(at=moment), at=moment)
        actions.name_person(cast.zhou_hai, case.pk, who=cast.ma_qiang.pk, at=moment)
        page = case_page.open_page(cast.luo_qing, case.number, moment)
        seen = [row.number for rows in page.histories.values() for row in rows if row.number == old.number]
        assert len(seen) == shown
    assert Case.objects.count() == 3


def test_who_left_is_let_go_of_on_the_page_when_the_time_is_over(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    dismiss(cast.tang_qing, cast.zhou_hai.pk, at)
    dismiss(cast.tang_qing, cast.chen_li.pk, at + timedelta(days=400))
    moment = at.replace(year=at.year + 3) + timedelta(days=1)
    monkeypatch.setattr("kesu.web.privacy.views.now", lambda: moment)
    luo = client_of(cast.luo_qing)
    text = luo.get(reverse("privacy")).content.decode()
    assert "离职员工" in text and reverse("privacy_staff", args=[cast.zhou_hai.pk]) in text
    assert "陈立" in text and reverse("privacy_staff", args=[cast.chen_li.pk]) not in text
    answer = luo.post(reverse("privacy_staff", args=[cast.chen_li.pk]), follow=True).content.decode()
    assert "留到 " in answer and Person.objects.get(pk=cast.chen_li.pk).name == "陈立"
    answer = luo.post(reverse("privacy_staff", args=[cast.zhou_hai.pk]), follow=True).content.decode()
    assert f"离职员工 {cast.zhou_hai.pk}" in answer and "周海" not in answer and "已抹去" in answer
    assert client_of(cast.shen_yue).post(reverse("privacy_staff", args=[cast.chen_li.pk])).status_code == 404
    assert luo.post(reverse("privacy_staff", args=[cast.bai_shi.pk])).status_code == 404
