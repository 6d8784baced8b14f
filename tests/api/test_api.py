"""The interface through its door: the same acts, rights and refusals as on the pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from tests.api.conftest import Program, warned
from tests.cast import Cast
from tests.reporting.made import drafted

import kesu
from kesu.api.acting import ELSEWHERE, NAMED, TOGETHER, acts
from kesu.api.door import Pace
from kesu.api.urls import api
from kesu.complaints import actions
from kesu.complaints.models import Case, JournalEntry
from kesu.exchange.actions import revoke_token
from kesu.exchange.models import KeptAnswer, Token
from kesu.procedure.act import STAFF
from kesu.procedure.acts import ACTS
from kesu.procedure.improving import RECORD_ACTS
from kesu.warnings.actions import add_change
from kesu.warnings.outcomes import ACTS as WARNING_ACTS

pytestmark = pytest.mark.django_db
Programs = Callable[..., Program]
LIFT = {
    "channel": "hotline",
    "items": [{"words": "6 栋 2 单元电梯停在 3 层，门打不开", "category": "lift"}],
    "name": "闵女士",
    "phone": "13900001007",
}


def complaint(cast: Cast, **more: Any) -> dict[str, Any]:
    return LIFT | {"site_id": cast.site.pk} | more


def test_a_complaint_from_filing_to_signing(cast: Cast, program: Programs, at: datetime) -> None:
    """Received, judged, dispatched, signed by four programs; the case says the same as its page."""
    filed = program(cast.fang_jing).post("/cases", complaint(cast))
    assert filed.status_code == 201, filed.content
    number = filed.json()["number"]
    assert program(cast.lin_xiao).act(number, "judge", {"nature": "valid", "facts": {"U1": True}}).status_code == 200
    sent = program(cast.lin_xiao).act(number, "dispatch", {"lead": cast.engineering.pk})
    assert (sent.status_code, sent.json()["step"]) == (200, "sign")
    head = program(cast.zhou_hai)
    assert head.act(number, "sign").json()["step"] != "sign"
    shown = head.get(f"/cases/{number}").json()
    case = Case.objects.get(number=number)
    assert shown["n"] == case.journal_n and shown["handler"] == cast.zhou_hai.pk
    assert shown["contact_phone"] in ("139 **** 1007", "13900001007") and shown["items"][0]["category"] == "lift"
    said = [entry["act"] for entry in head.get(f"/cases/{number}/journal").json()["entries"]]
    assert said == list(JournalEntry.objects.filter(case=case).order_by("n").values_list("act", flat=True))
    limits = head.get(f"/cases/{number}/clocks").json()["clocks"]
    assert limits and all(row["why"] for row in limits)
    assert [row["case"] for row in head.get("/work").json()["owed"]].count(number) >= 1


def test_every_act_of_the_table_has_a_route() -> None:
    """Whoever adds an act to the table gets its route, or says here where it is."""
    paths = api.get_openapi_schema()["paths"]
    for name, act in ACTS.items():
        if STAFF in act.by and name not in ELSEWHERE:
            assert f"/api/v1/cases/{{number}}/acts/{name}" in paths, name
    assert {"/api/v1/cases", "/api/v1/cases/{number}/files"} <= set(paths)
    assert set(NAMED) <= set(acts())


# Acts packages whose functions have no routes, and why.
NOT_HERE = {
    "company": "setting up: who has a token of somebody who sets up must not be able to make people, rights and rules with it",
    "exchange": "tokens, web hooks and imports are made by people who are signed in: a token that leaks must not make another",
    "insights": "counts what happened; exposure, targets and wall-boards are set up on pages",
}
# Functions of acts packages that no program calls, and why.
NO_ROUTE = {
    "complaints.take_over": "old records come by import",
    "warnings.record": "what the scan found",
    "performance.open_due": "the procedure asks for self-reviews on its day",
}
OPERATIONS = {  # functions whose operation is not called as they are
    "complaints.receive": "receive", "complaints.return_form": "return", "complaints.put_right": "open_record",
    "improvement.open_capa": "open_record", "warnings.open_capa": "warning_capa", "warnings.add_change": "add_change",
    "warnings.drop_change": "drop_change", "performance.recognise": "recognise",
}  # fmt: skip
PREFIX = {"complaints": "", "improvement": "record_", "warnings": "warning_", "reporting": "report_", "performance": "review_"}


def test_every_act_of_every_wing_has_a_route() -> None:
    """Whoever adds an act to a table, or to what a wing's actions offer, gets its operation, or says here why there is none."""
    described = api.get_openapi_schema()["paths"].values()
    operations = {method["operationId"] for path in described for method in path.values()}
    wings = {path.parent.parent.name for path in Path(kesu.__file__).parent.glob("*/actions/__init__.py")}
    assert wings == set(PREFIX) | set(NOT_HERE)
    tables = {"improvement": RECORD_ACTS, "warnings": WARNING_ACTS}
    acted = [f"{wing}.{name}" for wing, table in tables.items() for name, act in table.items() if STAFF in act.by and name != "open"]
    for wing in PREFIX:
        offered = import_module(f"kesu.{wing}.actions")
        acted += [f"{wing}.{name}" for name in offered.__all__ if isinstance(getattr(offered, name), FunctionType)]
    missing = []
    for act in acted:
        wing, name = act.split(".")
        by_system = wing == "complaints" and (name not in ACTS or STAFF not in ACTS[name].by) and name not in TOGETHER
        if act not in NO_ROUTE and not by_system and OPERATIONS.get(act, PREFIX[wing] + name) not in operations:
            missing.append(act)
    assert missing == []
    assert set(NO_ROUTE) <= set(acted) and set(OPERATIONS.values()) <= operations


def test_the_same_key_files_once(cast: Cast, program: Programs) -> None:
    """Sent twice: one case, the same answer. Another body under the same key is an error, whatever it says."""
    desk = program(cast.fang_jing)
    first = desk.post("/cases", complaint(cast), Idempotency_Key="a1")
    again = desk.post("/cases", complaint(cast), Idempotency_Key="a1")
    assert (again.status_code, again.content, again["ETag"]) == (201, first.content, first["ETag"])
    assert again["Idempotency-Replayed"] == "true"
    other = desk.post("/cases", complaint(cast, name="别人"), Idempotency_Key="a1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    KeptAnswer.objects.all().delete()  # as if we had died between filing and keeping the answer
    assert desk.post("/cases", complaint(cast), Idempotency_Key="a1").json()["number"] == first.json()["number"]
    assert Case.objects.filter(company=cast.company).count() == 1
    assert program(cast.fang_jing).post("/cases", complaint(cast), Idempotency_Key="a1").json()["number"] != first.json()["number"]


def test_the_same_key_acts_once(cast: Cast, program: Programs) -> None:
    """An act under a key is done once; a refusal is not kept, for nothing has happened."""
    case, desk = cast.complaint(), program(cast.fang_jing)
    refused = desk.act(case.number, "note", {"words": " "}, Idempotency_Key="n1")
    assert (refused.status_code, refused.json()["field"]) == (422, "words")
    for _ in range(2):
        assert desk.act(case.number, "note", {"words": "又来电话问"}, Idempotency_Key="n1").status_code == 200
    assert JournalEntry.objects.filter(case=case, act="note").count() == 1


def test_etags(cast: Cast, program: Programs) -> None:
    """304 while nothing has happened; an act on what has moved on since is 412 and does nothing."""
    case, desk = cast.complaint(), program(cast.fang_jing)
    etag = desk.get(f"/cases/{case.number}")["ETag"]
    assert desk.get(f"/cases/{case.number}", If_None_Match=etag).status_code == 304
    assert desk.act(case.number, "note", {"words": "一"}, If_Match=etag).status_code == 200
    stale = desk.act(case.number, "note", {"words": "二"}, If_Match=etag)
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    assert desk.get(f"/cases/{case.number}", If_None_Match=etag).status_code == 200
    assert JournalEntry.objects.filter(case=case, act="note").count() == 1


def test_refusals_have_their_codes(cast: Cast, program: Programs) -> None:
    case = cast.complaint()
    not_theirs = program(cast.fang_jing).act(case.number, "close", {})
    assert (not_theirs.status_code, not_theirs.json()["code"]) == (403, "not_allowed")
    desk = program(cast.fang_jing)
    bad = desk.post("/cases", complaint(cast, phone="1390000100"))
    assert (bad.status_code, bad.json()["code"], bad.json()["field"]) == (422, "phone", "phone")
    misspelled = desk.post("/cases", complaint(cast, phon="139"))
    assert (misspelled.status_code, misspelled.json()["code"]) == (422, "invalid")
    assert desk.post("/cases", "{not json").status_code == 400
    assert desk.post("/cases", complaint(cast, name="a\x00b")).status_code == 422
    assert desk.act(case.number, "note", '{"words": "\\ud800"}').status_code in (400, 422)
    early = program(cast.zhou_hai).act(case.number, "sign")
    assert early.status_code == 404  # nothing was sent to his department: he does not see the case


def test_pages_of_cases(cast: Cast, program: Programs, at: datetime) -> None:
    numbers = [cast.complaint(at=at + timedelta(minutes=n), phone=f"1390000{n:04}").number for n in range(5)]
    desk, found, cursor = program(cast.fang_jing), [], ""
    while True:
        page = desk.get(f"/cases?limit=2&cursor={cursor}").json()
        found += [row["number"] for row in page["cases"]]
        if not (cursor := page["next"] or ""):
            break
    assert found == numbers[::-1]
    assert desk.get("/cases?cursor=x").status_code == 422
    assert [row["number"] for row in desk.get(f"/cases?q={numbers[2]}").json()["cases"]] == [numbers[2]]


def test_tokens(cast: Cast, program: Programs, at: datetime) -> None:
    """Unknown, expired, revoked, of somebody who has left: 401. Without the scope: 403. Only a digest is stored."""
    assert Program("").get("/me").status_code == 401
    assert Program("kesu_guess").get("/me")["WWW-Authenticate"].startswith("Bearer")
    reader = program(cast.fang_jing, ("read",))
    assert reader.get("/me").json()["name"] == "方静"
    assert (reader.post("/cases", complaint(cast)).status_code, reader.act("x", "note", {"words": "x"}).status_code) == (403, 403)
    assert not Token.objects.filter(digest__contains="kesu_").exists()
    row = Token.objects.get()
    row.expires_at = at
    row.save()
    assert reader.get("/me").status_code == 401
    second = program(cast.fang_jing)
    revoke_token(cast.tang_qing, Token.objects.latest("pk").pk, at)
    assert second.get("/me").status_code == 401
    third = program(cast.zhou_hai)
    cast.zhou_hai.is_active = False
    cast.zhou_hai.save()
    assert third.get("/me").status_code == 401


def test_a_program_that_asks_too_often(cast: Cast, program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kesu.api.door.pace", Pace())
    monkeypatch.setenv("KESU_API_RATE", "3")
    desk = program(cast.fang_jing)
    answers = [desk.get("/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0 and program(cast.fang_jing).get("/me").status_code == 200


def test_processes_share_the_minute_of_a_token(cast: Cast, program: Programs, at: datetime) -> None:
    """Two processes count together; a new minute begins anew; a state that somebody else has changed meanwhile is not written over."""
    program(cast.fang_jing)
    token, one, other = Token.objects.latest("pk").pk, Pace(), Pace()
    passed = sum(not pace.wait(token, 40, at) for _ in range(40) for pace in (one, other))
    assert passed == 40 and one.wait(token, 40, at + timedelta(seconds=59)) == 1
    assert not other.wait(token, 40, at + timedelta(seconds=60)) and not one.wait(token, 40, at + timedelta(seconds=61))
    assert Token.objects.get(pk=token).window_n == 4  # two for each: not every request is written down


def test_files_by_the_interface(cast: Cast, program: Programs) -> None:
    """A large file as multipart, a small one inside an act; what is no picture is refused in words."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from tests.web.test_routes_stranger import PNG

    case, desk = cast.complaint(), program(cast.fang_jing)
    for key in ("f1", "f1"):
        sent = desk._client.post(
            f"/api/v1/cases/{case.number}/files",
            {"file": SimpleUploadedFile("a.png", PNG)},
            headers=desk._headers({"Idempotency-Key": key}),
        )
        assert sent.status_code == 200, sent.content
    assert [row["name"] for row in desk.get(f"/cases/{case.number}").json()["files"]] == ["a.png"]
    script = desk._client.post(
        f"/api/v1/cases/{case.number}/files", {"file": SimpleUploadedFile("a.png", b"<script>")}, headers=desk._headers({})
    )
    assert (script.status_code, script.json()["code"]) == (422, "file_kind")


def test_consent_and_health_data_by_the_interface(cast: Cast, program: Programs) -> None:
    """With consent the files sent with it are marked; without it none can be; what the procedure does not ask is refused."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from tests.web.test_routes_stranger import PNG

    desk = program(cast.fang_jing)
    photo = {"name": "手.png", "content": base64.b64encode(PNG).decode()}
    filed = desk.post("/cases", complaint(cast, consents={"health": True}, uploads=[photo]))
    assert filed.status_code == 201, filed.content
    case = Case.objects.get(number=filed.json()["number"])
    assert case.consents == {"health": "given"} and [row.health for row in case.attachments.all()] == [True]
    number = case.number
    for consent, status in ((True, 200), (False, 422)):
        if not consent:
            desk.post(f"/cases/{number}/acts/withdraw_consent", {"matter": "health"})
        sent = desk._client.post(
            f"/api/v1/cases/{number}/files?health=true", {"file": SimpleUploadedFile("b.png", PNG)}, headers=desk._headers({})
        )
        assert sent.status_code == status, sent.content
    assert sent.json()["code"] == "no_consent"
    assert desk.post("/cases", complaint(cast, consents={"made_up": True})).status_code == 422


def everything(cast: Cast) -> tuple[int, int]:
    return JournalEntry.objects.filter(case__company=cast.company).count(), Case.objects.filter(company=cast.company).count()


@pytest.mark.parametrize("stranger", ["bai_shi", "zheng_chuan"])
def test_strangers_learn_nothing(cast: Cast, program: Programs, at: datetime, stranger: str) -> None:
    """Every route as somebody of another company, or of another site: 404 or 422, never a word, never a trace."""
    case = cast.judged(cast.complaint(items=[("闵女士的事别人不该知道", "lift")]), at=at)
    capa_of = __import__("kesu.improvement.actions", fromlist=["open_capa"]).open_capa
    capa = capa_of(cast.luo_qing, [case.pk], problem="闵女士的事别人不该知道", at=at)
    row, change = warned(cast, at, [case]), add_change(cast.luo_qing, name="给闵女士换电梯", day=at.date(), at=at)
    ours = {"/cases": case.number, "/improvement": capa.number, "/warnings": row.number, "/reports": str(drafted(cast, at).pk)}
    who, before = program(getattr(cast, stranger)), everything(cast)
    for path, methods in api.get_openapi_schema()["paths"].items():
        address = path.removeprefix("/api/v1").replace("{inquiry}", "1").replace("{change}", str(change.pk))
        address = address.replace("{number}", ours.get("/" + address.split("/")[1], ""))
        for method in methods:
            sent = {"words": "x", "reason": "x", "nature": "valid", "channel": "phone", "to": 1}
            answer = who.get(address) if method == "get" else who.post(address, sent)
            assert answer.status_code < 500, (path, answer.content)
            assert "闵女士" not in answer.content.decode(), path
            if "{" in path:
                assert answer.status_code in (404, 422), (path, answer.status_code)
    assert who.act(case.number, "note", {"words": "x"}).status_code == 404
    assert who.get(f"/cases/{case.number}").status_code == 404
    assert who.post("/cases", complaint(cast)).status_code == 404
    assert [who.get(f"/{name}").json()[name] for name in ("improvement", "warnings", "reports")] == [[], [], []]
    assert who.get("/cases").json()["cases"] == [] and who.get(f"/cases?q={case.number}").json()["cases"] == []
    assert everything(cast) == before


def test_corrective_action(cast: Cast, program: Programs) -> None:
    case, quality = cast.complaint(), program(cast.luo_qing)
    opened = quality.post("/improvement", {"cases": [case.number], "problem": "电梯一个月坏三次"}, Idempotency_Key="r")
    assert opened.status_code == 201, opened.content
    number = opened.json()["number"]
    row = {"kind": "corrective", "what": "换皮带", "owner": {"person": cast.zhou_hai.pk}, "due_at": "2026-11-30T10:00:00+08:00"}
    done = quality.post(f"/improvement/{number}/acts/measure", row)
    assert done.status_code == 200 and done.json()["measures"][0]["what"] == "换皮带", done.content
    assert quality.get(f"/improvement/{number}").json()["n"] == done.json()["n"]


def test_the_description(cast: Cast, client: Any) -> None:
    """It is served to whoever asks, is 3.1, and every route names its errors; nothing of others' making is collected as static."""
    found = json.loads(client.get("/api/v1/openapi.json").content)
    assert found["openapi"].startswith("3.1")
    for path, methods in found["paths"].items():
        for method, row in methods.items():
            codes = set(row["responses"])
            assert {"400", "401", "403", "404", "413", "422", "429", "503"} <= codes, (path, method)
            assert method == "get" or {"409", "412"} <= codes, (path, method)
    from django.contrib.staticfiles.finders import get_finders

    assert not [name for finder in get_finders() for name, _ in finder.list([]) if name.endswith(".map") or "swagger" in name]


def test_the_description_is_made_once(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody needs a token to ask for it, and making it takes a second: asking again and again must not keep a process busy."""
    first = client.get("/api/v1/openapi.json").content
    monkeypatch.setattr("ninja.main.get_schema", lambda **_: pytest.fail("made again"))
    assert client.get("/api/v1/openapi.json").content == first


def test_statement_by_the_one_who_was_asked(cast: Cast, program: Programs, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.name_person(cast.he_wei, case.pk, who=cast.chen_li.pk, at=at)
    named = case.complained.get()
    actions.ask_statement(cast.he_wei, case.pk, complained_id=named.pk, words="您当时在哪", at=at)
    inquiry = case.inquiries.get()
    assert program(cast.zhou_hai).post(f"/inquiries/{inquiry.pk}/statement", {"words": "在岗"}).status_code == 404
    assert program(cast.chen_li).post(f"/inquiries/{inquiry.pk}/statement", {"words": "在岗"}).status_code == 200
