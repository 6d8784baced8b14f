"""A salon case through the real acts: a reaction to a facial, reported in time, paid for; not content, looked into by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.complaints.story import clock, due, fresh, on, refused, running, settle

from kesu.company.models import Company, Department, Grant, Person, Site
from kesu.company.procedures import minutes_of_week, pack_of, publish, shipped_packs
from kesu.complaints import actions
from kesu.complaints.actions import Intake, Promise
from kesu.complaints.models import Case, Notice, Proposal
from kesu.improvement.actions import open_capa

PEOPLE = {
    "秋棠": ("receptionist", ""), "顾念": ("service_agent", ""), "谢岚": ("affairs_supervisor", None),
    "白薇": ("department_head", "beauty"), "黎曼": ("department_head", "products"), "丁一": ("handler", "beauty"),
    "高朗": ("site_director", ""), "江屿": ("general_manager", None), "路遥": ("quality", None),
}  # fmt: skip
FACTS = {"U2": True, "medical": True, "reaction": True, "demand": True, "U10": False}


@dataclass
class Salon:
    """拾翎美容, its salon 星澜店 and its people by name."""

    site: Site
    departments: dict[str, Department]
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]


@pytest.fixture
def salon(db: None) -> Iterator[Salon]:
    founded = on("01-05", "09:00")
    company = Company.objects.create(name="拾翎美容", founded_at=founded)
    pack = pack_of(publish(company, next(path for path in shipped_packs() if path.stem == "salon"), None, founded).pk)
    site = Site.objects.create(company=company, code="XL", name="星澜店", door="shiling-xl", hours=minutes_of_week(pack))
    departments = {row.id: Department.objects.create(site=site, kind=row.id, name=row.name) for row in pack.departments}
    found = Salon(site, departments)
    for name, (role, kind) in PEOPLE.items():
        person = Person.objects.create(company=company, login=f"u{len(found.people)}", name=name)
        Grant.objects.create(person=person, role=role, site=None if kind is None else site, department=departments.get(kind or ""))
        found.people[name] = person
    yield found


def judged(salon: Salon) -> Case:
    """Written on a Friday night after closing time, taken in ten minutes later."""
    items = [("做完补水整脸红肿，去了急诊", "skin_allergy"), ("产品名字和批号写给我", "ingredients")]
    said = Intake(
        site_id=salon.site.pk, channel="wechat", items=items, name="阿桃", phone="13900001280", heard_at=on("06-05", "22:20")
    )  # fmt: skip
    case = actions.receive(salon["秋棠"], said, on("06-05", "22:30"))
    return actions.judge(salon["秋棠"], case.pk, nature="valid", facts=FACTS, at=on("06-05", "22:35"))


def settled(salon: Salon, case: Case) -> None:
    """Dispatched to beauty with purchasing beside it, batch stopped and reported, paid with the general manager's leave."""
    head, stock = salon["白薇"], salon["黎曼"]
    actions.contact(salon["秋棠"], case.pk, channel="hotline", words="先停用，明早陪您去皮肤科，瓶子别扔", at=on("06-05", "22:38"))
    co = [salon.departments["products"].pk]
    actions.dispatch(salon["秋棠"], case.pk, lead=salon.departments["beauty"].pk, co=co, at=on("06-05", "22:40"))
    actions.present(salon["谢岚"], case.pk, to="general_manager", words="过敏，已陪同就医", at=on("06-06", "09:00"))
    for who in (head, stock):
        actions.sign(who, case.pk, at=on("06-06", "10:10"))
    for who, side in ((head, "staff"), (stock, "record"), (salon["高朗"], "other")):
        actions.investigate(who, case.pk, side=side, kind="record", words="未试敏；批号与备案相符", at=on("06-06", "11:00"))
    actions.find_cause(head, case.pk, cause="steps_skipped", words="没有先试敏", findings={1: "found", 2: "found"}, at=on("06-06", "11:30"))
    actions.mark(salon["路遥"], case.pk, event="reaction_reported", words="系统已报", at=on("06-08", "10:00"))
    promises = [Promise("医药费 860 元", remedy="medical_costs", cost=86_000), Promise("三次 900 元全退", remedy="refund", cost=90_000)]
    actions.propose(head, case.pk, words="医药费由我们出，三次的钱退", promises=promises, at=on("06-08", "11:00"))
    actions.approve(salon["江屿"], case.pk, at=on("06-08", "14:00"))
    actions.reply(head, case.pk, channel="hotline", words="没试敏是我们的错", at=on("06-08", "15:00"))
    actions.agree(None, case.pk, words="好", actor="customer", at=on("06-08", "15:05"))
    settle(head, salon["高朗"], case, on("06-09", "11:00"), "到账")
    for who in (head, stock):
        actions.return_form(who, case.pk, words="办完", at=on("06-09", "12:00"))
    actions.report_back(salon["秋棠"], case.pk, channel="hotline", spoke_to="阿桃", words="钱已退，医药费已付", at=on("06-09", "15:00"))


def test_the_clocks_of_a_reaction_are_those_of_handbook_law_and_our_own(salon: Salon) -> None:
    case = judged(salon)
    assert fresh(case).grade == "major"
    shown = running(case)
    assert shown["urgent_contact"] == "06-05 22:40" and shown["respond"] == "06-05 23:20"
    assert shown["dispatch"] == "06-06 02:20" and shown["present_major"] == "06-06 10:30"
    assert shown["first_answer"] == "06-11 00:00" and shown["redress_major"] == "06-16 00:00"
    assert due(case, "law_demand", round=0) == "06-21 00:00" and due(case, "law_reaction", round=0) == "07-06 00:00"
    # B-17 in the country's working days: Monday the 8th is the first; the 19th is the Dragon Boat holiday
    assert (shown["investigate"], shown["plan"], shown["execute_major"]) == ("06-17 00:00", "06-23 00:00", "06-30 00:00")
    assert Notice.objects.filter(case=case, person=salon["路遥"]).exists()  # compliance hears of it: a batch to stop, a report to file


def test_it_comes_to_the_archive_and_the_report_is_filed(salon: Salon) -> None:
    case = judged(salon)
    settled(salon, case)
    assert Proposal.objects.get(case_id=case.pk).approver == "general_manager"
    assert clock(case, "law_reaction", round=0).state == "done" and clock(case, "law_demand", round=0).state == "done"
    assert set(running(case)) == {"visit", "visit_soon", "put_right"} and running(case)["visit_soon"] == "06-17 00:00"
    with refused("rest_hours"):
        actions.visit(salon["顾念"], case.pk, outcome="content", channel="hotline", at=on("06-12", "09:59"))
    actions.visit(salon["顾念"], case.pk, outcome="content", channel="hotline", at=on("06-12", "10:00"))
    with refused("not_ready"):
        actions.close(salon["高朗"], case.pk, at=on("06-12", "10:30"))
    open_capa(salon["路遥"], [case.pk], problem="试敏一再没做", at=on("06-12", "10:40"))  # B-12: the gravest are put right for good first
    actions.close(salon["高朗"], case.pk, at=on("06-12", "11:00"))
    actions.archive(salon["路遥"], case.pk, at=on("06-15", "11:00"))
    assert fresh(case).step == "done" and running(case) == {}


def test_not_content_is_looked_into_by_somebody_else(salon: Salon) -> None:
    case = judged(salon)
    settled(salon, case)
    actions.visit(salon["顾念"], case.pk, outcome="not_content", channel="hotline", words="脸还没好", at=on("06-12", "10:00"))
    actions.dispatch(salon["秋棠"], case.pk, lead=salon.departments["beauty"].pk, at=on("06-12", "10:10"))
    actions.sign(salon["白薇"], case.pk, at=on("06-12", "10:20"))
    for who, side in ((salon["高朗"], "staff"), (salon["高朗"], "record"), (salon["谢岚"], "other")):
        actions.investigate(who, case.pk, side=side, kind="record", words="复查", at=on("06-12", "11:00"))
    with refused("same_person"):
        actions.find_cause(salon["白薇"], case.pk, cause="constitution", words="体质", at=on("06-12", "11:10"))
    with refused("same_person"):  # he paid: the round is for somebody who had no hand in it
        actions.find_cause(salon["高朗"], case.pk, cause="steps_skipped", words="第三次也没试敏", at=on("06-12", "11:15"))
    actions.find_cause(salon["谢岚"], case.pk, cause="steps_skipped", words="第三次也没试敏", at=on("06-12", "11:20"))
    assert fresh(case).step == "answer" and due(case, "redress_major", round=2) == "06-23 00:00"


def test_what_costs_nothing_in_a_minor_matter_needs_no_leave(salon: Salon) -> None:
    said = Intake(site_id=salon.site.pk, channel="walk_in", items=[("约两点三点半才轮到", "long_wait")], name="禾禾", phone="13900001336")
    case = actions.receive(salon["秋棠"], said, on("10-05", "16:48"))
    actions.judge(salon["秋棠"], case.pk, nature="valid", facts={"slight": True}, at=on("10-05", "16:50"))
    actions.dispatch(salon["秋棠"], case.pk, lead=salon.departments["beauty"].pk, at=on("10-05", "16:52"))
    actions.sign(salon["白薇"], case.pk, at=on("10-05", "17:00"))
    actions.investigate(salon["白薇"], case.pk, side="record", kind="record", words="预约单", at=on("10-05", "17:05"))
    actions.find_cause(salon["白薇"], case.pk, cause="bookings", words="国庆多排了两位", at=on("10-05", "17:06"))
    actions.propose(
        salon["白薇"], case.pk, words="送小样", promises=[Promise("送洗护小样", remedy="extra_service")], at=on("10-05", "17:08")
    )
    assert Proposal.objects.get(case_id=case.pk).approver == ""
