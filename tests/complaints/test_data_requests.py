"""What customers ask about their own data: on a clock that rings and climbs, answered or refused with a reason (PIPL arts 45, 47, 50)."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from kesu.complaints import actions
from kesu.complaints.files import Upload
from kesu.complaints.models import Case, Clock, Notice
from kesu.complaints.ringing import ring_due
from kesu.procedure.refused import Refused

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n"


def closed(cast: Cast, at: datetime) -> Case:
    case = cast.filed_by_customer(name="闵若兰", phone="13912342468", uploads=[Upload("门口.png", len(PNG), [PNG])], at=at)
    actions.note(cast.lin_xiao, case.pk, words="客户脾气急，留心", at=at)
    actions.withdraw(None, case.pk, reason="不用了", actor="customer", at=at)
    actions.close(cast.lin_xiao, case.pk, at=at)
    case.refresh_from_db()
    return case


def data_clock(case: Case) -> Clock:
    return Clock.objects.filter(case=case, obligation="data_answer").latest("id")


def test_a_copy_is_asked_for_by_the_customers_page_and_downloaded_there(cast: Cast, at: datetime) -> None:
    """Also of a closed case; until it is granted there is nothing to download; the copy holds what they gave, not our notes."""
    case, page = closed(cast, at), Client()
    here = reverse("track", args=[case.token])
    assert page.get(reverse("track_copy", args=[case.token])).status_code == 404
    assert page.post(here, {"do": "ask_data", "wish": "nonsense"}).status_code == 422
    assert page.post(here, {"do": "ask_data", "wish": "access", "words": "给我一份"}).status_code == 302
    assert page.post(here, {"do": "ask_data", "wish": "access"}).status_code == 422
    assert data_clock(case).state == "running"
    case.refresh_from_db()
    asked = datetime.fromisoformat(case.whole_marks["ask_data"][1])
    with pytest.raises(Refused):
        actions.answer_data(cast.su_min, case.pk, wish="access", channel="hotline", words="好", at=asked + timedelta(hours=1))
    actions.answer_data(cast.lin_xiao, case.pk, wish="access", channel="hotline", words="在进度页上下载", at=asked + timedelta(hours=1))
    assert data_clock(case).state == "done"
    text = page.get(here).content.decode()
    assert "在进度页上下载" in text and reverse("track_copy", args=[case.token]) in text
    with zipfile.ZipFile(BytesIO(page.get(reverse("track_copy", args=[case.token])).content)) as archive:
        held = json.loads(archive.read("data.json"))
        assert len(archive.namelist()) == 2
    assert (held["name"], held["phone"]) == ("闵若兰", "13912342468") and "留心" not in json.dumps(held, ensure_ascii=False)
    assert page.get(reverse("track_copy", args=["falsch"])).status_code == 404


def test_nobody_answers_and_it_climbs(cast: Cast, at: datetime) -> None:
    """The limit counts the state's working days; when it has passed, the superiors are told, as with every clock."""
    case = closed(cast, at)
    actions.ask_data(cast.fang_jing, case.pk, wish="deletion", words="来电要求删除", at=at + timedelta(hours=1))
    clock = data_clock(case)
    assert timedelta(days=19) <= clock.due_at - at <= timedelta(days=23)
    ring_due(clock.due_at + timedelta(days=2))
    told = set(Notice.objects.filter(case=case, kind="climbed").values_list("person__login", flat=True))
    assert {"hewei", "shenyue"} <= told


def test_a_deletion_is_granted_before_its_time_or_refused_with_the_reason(cast: Cast, at: datetime) -> None:
    """Under legal hold it can only be refused; asked again later and granted, the case may be de-identified at once."""
    case, moments = closed(cast, at), [at + timedelta(days=n) for n in range(1, 9)]
    actions.hold(cast.shen_yue, case.pk, reason="业主起诉", at=moments[0])
    actions.ask_data(cast.fang_jing, case.pk, wish="deletion", at=moments[1])
    with pytest.raises(Refused, match="held"):
        actions.answer_data(cast.lin_xiao, case.pk, wish="deletion", channel="hotline", words="好", at=moments[2])
    with pytest.raises(Refused, match="missing"):
        actions.refuse_data(cast.lin_xiao, case.pk, wish="deletion", channel="hotline", reason=" ", at=moments[2])
    actions.refuse_data(cast.lin_xiao, case.pk, wish="deletion", channel="hotline", reason="官司没完，要留证", at=moments[2])
    assert "官司没完" in Client().get(reverse("track", args=[case.token])).content.decode()
    with pytest.raises(Refused):
        actions.deidentify(cast.luo_qing, case.pk, at=moments[3])
    actions.lift_hold(cast.shen_yue, case.pk, reason="撤诉", at=moments[4])
    actions.ask_data(cast.fang_jing, case.pk, wish="deletion", at=moments[5])
    assert data_clock(case).state == "running"
    actions.answer_data(cast.lin_xiao, case.pk, wish="deletion", channel="hotline", words="今天就删", at=moments[6])
    actions.deidentify(cast.luo_qing, case.pk, at=moments[7])
    case.refresh_from_db()
    assert case.erased_at == moments[7] and case.contact_name == ""
