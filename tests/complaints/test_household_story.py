"""A household-service case through the real acts: half a day's work undone, another worker, a fee cut, not content, looked into anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from tests.complaints.story import clock, due, fresh, on, refused, running, settle

from kesu.company.models import Company, Department, Grant, Person, Site
from kesu.company.procedures import minutes_of_week, pack_of, publish, shipped_packs
from kesu.complaints import actions
from kesu.complaints.actions import Intake, Promise
from kesu.complaints.models import Case, Proposal

PEOPLE = {
    "辛芷": ("receptionist", ""), "靳蓝": ("service_agent", ""), "卓然": ("service_supervisor", ""), "季帆": ("dispatcher", ""),
    "容嫂": ("department_head", "cleaning"), "穆兰": ("service_worker", "cleaning"), "柏岩": ("store_manager", ""),
    "尹峰": ("general_manager", None), "佟宁": ("quality", None),
}  # fmt: skip


@dataclass
class Shop:
    """云杉家政, its shop 荷风店 and its people by name."""

    site: Site
    departments: dict[str, Department]
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def complaint(self, at: datetime) -> Case:
        items = [
            ("约早上八点半，十点四十才到", "late_arrival"),
            ("玻璃擦了一半，不到两点就走了", "missed_items"),
            ("进门要加四百", "price_raised"),
        ]
        said = Intake(site_id=self.site.pk, channel="wechat", items=items, name="吕岸", phone="13900001182", place="杏阁路")
        return actions.receive(self["辛芷"], said, at)


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    founded = on("01-05", "09:00")
    company = Company.objects.create(name="云杉家政", founded_at=founded)
    pack = pack_of(publish(company, next(path for path in shipped_packs() if path.stem == "housekeeping"), None, founded).pk)
    site = Site.objects.create(company=company, code="HF", name="荷风店", door="yunshan-hf", hours=minutes_of_week(pack))
    departments = {row.id: Department.objects.create(site=site, kind=row.id, name=row.name) for row in pack.departments}
    found = Shop(site, departments)
    for name, (role, kind) in PEOPLE.items():
        person = Person.objects.create(company=company, login=f"u{len(found.people)}", name=name)
        Grant.objects.create(person=person, role=role, site=None if kind is None else site, department=departments.get(kind or ""))
        found.people[name] = person
    yield found


FACTS = {"waiting_now": True, "contract_breach": True, "company_fault": True, "asks_remedy": True}


def sent(shop: Shop) -> Case:
    """Received, judged and dispatched on a make-up Saturday, 14:20 to 14:25."""
    case = shop.complaint(on("05-09", "14:20"))
    actions.judge(shop["卓然"], case.pk, nature="valid", facts=FACTS, at=on("05-09", "14:22"))
    return actions.dispatch(shop["辛芷"], case.pk, lead=shop.departments["cleaning"].pk, at=on("05-09", "14:25"))


def settled(shop: Shop, case: Case) -> None:
    """Signed for, looked into from two sides, a fee cut of 120 yuan and the rest done by somebody else, told the same day."""
    head = shop["容嫂"]
    actions.sign(head, case.pk, at=on("05-09", "14:40"))
    actions.investigate(head, case.pk, side="staff", kind="statement", words="两人到得晚，另有一单赶着去", at=on("05-09", "15:00"))
    findings = dict.fromkeys(case.items.values_list("n", flat=True), "found")
    actions.find_cause(head, case.pk, cause="booking_gap", words="同一天排了两单", findings=findings, at=on("05-09", "15:10"))
    promises = [Promise("另派两人今天做完"), Promise("减 120 元", remedy="fee_cut", cost=12_000)]
    actions.propose(head, case.pk, words="今天做完，减 120 元，不加价", promises=promises, at=on("05-09", "15:15"))
    actions.approve(shop["柏岩"], case.pk, at=on("05-09", "15:20"))
    actions.reply(head, case.pk, channel="hotline", words="排班出错，今天做完，减 120 元", at=on("05-09", "15:30"))
    actions.agree(None, case.pk, words="行", actor="customer", at=on("05-09", "15:31"))
    settle(head, shop["柏岩"], case, on("05-09", "18:30"), "好了")
    actions.return_form(head, case.pk, words="做完，督导看过", at=on("05-09", "18:40"))
    actions.report_back(shop["辛芷"], case.pk, channel="hotline", spoke_to="吕岸", words="做完了，减了 120 元", at=on("05-09", "19:00"))


def test_the_clocks_of_a_real_case_are_those_of_the_pack(shop: Shop) -> None:
    case = sent(shop)
    assert fresh(case).grade == "important"
    shown = running(case)
    assert shown["acknowledge_wechat"] == "05-09 14:50" and shown["stand_in"] == "05-09 14:52"
    assert shown["sign"] == "05-09 15:25" and shown["first_answer_important"] == "05-09 18:20"
    assert shown["progress"] == "05-11 14:25" and shown["solve_upper"] == "05-16 14:20"
    assert due(case, "law_demand", round=0) == "05-25 00:00"
    actions.contact(shop["季帆"], case.pk, channel="hotline", words="今天四点另派两人做完", at=on("05-09", "14:45"))
    assert not {"stand_in", "first_answer_important"} & set(running(case))
    assert running(case)["progress"] == "05-11 14:45"


def test_it_comes_to_the_archive_with_a_follow_up_outside_rest_hours(shop: Shop) -> None:
    case = sent(shop)
    settled(shop, case)
    assert Proposal.objects.get(case_id=case.pk).approver == "store_manager"
    assert clock(case, "law_demand", round=0).state == "done" and running(case) == {"visit": "05-12 18:40"}
    with refused("rest_hours"):
        actions.visit(shop["靳蓝"], case.pk, outcome="content", channel="hotline", at=on("05-10", "12:30"))
    with refused("rest_hours"):
        actions.visit(shop["靳蓝"], case.pk, outcome="content", channel="hotline", at=on("05-10", "20:00"))
    actions.visit(shop["靳蓝"], case.pk, outcome="content", channel="hotline", at=on("05-10", "10:00"))
    actions.close(shop["卓然"], case.pk, at=on("05-10", "11:00"))
    actions.archive(shop["佟宁"], case.pk, at=on("05-11", "11:00"))
    assert fresh(case).step == "done" and running(case) == {"put_right_later": "05-16 00:00"}


def test_not_content_is_looked_into_by_somebody_else(shop: Shop) -> None:
    case = sent(shop)
    settled(shop, case)
    actions.visit(shop["靳蓝"], case.pk, outcome="not_content", channel="hotline", words="玻璃还是花的", at=on("05-10", "10:00"))
    assert fresh(case).round == 2
    actions.dispatch(shop["辛芷"], case.pk, lead=shop.departments["cleaning"].pk, at=on("05-10", "10:10"))
    actions.sign(shop["容嫂"], case.pk, at=on("05-10", "10:20"))
    assert due(case, "find_cause_again") == "05-12 10:00"
    actions.investigate(shop["柏岩"], case.pk, side="record", kind="record", words="验收照片上有水痕", at=on("05-10", "11:00"))
    with refused("same_person"):
        actions.find_cause(shop["容嫂"], case.pk, cause="not_trained", words="没刮干", at=on("05-10", "11:10"))
    actions.find_cause(shop["柏岩"], case.pk, cause="not_trained", words="没刮干", at=on("05-10", "11:20"))
    assert fresh(case).step == "answer"


def test_the_worker_complained_of_may_explain_but_not_ring_the_customer(shop: Shop) -> None:
    case = sent(shop)
    actions.sign(shop["容嫂"], case.pk, at=on("05-09", "14:40"))
    actions.transfer(shop["容嫂"], case.pk, to=shop["穆兰"].pk, reason="那天是她做的", at=on("05-09", "14:45"))
    actions.investigate(shop["穆兰"], case.pk, side="staff", words="上一单拖到十点", at=on("05-09", "14:48"))
    with refused("not_allowed"):
        actions.contact(shop["穆兰"], case.pk, channel="hotline", words="我来解释", at=on("05-09", "14:50"))
