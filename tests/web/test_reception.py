"""Reception through the door: find the caller, write down, file; what is refused comes back as typed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast

from kesu.complaints.models import Case
from kesu.procedure.suggest import split_items

BACKEND = "kesu.web.shell.backend.PeopleBackend"
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)


@pytest.fixture(autouse=True)
def friday(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """The pages' clock stands at the time of the story."""
    from kesu.web.reception import views

    monkeypatch.setattr(views, "now", lambda: at)


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    """方静 is signed in."""
    client.force_login(cast.fang_jing, backend=BACKEND)
    return client


def sheet(**fields: Any) -> dict[str, Any]:
    return {
        "item": ["6 栋 2 单元电梯停在 3 层，门打不开"],
        "category": ["lift"],
        "phone": "139 0000 1007",
        "name": "闵女士",
        "home": "6栋2单元1103",
        "channel": "hotline",
        "filed_key": "one",
        "do": "dispatch",
    } | fields


def advice(desk: Client, **fields: Any) -> str:
    return desk.post("/reception/advice/", sheet(**fields)).content.decode()


def test_one_sending_files_judges_and_dispatches(desk: Client, cast: Cast) -> None:
    answer = desk.post("/reception/", sheet(fact_company_fault="yes"))
    case = Case.objects.get()
    assert answer.status_code == 302 and answer.url == f"/reception/{case.number}/"
    assert (case.nature, case.grade, case.judged, case.step) == ("valid", "important", True, "sign")
    assert (case.department, case.contact_phone, case.customer.name) == (cast.engineering, "13900001007", "闵女士")
    assert [part.department.kind for part in case.parts.all()] == ["engineering", "security"]


def test_only_recording_leaves_it_to_be_judged(desk: Client) -> None:
    desk.post("/reception/", sheet(do="record"))
    case = Case.objects.get()
    assert (case.judged, case.step, case.parts.count()) == (False, "judge", 0)


def test_every_item_is_a_line_of_its_own_and_takes_its_suggested_category(desk: Client) -> None:
    desk.post("/reception/", sheet(item=["主卧天花板漏水", "打前台两次没人理", "  "], category=["", "", ""]))
    case = Case.objects.get()
    assert [(item.words, item.category) for item in case.items.all()] == [("主卧天花板漏水", "leak"), ("打前台两次没人理", "slow")]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("和檐物业负责人：\n\n灯座滴水，没有人来", "灯座滴水，没有人来"),
        ("在吗\n\n6 栋右边那个电梯贴个纸就完事了", "6 栋右边那个电梯贴个纸就完事了"),
        ("又来了🙄🙄\n2 栋电梯里一股烟味", "2 栋电梯里一股烟味"),
        ("有人吗!!!\n家里水管爆了", "家里水管爆了"),
        ("您好：", "您好："),
        ("😡😡😡", "😡😡😡"),
        ("字" * 41, "字" * 39 + "…"),
    ],
    ids=["letter", "chat", "emoji", "call", "only-greeting", "only-emoji", "long"],
)
def test_the_title_is_what_it_is_about_and_not_the_greeting(desk: Client, said: str, title: str) -> None:
    desk.post("/reception/", sheet(item=[said], category=[""], do="record"))
    assert Case.objects.get().title == title


def test_the_case_has_the_category_of_the_first_matter_that_has_one(desk: Client) -> None:
    desk.post("/reception/", sheet(item=["这是第二次写信了", "灯不亮"], category=["", ""]))
    assert Case.objects.get().category == "lighting"


def test_sending_twice_files_once(desk: Client) -> None:
    first, second = desk.post("/reception/", sheet()), desk.post("/reception/", sheet())
    assert first.url == second.url
    assert Case.objects.count() == 1


def test_somebody_who_may_not_judge_only_records(client: Client, cast: Cast) -> None:
    client.force_login(cast.su_min, backend=BACKEND)
    page = client.get("/reception/").content.decode()
    assert 'value="record"' in page and 'value="dispatch"' not in page
    assert client.post("/reception/", sheet(do="record")).status_code == 302
    assert client.post("/reception/", sheet(filed_key="two")).status_code == 422
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "sent", "reason"),
    [
        ("phone", {"phone": "1390000100"}, "少了 1 位"),
        ("item", {"item": ["  ", ""], "category": ["", ""]}, "至少写一件"),
        ("heard_at", {"heard_at": "2026-11-20T15:00"}, "在将来"),
        ("heard_at", {"heard_at": "昨天"}, "看不懂这个时间"),
        ("wanted_by", {"wanted_day": "2026-11-19"}, "已经过去"),
        ("wanted_by", {"wanted_time": "18:00"}, "还没写哪一天"),
        ("channel", {"channel": "pigeon"}, "没有这个来路"),
        ("place", {"place": "远" * 201}, "多了 1 字"),
        ("lead", {"item": ["嗯"], "category": [""]}, "请选一个主办部门"),
    ],
)
def test_what_is_refused_comes_back_as_typed(desk: Client, field: str, sent: dict[str, Any], reason: str) -> None:
    answer = desk.post("/reception/", sheet(wants="今晚先止水", happened="昨晚起", fact_U1="no", **sent))
    page = answer.content.decode()
    assert answer.status_code == 422 and not Case.objects.exists()
    assert f'id="{field}-wrong"' in page and reason in page
    for typed in ("今晚先止水", "昨晚起", "闵女士", 'name="fact_U1" value="no" checked', 'value="one"'):
        assert typed in page
    for value in sent.values():
        typed = value[0].strip() if isinstance(value, list) else value
        assert not typed or typed in page or field == "channel"


def test_a_bare_date_means_its_end(desk: Client) -> None:
    desk.post("/reception/", sheet(wanted_day="2026-11-22"))
    assert Case.objects.get().wanted_by.astimezone().isoformat() and str(Case.objects.get().wanted_by) == "2026-11-22 16:00:00+00:00"


def test_a_letter_counts_from_when_it_came(desk: Client, cast: Cast) -> None:
    desk.post("/reception/", sheet(channel="letter", heard_at="2026-11-19T09:00"))
    case = Case.objects.get()
    assert case.heard_at == datetime(2026, 11, 19, 1, tzinfo=case.heard_at.tzinfo) and case.received_at == cast.at


def test_emoji_alone_is_a_complaint(desk: Client, cast: Cast) -> None:
    desk.post("/reception/", sheet(item=["🤬🤬🤬"], category=[""], lead=str(cast.engineering.pk)))
    assert Case.objects.get().items.get().words == "🤬🤬🤬"


def test_files_come_along_and_html_named_jpg_is_refused(desk: Client) -> None:
    bad = desk.post("/reception/", sheet(files=[SimpleUploadedFile("a.jpg", b"<html><script>1</script>")]))
    assert bad.status_code == 422 and 'id="files-wrong"' in bad.content.decode() and not Case.objects.exists()
    desk.post("/reception/", sheet(files=[SimpleUploadedFile("漏水.jpg", JPEG)]))
    kept = Case.objects.get().attachments.get()
    assert (kept.name, kept.kind, kept.for_customer) == ("漏水.jpg", "image/jpeg", False)


def test_fifty_megabytes_are_refused_beside_the_field(desk: Client) -> None:
    answer = desk.post("/reception/", sheet(files=[SimpleUploadedFile("a.jpg", JPEG + bytes(50_000_000))]))
    assert answer.status_code == 422 and "50 MB" in answer.content.decode() and not Case.objects.exists()


@pytest.mark.parametrize("typed", ["13900001007", " 139 0000 1007", "+86 139-0000-1007", "1007", "１３９００００１００７"])
def test_the_caller_is_known_by_telephone_however_it_is_typed(desk: Client, cast: Cast, typed: str) -> None:
    case = cast.complaint()
    page = desk.get("/reception/caller/", {"phone": typed}).content.decode()
    assert "闵女士" in page and "6栋2单元1103" in page and case.number in page
    assert f'value="same:{case.number}"' in page


def test_the_caller_is_known_by_room_and_a_wrong_site_finds_nobody(desk: Client, cast: Cast) -> None:
    cast.complaint()
    assert "闵女士" in desk.get("/reception/caller/", {"home": "6-2-1103"}).content.decode()
    assert "闵女士" not in desk.get("/reception/caller/", {"home": "6-2-1104"}).content.decode()


def test_the_other_sites_customers_stay_theirs(client: Client, cast: Cast) -> None:
    cast.complaint()
    client.force_login(cast.wu_tong, backend=BACKEND)
    page = client.get("/reception/caller/", {"phone": "13900001007"}).content.decode()
    assert "闵女士" not in page and "RY-" not in page


def test_the_page_comes_filled_in_for_a_known_number(desk: Client, cast: Cast) -> None:
    case = cast.complaint()
    page = desk.get("/reception/?tel=13900001007").content.decode()
    assert "139 0000 1007" in page and 'value="闵女士"' in page and case.number in page


def test_the_last_four_digits_are_enough_for_somebody_known(desk: Client, cast: Cast) -> None:
    known = cast.complaint().customer
    desk.post("/reception/", sheet(phone="1007", name="", home=""))
    case = Case.objects.latest("pk")
    assert (case.customer, case.contact_phone, case.contact_name) == (known, "13900001007", "闵女士")


def test_the_number_of_a_stranger_must_be_whole(desk: Client) -> None:
    answer = desk.post("/reception/", sheet(phone="1007"))
    assert answer.status_code == 422 and 'id="phone-wrong"' in answer.content.decode()


def test_this_is_what_they_mean_adds_to_the_open_case(desk: Client, cast: Cast) -> None:
    case = cast.complaint()
    answer = desk.post("/reception/", sheet(do=f"same:{case.number}", item=["还没人来"], wants="快点"))
    assert answer.url == f"/reception/{case.number}/?added=1" and Case.objects.count() == 1
    entry = case.journal.last()
    assert (entry.act, entry.data["words"]) == ("contact", "还没人来\n快点")


def test_another_sites_case_cannot_be_added_to_or_linked(client: Client, cast: Cast) -> None:
    case = cast.complaint()
    client.force_login(cast.wu_tong, backend=BACKEND)
    assert client.post("/reception/", sheet(do=f"same:{case.number}")).status_code == 404
    client.post("/reception/", sheet(same_as=str(case.pk)))
    assert Case.objects.exclude(pk=case.pk).get().same_as is None


def test_it_happened_again_names_the_earlier_case(desk: Client, cast: Cast) -> None:
    earlier = cast.complaint()
    desk.post("/reception/", sheet(same_as=str(earlier.pk)))
    assert Case.objects.exclude(pk=earlier.pk).get().same_as == earlier


def test_possible_duplicates_say_why(desk: Client, cast: Cast) -> None:
    other = cast.complaint(phone="13900002222", name="楼上老贺", home="6栋2单元1402")
    page = advice(desk, phone="13900003333", home="", name="", item=["2 单元电梯又停了，门打不开"])
    assert "可能是同一件事" in page and other.number in page and "都说到" in page and "门打不开" in page
    same_home = advice(desk, phone="", home="6栋2单元1402", item=["楼道灯不亮"], category=[""])
    assert "同一户" in same_home
    assert other.number not in advice(desk, phone="", home="", item=["物业费发票开错了"], category=[""])


def test_an_urgent_yes_shows_at_once_what_to_do_first(desk: Client, cast: Cast) -> None:
    page = desk.post("/reception/advice/", sheet(fact_U1="yes")).content.decode()
    fact = cast.pack.one("facts", "U1")
    assert fact.first_action in page and fact.duty in page


def test_advice_follows_the_answers(desk: Client) -> None:
    calm = desk.post("/reception/advice/", sheet()).content.decode()
    assert "没有符合更高等级的情形" in calm and "14:42 前" in calm
    grave = desk.post("/reception/advice/", sheet(fact_company_fault="yes", fact_heavy_loss="yes")).content.decode()
    assert "因公司过失造成重大经济损失" in grave and "重大" in grave


def test_suggested_questions_show_their_words_and_are_not_answered(desk: Client) -> None:
    desk.post("/reception/", sheet(item=["电梯困人了，有人被困在里面"], category=[""]))
    page = desk.post("/reception/advice/", sheet(item=["有人被困在电梯里"], category=[""])).content.decode()
    assert "听到“困在”、“被困”" in page
    assert "U1" not in Case.objects.get().facts


def test_dispatched_with_marked_questions_unanswered_the_grade_is_left_to_be_judged(desk: Client, cast: Cast) -> None:
    """What was heard and not asked is no finding: the department has it at once, and nobody is on record for “nothing more serious”."""
    desk.post("/reception/", sheet(item=["灯座往下滴水，说了两回没人理"], category=["leak"]))
    case = Case.objects.get()
    assert (case.judged, case.step) == (False, "judge")
    assert [part.department for part in case.parts.all()] == [cast.engineering]
    assert not case.journal.filter(act="judge").exists()


def test_dispatched_with_marked_questions_answered_it_is_judged(desk: Client) -> None:
    heard = sheet(item=["灯座往下滴水，说了两回没人理"], category=["leak"])
    asked = ("U1", "U10", "raised_before", "still_unsolved")
    desk.post("/reception/", heard | {f"fact_{fact}": "no" for fact in asked})
    assert Case.objects.get().judged


def test_the_page_says_that_an_unasked_grade_stays_open(desk: Client) -> None:
    assert "等级另定" in advice(desk, item=["有人被困在电梯里"], category=[""])
    assert "等级另定" not in advice(desk, item=["有人被困在电梯里"], category=[""], fact_U1="yes")
    assert "等级另定" in advice(desk), "the lift has stopped"
    assert "等级另定" not in advice(desk, fact_company_fault="yes"), "looked at, and the stopped lift would change nothing"
    assert "等级另定" not in advice(desk, item=["灯不亮"], category=[""])


def test_danger_left_unasked_out_of_hours_says_when_it_would_be_judged(desk: Client, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    trapped = {"item": ["有人被困在电梯里"], "category": [""]}
    assert "才有人定级" not in advice(desk, **trapped)
    monkeypatch.setattr("kesu.web.reception.views.now", lambda: at.replace(day=22, hour=20))  # Sunday evening
    assert "没问清，要到明天" in advice(desk, **trapped)
    assert "才有人定级" not in advice(desk, **trapped, fact_U1="yes")


def test_no_time_that_is_past_is_offered_to_the_caller(desk: Client) -> None:
    assert "2020 年" not in advice(desk, wanted_day="2020-01-01")
    assert "办好" in advice(desk, wanted_day="2020-01-01")


def test_without_script_lines_are_added_and_split(desk: Client) -> None:
    page = desk.post("/reception/", sheet(do="add")).content.decode()
    assert page.count('name="item"') == 3  # two and the blank one for scripts
    page = desk.post("/reception/", sheet(do="split:0", item=["1、门禁坏了\n2、灯不亮\n3、垃圾没人收"], category=[""])).content.decode()
    assert page.count('name="item"') == 4 and "门禁坏了" in page and "垃圾没人收" in page and not Case.objects.exists()


def test_the_receipt_has_link_code_and_text(desk: Client) -> None:
    url = desk.post("/reception/", sheet()).url
    case, page = Case.objects.get(), desk.get(url).content.decode()
    assert f"/c/{case.token}/" in page and "<svg" in page and case.number in page
    assert f"您的事已记下，编号 {case.number}。14:42 前有人接手。" in page


def test_strangers_learn_nothing(client: Client, cast: Cast) -> None:
    case = cast.complaint()
    assert client.get("/reception/").status_code == 302
    client.force_login(cast.zhou_hai, backend=BACKEND)
    assert client.get("/reception/").status_code == 404
    client.force_login(cast.wu_tong, backend=BACKEND)
    assert client.get(f"/reception/{case.number}/").status_code == 404
    client.force_login(cast.bai_shi, backend=BACKEND)
    assert client.get(f"/reception/{case.number}/").status_code == 404
    assert client.post("/reception/", sheet(site=str(cast.site.pk))).status_code in (302, 422)
    assert not Case.objects.filter(site=cast.site).exclude(pk=case.pk).exists()


def test_the_page_asks_few_questions_of_the_database(desk: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        cast.complaint(filed_key=f"k{n}")
    desk.get("/reception/?tel=13900001007")
    with django_assert_max_num_queries(16):
        desk.get("/reception/?tel=13900001007")
    with django_assert_max_num_queries(12):
        desk.post("/reception/advice/", sheet())


def test_english_readers_get_english(desk: Client, cast: Cast) -> None:
    desk.cookies["kesu_language"] = "en"
    page = desk.get("/reception/").content.decode()
    assert "Hotline" in page and "Greet and apologise" in page


INPUTS = Path(__file__).parent.parent / "data" / "inputs.jsonl"
PROPERTY = [row for line in INPUTS.read_text("utf-8").splitlines() if (row := json.loads(line))["sector"] == "property"]


def test_every_real_input_is_filed_whole(desk: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from kesu.web.reception import views

    for row in PROPERTY:
        heard = datetime.fromisoformat(row["heard_at"])
        monkeypatch.setattr(views, "now", lambda heard=heard: heard + timedelta(minutes=2))
        parts = split_items(row["text"])
        who = row["customer"]
        sent = sheet(
            item=parts, category=[""] * len(parts), phone=who["phone"] or "", name=who["name"] or "", home="", place=who["place"] or "",
            channel=row["channel"], heard_at=f"{heard:%Y-%m-%dT%H:%M}", filed_key=row["id"], do="record", raw=row["text"],
        )  # fmt: skip
        answer = desk.post("/reception/", sent)
        assert answer.status_code == 302, (row["id"], answer.content.decode()[:2000])
        case = Case.objects.get(filed_key=row["id"])
        assert [item.words for item in case.items.all()] == [part.strip() for part in parts]
        assert case.raw == row["text"].strip() and case.heard_at == heard
