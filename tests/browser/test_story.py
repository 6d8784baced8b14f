"""An important complaint from the first ring of the telephone to the archive, everybody at a screen of their own.

Only what is seen is touched.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from kesu.complaints.models import Case, Draft, JournalEntry
from tests.browser.house import PHONE, House, fresh

TITLE = "电梯停在 3 层"
NUMBER = re.compile(r"RY-\d{6}-\d{3}")


class Desk:
    """Somebody at a screen, and the one case that this is about."""

    def __init__(self, page: Page, number: str = "") -> None:
        self.page, self.number = page, number

    def from_work(self, button: str) -> Desk:
        """Home, where the case must be among what is owed; its button is pressed."""
        self.page.goto("/")
        row = self.page.locator("li.owed", has_text=self.number).filter(
            has=self.page.get_by_role("button", name=button, exact=True).or_(self.page.get_by_role("link", name=button, exact=True))
        )
        row.first.locator(".btn").click()
        return self

    def main(self, name: str) -> Desk:
        """The page's one filled button, which must be called this."""
        button = self.page.locator("main .btn.main:visible")
        expect(button).to_have_count(1)
        expect(button).to_contain_text(name)
        button.click()
        return self

    def fill(self, **fields: str) -> Desk:
        """Writes into fields by their label; choices are chosen by their words. A label's spaces are written _."""
        for label, value in fields.items():
            field = self.page.get_by_label(label.replace("_", " "), exact=False).first
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        return self

    def pick(self, *words: str) -> Desk:
        """One of several answers, by its words."""
        for word in words:
            self.page.get_by_role("radio", name=word, exact=True).first.check()
        return self

    def on_the_case(self) -> Desk:
        """The act was taken: we stand on the case's page again."""
        self.page.wait_for_url(f"**/cases/{self.number}/")
        return self


@pytest.fixture
def people(house: House) -> dict[str, Desk]:
    """Everybody signs in at the door: 周海 on a phone, the others at desks."""
    cast = house.cast
    who = {
        "fang": cast.fang_jing,
        "lin": cast.lin_xiao,
        "zhou": cast.zhou_hai,
        "chen": cast.chen_li,
        "he": cast.he_wei,
        "su": cast.su_min,
        "luo": cast.luo_qing,
    }
    Draft.objects.filter(person__in=[person.pk for person in who.values()]).delete()  # a filter that another test left on their work
    pages = {name: house.visitor(PHONE if name == "zhou" else {"width": 1440, "height": 900}) for name in who}
    for name, person in who.items():
        house.signs_in(pages[name], person)
    return {name: Desk(page) for name, page in pages.items()}


def test_an_important_case(house: House, people: dict[str, Desk]) -> None:
    fang, lin, zhou, chen, he, su, luo = (people[name] for name in ("fang", "lin", "zhou", "chen", "he", "su", "luo"))
    link, number = receives(house, fang)
    for desk in people.values():
        desk.number = number
    case = Case.objects.get(number=number)
    assert (case.grade, case.step) == ("important", "sign")

    house.to(minutes=4)
    zhou.from_work("签收").on_the_case()
    assert fresh(case).handler == house.cast.zhou_hai
    chen.from_work("签收").on_the_case()  # the second item is the guards'

    house.to(minutes=10)
    lin.from_work("呈报").fill(要说明的="困人四十分钟，对讲没人接").main("呈报").on_the_case()

    house.to(minutes=30)
    handles(zhou)
    assert fresh(case).step == "answer"

    house.to(minutes=5)
    he.from_work("批准方案").fill(批语="同意，先停用同批次的").main("批准")
    expect(he.page.get_by_text("已批准")).to_be_visible()  # back at work: the next one waits

    house.to(minutes=5)
    zhou.from_work("写答复").fill(对客户说的话="查清了，是皮带超期没换，明天中午前换好，电梯先停用。").main("写答复").on_the_case()

    customer = house.visitor(PHONE)
    agrees(customer, link)
    assert fresh(case).step == "handle"

    house.to(hours=3)
    carries_out(zhou)
    assert fresh(case).step == "handle", "the guards have not given theirs back"
    chen.from_work("交回").fill(处理经过和结果="调了录像，换了值班的人").main("交回").on_the_case()
    assert fresh(case).step == "report"

    house.to(minutes=20)
    fang.from_work("反馈结果").fill(说了什么="皮带换好了，试了十次", 客户怎么说="谢谢").main("反馈结果").on_the_case()

    house.to(hours=20)
    su.from_work("回访").pick("满意").fill(客户的话="好了")
    su.page.get_by_label("客户要求现在打").check()
    su.main("回访").on_the_case()

    house.to(minutes=10)
    lin.from_work("结案").main("结案").on_the_case()
    luo.from_work("归档").on_the_case()
    assert fresh(case).step == "done"
    expect(luo.page.locator("main h2", has_text="立项整改").first).to_be_visible()  # important ones are put right for good (P-13)
    assert fresh(case).step == "done"
    rates(customer, link)
    the_journal_tells_it(case)


def receives(house: House, fang: Desk) -> tuple[str, str]:
    """The telephone rings; what the caller says is written down while they speak. The tracking link and the number."""
    page = fang.page
    page.keyboard.press("n")
    page.wait_for_url("**/reception/")
    page.goto("/reception/?tel=13900002231")
    expect(page.get_by_text("通话中")).to_be_visible()
    page.get_by_label("姓名").fill("闵女士")
    page.get_by_label("住处").fill("6栋2单元1103")
    first = page.get_by_role("textbox", name="第 1 件")
    first.fill(f"6 栋 2 单元{TITLE}，门打不开，关了四十分钟")
    first.press("Enter")
    page.keyboard.type("按对讲没人接")
    expect(page.locator("[data-line]")).to_have_count(2)
    page.get_by_label("类别").nth(1).select_option("gate")
    page.get_by_role("radiogroup", name="是公司没做到位或有过失").get_by_role("radio", name="是", exact=True).check()
    expect(page.locator("#sum")).to_contain_text("重要")
    expect(page.locator("#sum")).to_contain_text("工程部")
    expect(page.locator("fieldset").filter(has_text="协办").get_by_role("checkbox", checked=True)).to_have_count(1)
    page.get_by_role("button", name="登记并派单").last.click()
    page.wait_for_url(re.compile(r"/reception/RY-"))
    expect(page.get_by_role("heading", name="受理回执")).to_be_visible()
    found = NUMBER.search(page.locator("h1").inner_text())
    assert found
    return page.locator(".card a[href*='/c/']").get_attribute("href") or "", found.group()


def handles(zhou: Desk) -> None:
    """In the stairwell: another side is heard, the cause is found, a way out proposed."""
    zhou.from_work("调查").fill(哪一方="当事员工", 姓名或名称="马强", 说了什么="门机皮带断了，值班的人在另一栋").main("调查").on_the_case()
    zhou.main("定原因")
    for group in zhou.page.locator("fieldset.pick").all():
        group.get_by_role("radio", name="属实", exact=True).check()
    zhou.fill(具体原因="皮带超期没换，巡检表没有这一项")
    zhou.page.locator("summary", has_text="设施设备").click()
    zhou.page.get_by_label("保养不到位").check()
    zhou.main("定原因").on_the_case()
    zhou.main("拟方案").fill(打算怎么办="明天中午前换好皮带，查完同批次的全部电梯")
    zhou.fill(答应做什么="换门机皮带")
    zhou.page.get_by_label("多少钱（元）").first.fill("350.50")
    zhou.main("拟方案").on_the_case()


def agrees(customer: Page, link: str) -> None:
    """By the link of the receipt: sees what is offered, and nothing that is ours, and agrees."""
    customer.goto(link)
    expect(customer.get_by_role("heading", name="请您看看这个办法")).to_be_visible()
    expect(customer.get_by_text("换门机皮带")).to_be_visible()
    words = customer.locator("main").inner_text()
    for ours in ("350.50", "马强", "超期没换，巡检表", "何伟", "林晓", "同批次的全部"):
        assert ours not in words, ours
    customer.get_by_role("button", name="同意", exact=True).click()
    expect(customer.get_by_role("heading", name="请您看看这个办法")).to_have_count(0)


def carries_out(zhou: Desk) -> None:
    """What was agreed is done, and the form goes back to reception."""
    zhou.from_work("办好一项")
    zhou.page.locator("main textarea").first.fill("换好了，试了十次")
    zhou.page.locator("main form .btn.main").click()
    zhou.on_the_case().main("交回")
    zhou.page.locator("main textarea").first.fill("皮带换好，同批次查完")
    zhou.page.locator("main form .btn.main").click()
    zhou.on_the_case()


def rates(customer: Page, link: str) -> None:
    """Afterwards the customer says how it was, once."""
    customer.goto(link)
    for question in customer.locator(".rate fieldset").all():
        question.get_by_role("radio").first.check()
    customer.get_by_role("button", name="提交", exact=True).click()
    expect(customer.get_by_role("heading", name="您的回答")).to_be_visible()


def the_journal_tells_it(case: Case) -> None:
    """Every act stands in the journal, by the one who did it."""
    acts = list(JournalEntry.objects.filter(case=case, actor__in=["staff", "customer"]).order_by("n").values_list("act", flat=True))
    wanted = [
        "receive", "judge", "dispatch", "sign", "sign", "present", "investigate", "find", "find", "find_cause", "propose", "approve",
        "reply", "agree", "execute", "return", "return", "report_back", "visit", "close", "archive", "survey",
    ]  # fmt: skip
    assert acts == wanted
    assert list(case.clocks.filter(state="running").values_list("obligation", flat=True)) == ["put_right_later"]
    assert not JournalEntry.objects.filter(case=case, act="fell_late").exists(), "everybody was in time"
    assert fresh(case).closed_at - case.received_at < timedelta(days=2)
