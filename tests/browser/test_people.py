"""A self-review from the work page to its answer: written on a phone, answered at a desk, read by both and nobody else."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.furnished import Furniture
from tests.browser.house import PHONE, House
from tests.browser.reviewed import reviewed


def test_written_on_a_phone_answered_at_a_desk(house: House, furniture: Furniture) -> None:
    row, cast = reviewed(house.cast, house.at)["write"], house.cast
    head, director = house.sit(cast.zhou_hai, PHONE), house.sit(cast.he_wei)
    head.goto("/")
    head.get_by_role("link", name="写自查").first.click()
    head.get_by_label("哪里做得好").fill("三张都签了，照片当场传的。")
    head.get_by_label("打算改什么，怎么改").fill("晚班多排一个人。")
    head.get_by_role("button", name="交给上级").click()
    expect(head.get_by_text("写自查：已记下")).to_be_visible()
    expect(head.get_by_role("button", name="交给上级")).to_have_count(0)
    director.goto("/people/")
    director.get_by_role("link", name="部门月度自查").first.click()
    expect(director.get_by_text("晚班多排一个人。")).to_be_visible()
    director.get_by_label("看法，和能帮什么").fill("同意，这周就排。")
    director.get_by_role("button", name="答复", exact=True).click()
    head.reload()
    expect(head.get_by_text("同意，这周就排。")).to_be_visible()
    other = house.sit(cast.luo_qing)
    answer = other.goto(f"/people/reviews/{row.pk}/")
    assert answer is not None and answer.status == 404
    assert house.complaints == []
