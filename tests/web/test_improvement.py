"""The pages of corrective and preventive action: board, record, act forms, opening, the case's line, my work."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast
from tests.complaints.story import days, hours, minutes
from tests.improvement.capas import found, fresh, judged, opened, planned, watched, with_measure
from tests.web.case_hands import Clock, clock

from kesu.company.models import Person
from kesu.improvement import actions, ringing
from kesu.improvement.models import Capa, Measure, Proof
from kesu.procedure.improving import DOABLE, RECORD_ACTS, STAFF
from kesu.web.improvement.forms import RECORD_FORMS

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636460f85f0f0002870180eb47ba920000000049454e44ae426082"
)
MOST_QUERIES = 25

__all__ = ["clock"]


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, name: str, *args: object, **query: object) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def send(client: Client, capa: Capa, act: str, **typed: object) -> int:
    return client.post(reverse("capa_act", args=[capa.number, act]), typed).status_code


def test_every_act_that_people_do_has_a_form() -> None:
    assert set(RECORD_FORMS) == {name for name in DOABLE if STAFF in RECORD_ACTS[name].by}


def test_from_a_case_by_the_forms_to_the_closing(cast: Cast, at: datetime, clock: Clock) -> None:
    case = found(cast, at - hours(1))
    quality, head = as_(cast.luo_qing), as_(cast.zhou_hai)
    answer = quality.post(reverse("case_act", args=[case.number, "put_right"]), {"into": "new", "words": "电梯又困人"})
    assert answer.status_code == 302
    capa = Capa.objects.get()
    assert capa.number in page(quality, "case", case.number)
    assert "加措施" in page(quality, "capa", capa.number)
    assert reverse("print_form", args=[case.number, "capa"]) in page(quality, "capa", capa.number)
    due = (at + days(9)).strftime("%Y-%m-%dT18:00")
    typed = {"kind": "corrective", "what": "换皮带", "owner": f"p{cast.zhou_hai.pk}", "due_at": due}
    assert send(quality, capa, "measure", **typed) == 302
    assert send(quality, capa, "plan", cause="upkeep", words="没写换件周期") == 302
    assert "换皮带" in page(head, "work") and "整改" in page(head, "work", step="improvement")
    row = Measure.objects.get()
    shown = page(head, "capa", capa.number)
    assert "轮到你" in shown and "申请延期" in shown and "加措施" not in shown
    proof = SimpleUploadedFile("验收.png", PNG, content_type="image/png")
    assert send(head, capa, "end", measure=row.pk, words="换好 14 台", files=[proof]) == 302
    assert Proof.objects.get().name == "验收.png"
    file = head.get(reverse("capa_file", args=[capa.number, Proof.objects.get().pk]))
    assert b"".join(file.streaming_content) == PNG and "sandbox" in file["Content-Security-Policy"]
    over = fresh(capa).watch_until
    assert over
    assert send(quality, capa, "judge", verdict="effective", words="好") == 422
    clock.at = over + minutes(5)
    assert "评效果" in page(quality, "work")
    assert send(quality, capa, "judge", verdict="effective", words="没有再来") == 302
    assert send(quality, capa, "close", words="") == 302
    assert "最近结项" in page(quality, "improvement")


def test_opening_from_the_board(cast: Cast, at: datetime, clock: Clock) -> None:
    first, second = found(cast, at - days(2)), found(cast, at - days(1), phone="13900003001")
    quality = as_(cast.luo_qing)
    cast.complaint(at=at - hours(3), phone="13900003008")
    cast.complaint(at=at - hours(2), phone="13900003009")  # about the lift too, of which nobody knows the cause yet
    crowds = page(quality, "capa_new")  # where complaints concentrate
    assert crowds.count("<b>2</b>") == 2 and "cause=-" in crowds and "cause=upkeep" in crowds
    assert page(quality, "capa_new", category="lift", cause="-", all=1).count('name="cases"') == 2
    shown = page(quality, "capa_new", category="lift", cause="upkeep", all=1)
    assert shown.count("checked") == 5  # both complaints, three traits
    typed = {"cases": [first.pk, second.pk], "problem": "  ", "same": ["sites", "category"], "key": "k"}
    answer = quality.post(reverse("capa_new"), typed)
    assert answer.status_code == 422 and "写清要解决什么问题" in answer.content.decode()
    for _again in range(2):
        answer = quality.post(reverse("capa_new"), typed | {"problem": "电梯一再停"})
        assert answer.status_code == 302
    capa = Capa.objects.get()
    assert (capa.origins.count(), capa.same_category, capa.same_cause) == (2, "lift", "")
    assert "没有这样的投诉" in page(quality, "capa_new", category="lift", cause="upkeep")


def test_joining_an_open_record_from_the_case(cast: Cast, at: datetime, clock: Clock) -> None:
    capa = opened(cast, at - days(1))
    case = found(cast, at - hours(2), phone="13900003002")
    quality = as_(cast.luo_qing)
    assert capa.number in page(quality, "case_act", case.number, "put_right")
    answer = quality.post(reverse("case_act", args=[case.number, "put_right"]), {"into": capa.pk, "words": "又一件"})
    assert answer.status_code == 302 and capa.origins.count() == 2 and Capa.objects.count() == 1


def test_the_board_by_stage_late_first_with_filters_in_the_address(cast: Cast, at: datetime, clock: Clock) -> None:
    capa, _row = planned(cast, at - days(20))
    ringing.ring_due(at)
    other = opened(cast, at - days(1), found(cast, at - days(1), items=[("路灯灭了", "lighting")], phone="13900003003"))
    quality = as_(cast.luo_qing)
    shown = page(quality, "improvement")
    assert capa.number in shown and other.number in shown and "1 项超时" in shown
    assert capa.number in page(quality, "improvement", owner=cast.zhou_hai.pk)
    assert other.number not in page(quality, "improvement", owner=cast.zhou_hai.pk)
    assert capa.number not in page(quality, "improvement", site=cast.other_site.pk)
    assert capa.number not in page(quality, "improvement", cause="weather")
    for wrong in ("x", "９", "-1", "9" * 30):
        assert capa.number in page(quality, "improvement", site=wrong, owner=wrong)
    assert capa.number not in page(as_(cast.zheng_chuan), "improvement")


def test_refusals_stand_beside_what_was_typed(cast: Cast, at: datetime, clock: Clock) -> None:
    capa = opened(cast, at - days(1))
    quality = as_(cast.luo_qing)
    answer = quality.post(
        reverse("capa_act", args=[capa.number, "measure"]),
        {"kind": "corrective", "what": "换皮带", "owner": "", "due_at": "2020-01-01T10:00"},
    )
    shown = answer.content.decode()
    assert answer.status_code == 422 and "选一个人或一个部门负责" in shown and "换皮带" in shown
    assert send(quality, capa, "measure", kind="corrective", what="换", owner=f"p{cast.zhou_hai.pk}", due_at="2020-01-01T10:00") == 422
    assert quality.get(reverse("capa_act", args=[capa.number, "close"])).status_code == 409
    assert quality.get(reverse("capa_act", args=[capa.number, "magic"])).status_code == 404
    assert as_(cast.fang_jing).get(reverse("capa_new")).status_code == 404
    assert send(as_(cast.lin_xiao), capa, "plan", cause="upkeep", words="看看") == 422  # sees it, may not


def test_one_who_owned_a_measure_is_not_offered_the_judgement(cast: Cast, at: datetime, clock: Clock) -> None:
    capa = opened(cast, at - days(100))
    row = with_measure(cast, capa, at - days(100), owner=cast.luo_qing)
    actions.plan(cast.luo_qing, capa.pk, cause="upkeep", words="没换", at=at - days(99))
    actions.end(cast.luo_qing, capa.pk, measure_id=row.pk, words="换了", at=at - days(98))
    assert "/judge/" not in page(as_(cast.luo_qing), "capa", capa.number)
    assert "/judge/" in page(as_(cast.shen_yue), "capa", capa.number)
    assert send(as_(cast.luo_qing), capa, "judge", verdict="effective", words="好") == 422


def test_more_time_on_the_pages(cast: Cast, at: datetime, clock: Clock) -> None:
    capa, row = planned(cast, at - days(1))
    until = (at + days(15)).strftime("%Y-%m-%dT18:00")
    assert send(as_(cast.zhou_hai), capa, "ask_extension", measure=row.pk, new_due=until, reason="备件没到") == 302
    boss = as_(cast.shen_yue)
    assert "批复" in page(boss, "work")
    assert "备件没到" in page(boss, "capa", capa.number)
    assert send(boss, capa, "grant_extension", measure=row.pk, words="") == 302
    assert "原定" in page(boss, "capa", capa.number)


def test_what_came_again_is_shown_and_marked_on_the_case(cast: Cast, at: datetime, clock: Clock) -> None:
    from kesu.improvement import looking

    capa = judged(cast, at - days(90))
    case = found(cast, at - hours(5), phone="13900003009")
    looking.look_due(at)
    quality = as_(cast.luo_qing)
    assert "评为有效后又来" in page(quality, "capa", capa.number)
    assert "整改后又来的一件" in page(quality, "case", case.number)
    assert "评为有效后又发生" in page(quality, "improvement")
    assert "又发生" in page(quality, "inbox")
    notice = cast.luo_qing.notices.get(kind="capa_recurred")
    assert quality.post(reverse("notice", args=[notice.pk]), {"go": "1"})["Location"] == reverse("capa", args=[capa.number])


def test_few_queries_whatever_there_is(cast: Cast, at: datetime, clock: Clock) -> None:
    for n in range(4):
        cases = [found(cast, at - days(9) + minutes(10 * n + m), phone=f"139000041{n}{m}") for m in range(3)]
        capa, row = planned(cast, at - days(8) + timedelta(minutes=n), *cases)
    actions.ask_extension(cast.zhou_hai, capa.pk, measure_id=row.pk, new_due=row.due_at + days(3), reason="等件", at=at)
    watched(cast, at - days(6), found(cast, at - days(6), phone="13900004200"))
    client = as_(cast.luo_qing)
    for address in (
        reverse("improvement"), reverse("capa", args=[capa.number]), reverse("capa_new"),
        reverse("capa_act", args=[capa.number, "measure"]),
        reverse("work"), reverse("case", args=[cases[0].number]),
    ):  # fmt: skip
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= MOST_QUERIES, (address, len(queries))
