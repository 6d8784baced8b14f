"""Records, warnings and reports by a program: as on their pages, each to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests.api.conftest import Program, warned
from tests.cast import Cast
from tests.complaints.story import minutes, on
from tests.reporting.made import drafted

from kesu.complaints import actions as complaints
from kesu.complaints.models import Case
from kesu.improvement.models import Capa
from kesu.insights import duties
from kesu.performance.actions import opening
from kesu.performance.models import Recognition, Review
from kesu.reporting.models import Report
from kesu.warnings.models import Change, Warning, WarningEntry

pytestmark = pytest.mark.django_db
Programs = Callable[..., Program]


def lifts(cast: Cast, at: datetime, n: int = 2) -> list[Case]:
    return [cast.complaint(at=at, phone=f"1390000300{i}", home=f"6栋2单元120{i}") for i in range(n)]


def test_a_warning_is_read_taken_answered_put_right_and_closed(cast: Cast, program: Programs, at: datetime) -> None:
    cases = lifts(cast, at)
    row, head = warned(cast, at, cases), program(cast.he_wei)
    (listed,) = head.get("/warnings").json()["warnings"]
    assert (listed["number"], listed["state"], listed["observed"]) == (row.number, "open", 2)
    assert "榕砚里" in listed["said"] and "more than usual" in listed["said_en"]
    shown = head.get(f"/warnings/{row.number}")
    assert set(shown.json()["cases"]) == {case.number for case in cases} and shown.json()["unseen"] == 0
    assert head.get(f"/warnings/{row.number}", If_None_Match=shown["ETag"]).status_code == 304
    act = f"/warnings/{row.number}/acts"
    taken = head.post(f"{act}/take", {}, If_Match=shown["ETag"], Idempotency_Key="t")
    assert (taken.status_code, taken.json()["state"], taken.json()["person"]) == (200, "taken", cast.he_wei.pk), taken.content
    again = head.post(f"{act}/take", {}, If_Match=shown["ETag"], Idempotency_Key="t")
    assert again["Idempotency-Replayed"] == "true" and WarningEntry.objects.filter(act="take").count() == 1
    stale = head.post(f"{act}/answer", {"outcome": "chance", "words": "看过了"}, If_Match=shown["ETag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    wordless = head.post(f"{act}/answer", {"outcome": "chance", "words": " "})
    assert (wordless.status_code, wordless.json()["field"]) == (422, "words")
    assert head.post(f"{act}/close", {"words": ""}).json()["code"] == "not_answered"
    answered = head.post(f"{act}/answer", {"outcome": "measures", "words": "换门机皮带"})
    assert (answered.json()["outcome"], answered.json()["answers"][0]["words"]) == ("measures", "换门机皮带")
    put_right = head.post(f"{act}/capa", {"problem": "电梯反复停运"})
    assert put_right.json()["record"] == Capa.objects.get().number, put_right.content
    closed = head.post(f"{act}/close", {"words": ""})
    assert closed.json()["state"] == "closed" and closed["ETag"] == f'"{Warning.objects.get().journal_n}"'
    not_theirs = program(cast.fang_jing).post(f"{act}/take", {})
    assert (not_theirs.status_code, not_theirs.json()["code"]) == (403, "not_allowed")


def test_reading_alone_acts_on_nothing(cast: Cast, program: Programs, at: datetime) -> None:
    row, report, reader = warned(cast, at, lifts(cast, at)), drafted(cast, at), program(cast.he_wei, ("read",))
    assert reader.get(f"/warnings/{row.number}").status_code == reader.get(f"/reports/{report.pk}").status_code == 200
    assert reader.post(f"/warnings/{row.number}/acts/take", {}).json()["code"] == "scope"
    assert reader.post(f"/reports/{report.pk}/acts/recount", {}).json()["code"] == "scope"


def test_a_report_is_commented_returned_approved_by_another_and_frozen(cast: Cast, program: Programs, at: datetime) -> None:
    lifts(cast, at)
    report, writer, chief = drafted(cast, at), program(cast.lin_xiao), program(cast.he_wei)
    shown = writer.get(f"/reports/{report.pk}").json()
    assert shown["may"] == ["comment", "recount", "submit"] and chief.get(f"/reports/{report.pk}").json()["may"] == []
    parts = [part["id"] for part in shown["content"]["zh-hans"]["parts"]]
    act = f"/reports/{report.pk}/acts"
    assert writer.post(f"{act}/submit", {}).json()["code"] == "no_comment"
    wrong = writer.post(f"{act}/comment", {"words": {"made-up": "x"}})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (422, "part", "made-up")
    assert writer.post(f"{act}/comment", {"words": {parts[0]: "电梯两件"}}).json()["comments"] == {parts[0]: "电梯两件"}
    assert writer.post(f"{act}/recount", {}, If_Match=f'"{Report.objects.get(pk=report.pk).journal_n}"').status_code == 200
    assert writer.post(f"{act}/submit", {}).json()["state"] == "submitted"
    assert chief.post(f"{act}/send_back", {"words": "写上原因"}).json()["state"] == "draft"
    handed = writer.post(f"{act}/submit", {})
    own = writer.post(f"{act}/approve", {"digest": handed.json()["digest"]})
    assert own.status_code == 403, own.content
    assert chief.get(f"/reports/{report.pk}").json()["may"] == ["approve", "send_back"]
    assert chief.post(f"{act}/approve", {"digest": "of another"}).json()["code"] == "changed"
    done = [chief.post(f"{act}/approve", {"digest": handed.json()["digest"]}, Idempotency_Key="a", If_Match=handed["ETag"]) for _ in "12"]
    assert [row.json()["state"] for row in done] == ["approved", "approved"] and done[1]["Idempotency-Replayed"] == "true"
    assert all(len(done[0].json()[name]) == 64 for name in ("sha256", "sha256_en"))
    assert writer.post(f"{act}/comment", {"words": {}}).json()["code"] == "approved"
    assert [row["number"] for row in chief.get("/reports").json()["reports"]] == [report.pk]


def test_a_self_review_is_between_two_people_to_programs_too(
    cast: Cast, program: Programs, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    complaints.sign(cast.zhou_hai, case.pk, at=at)
    complaints.transfer(cast.zhou_hai, case.pk, to=cast.ma_qiang.pk, reason="马强办", at=at + minutes(1))
    duties.forget()
    opening.forget()
    later = on("12-01", "10:00")
    for name in ("chained", "door", "reviewed"):
        monkeypatch.setattr(f"kesu.api.{name}.now", lambda: later)
    assert opening.open_due(later) > 0
    row = Review.objects.get(person=cast.ma_qiang)
    own, head, third = (program(person) for person in (cast.ma_qiang, cast.zhou_hai, cast.su_min))
    assert own.get("/reviews").json()["reviews"][0]["title"].endswith("马强")
    shown = own.get(f"/reviews/{row.pk}")
    assert (shown.json()["owes"], [one["number"] for one in shown.json()["cases"]]) == ("write", [case.number])
    assert third.get(f"/reviews/{row.pk}").status_code == 404 and third.get("/reviews").json()["reviews"] == []
    act = f"/reviews/{row.pk}/acts"
    assert third.post(f"{act}/add", {"said": "我也说一句"}).status_code == 404
    wordless = own.post(f"{act}/write", {"well": "接得快", "change": " "})
    assert (wordless.status_code, wordless.json()["field"]) == (422, "change")
    written = own.post(f"{act}/write", {"well": "接得快", "change": "当天回话"}, If_Match=shown["ETag"], Idempotency_Key="w")
    assert (written.json()["state"], written.json()["said"][0]["words"]["change"]) == ("written", "当天回话"), written.content
    assert own.post(f"{act}/answer", {"said": "我自己答"}).status_code == 403
    assert head.post(f"{act}/answer", {"said": "看到了，给你加个人"}).json()["state"] == "answered"
    assert head.get(f"/reviews/{row.pk}").json()["owes"] == ""
    said = {"case": case.number, "who": cast.ma_qiang.pk, "words": "一直陪着"}
    thanks = [head.post("/recognitions", said, Idempotency_Key="r") for _ in "12"]
    assert [one.status_code for one in thanks] == [201, 201] and Recognition.objects.count() == 1, thanks[0].content
    assert own.get("/recognitions").json()["received"][0]["words"] == "一直陪着"
    assert own.post("/recognitions", said | {"words": "我真棒"}).status_code in (403, 409, 422)


def test_records_are_listed_page_by_page_and_withdrawn(cast: Cast, program: Programs, at: datetime) -> None:
    quality, numbers = program(cast.luo_qing), []
    for case in lifts(cast, at, 3):
        opened = quality.post("/improvement", {"cases": [case.number], "problem": "电梯反复停运"})
        assert opened.status_code == 201 and opened.json()["cases"] == [case.number], opened.content
        numbers.append(opened.json()["number"])
    first = quality.get("/improvement?limit=2").json()
    rest = quality.get(f"/improvement?limit=2&cursor={first['next']}").json()
    assert [row["number"] for page in (first, rest) for row in page["improvement"]] == numbers[::-1] and rest["next"] is None
    gone = program(cast.shen_yue).post(f"/improvement/{numbers[0]}/acts/withdraw", {"reason": "一件事立了两次"})
    assert (gone.status_code, gone.json()["stage"], gone.json()["verdict"]) == (200, "closed", "withdrawn"), gone.content
    stale = quality.post(f"/improvement/{numbers[1]}/acts/note", {"words": "x"}, If_Match='"99"')
    assert stale.status_code == 412
    assert quality.get("/improvement?cursor=x").status_code == 422


def test_a_training_is_noted_and_taken_back(cast: Cast, program: Programs, at: datetime) -> None:
    head = program(cast.he_wei)
    body = {"name": "门岗培训", "day": "2026-11-02", "site": cast.site.pk, "category": "lift"}
    made = [head.post("/changes", body, Idempotency_Key="c") for _ in "12"]
    assert [row.status_code for row in made] == [201, 201] and Change.objects.count() == 1, made[0].content
    assert [row["name"] for row in head.get("/changes").json()["changes"]] == ["门岗培训"]
    other_site = head.post("/changes", body | {"site": cast.other_site.pk})
    assert other_site.status_code == 404
    number = made[0].json()["id"]
    assert program(cast.luo_qing).post(f"/changes/{number}/acts/drop", {}).status_code == 404
    assert head.post(f"/changes/{number}/acts/drop", {}).json() == {"id": number} and not Change.objects.exists()
