"""Reports are filled from what the case has: findings with their grounds, the people heard, the ledger, the record of corrective action."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from tests.cast import Cast, found
from tests.complaints.story import ZONE
from tests.improvement import capas
from tests.papers.reading import text_of
from tests.remembered import forget_all

from kesu.company.procedures import pack_of
from kesu.complaints import actions
from kesu.complaints.actions import Promise
from kesu.complaints.models import AgreedAction, Case, Complained, Evidence, Inquiry, Payment
from kesu.papers import forms, reading, typesetting
from kesu.simulation.photo import photo


def with_everything(cast: Cast, at: datetime) -> Case:
    """Findings on evidence, a person heard and told, money paid, taken back and paid, two levels, a record judged effective."""
    case = cast.judged(
        cast.complaint(at=at, items=[("6 栋电梯停在 3 层", "lift"), ("按铃没人应", "lift")]), at=at, facts={"company_fault": True}
    )
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.investigate(cast.zhou_hai, case.pk, side="record", kind="record", words="维保记录：皮带超期两月", upload=photo(3), at=at)
    actions.name_person(cast.he_wei, case.pk, who=cast.ma_qiang.pk, words="当班维保", at=at)
    row = Complained.objects.get(case=case)
    actions.ask_statement(cast.he_wei, case.pk, complained_id=row.pk, words="几点接到铃", at=at)
    actions.state(cast.ma_qiang, Inquiry.objects.get(case=case).pk, words="在 9 栋抢修，没听到铃", at=at)
    rests = list(Evidence.objects.filter(case=case).values_list("pk", flat=True))
    actions.find(cast.zhou_hai, case.pk, item=1, finding="found", reason="记录写明皮带超期", evidence=rests[:1], at=at)
    actions.find(cast.zhou_hai, case.pk, item=2, finding="partly", reason="铃响过，人在别处", evidence=rests, at=at)
    actions.find_cause(cast.zhou_hai, case.pk, cause=capas.CAUSE, words="皮带没换", whys=["皮带断", "没列进计划"], at=at)
    refund = Promise("退一月电梯费", remedy="fee_cut", cost=2_100_000, basis="停运三天", effect="住户满意")
    actions.propose(cast.zhou_hai, case.pk, words="退费并换皮带", promises=[refund, Promise("换皮带")], at=at)
    actions.approve(cast.he_wei, case.pk, words="属实", at=at)
    actions.approve(cast.shen_yue, case.pk, words="同意", at=at)
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="退费", at=at)
    actions.agree(None, case.pk, words="好", actor="customer", at=at)
    money = AgreedAction.objects.get(case=case, remedy="fee_cut")
    said = {"action_id": money.pk, "to": "闵女士", "method": "transfer"}
    actions.pay(cast.he_wei, case.pk, **said, amount=2_100_000, key="1", at=at)  # type: ignore[arg-type]
    actions.reverse_payment(cast.he_wei, case.pk, payment_id=Payment.objects.get().pk, reason="账号写错", at=at)
    actions.pay(cast.he_wei, case.pk, **said, amount=2_000_000, key="2", at=at)  # type: ignore[arg-type]
    actions.tell_person(cast.he_wei, case.pk, complained_id=row.pk, channel="hotline", words="部分属实", at=at)
    capas.judged(cast, at, case)
    return Case.objects.select_related(*reading.WITH).get(pk=case.pk)


@pytest.fixture(scope="module")
def papers(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The text of every paper of that case, made once; KESU_LOOK keeps pictures of the pages."""
    look, texts = os.environ.get("KESU_LOOK"), {}
    forget_all()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with transaction.atomic():
            at = datetime(2026, 11, 20, 14, 32, tzinfo=ZONE)
            case = with_everything(found(at), at)
            pack = pack_of(case.version_id)
            page = reading.audited(case, pack, at + timedelta(days=120), "zh-hans")
            for paper in forms.offered(pack):
                sheet = forms.sheet(page, paper, forms.Occasion())
                texts[paper.id] = text_of(typesetting.pdf(sheet))
                for n, picture in enumerate(typesetting.pictures(sheet, 60) if look else []):
                    Path(str(look), f"{paper.id}-{n}.png").write_bytes(picture)
            transaction.set_rollback(True)
        forget_all()
    yield texts


@pytest.mark.parametrize(
    ("paper", "says"),
    [
        (
            "investigation",
            ["部分属实", "铃响过，人在别处", "见下面第1、2条", "马强", "当班维保", "已说明", "2.没列进计划", "在9栋抢修"],
        ),
        ("remedy_approval", ["停运三天", "预期：住户满意", "属实", "沈岳", "−21,000元", "账号写错", "还没付", "1,000元", "逐级审批"]),
        ("capa", ["ZG-2026-001", "电梯门机皮带反复断", "RY-261120-001", "换下全部门机皮带", "换好14台", "两个月没有再来", "罗晴", "前"]),
    ],
)
def test_a_report_says_what_the_case_has(papers: dict[str, str], paper: str, says: list[str]) -> None:
    missing = [words for words in says if words not in papers[paper]]
    assert not missing, (missing, papers[paper])


def test_without_a_record_the_form_says_what_the_case_says(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    page = reading.seen(cast.he_wei, case.number, at, "zh-hans")
    paper = forms.find(page.pack, "capa")
    assert paper
    text = text_of(typesetting.pdf(forms.sheet(page, paper, forms.Occasion())))
    assert "6栋2单元电梯停在3层" in text and "ZG-" not in text
