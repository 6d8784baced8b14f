"""`kesu case`, `kesu verify`, `kesu demo`: what a machine and a person read, and what they say when something is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.cast import Cast

from kesu.complaints import actions
from kesu.complaints.files import Upload, stored
from kesu.complaints.models import Attachment, Case
from kesu.config.commands import case as case_command
from kesu.config.commands import demo, verify
from kesu.simulation.photo import photo

ROOT = Path(__file__).parents[2]


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def behind_the_back(statement: str, case: Case) -> None:
    """What somebody with the database's password could do; the journal itself refuses it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [case.pk])


def test_the_list_is_one_json_object_a_line_newest_first(cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    cast.complaint(), cast.judged(cast.complaint(at=at + timedelta(minutes=1)), at=at + timedelta(minutes=2))
    assert case_command.main(["list", "--json"]) == 0
    rows = [json.loads(line) for line in said(capsys).splitlines()]
    assert [(row["number"], row["stage"], row["lead"]) for row in rows] == [
        ("RY-261120-002", "sign", "工程部"),
        ("RY-261120-001", "judge", None),
    ]
    assert rows[1]["heard_at"] == "2026-11-20T14:32:00+08:00" == rows[1]["received_at"]
    assert {"grade", "nature", "site", "channel", "title", "closed_at", "round", "next_due_at", "late"} <= rows[0].keys()


def test_stage_and_limit_narrow_the_list(cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        cast.complaint()
    cast.judged(cast.complaint(), at=at)
    case_command.main(["list", "--json", "--stage", "judge"])
    assert len(said(capsys).splitlines()) == 3
    case_command.main(["list", "--json", "--stage", "judge", "--limit", "2"])
    assert len(said(capsys).splitlines()) == 2
    case_command.main(["list", "--stage", "sign"])
    assert "RY-261120-004" in said(capsys)


@pytest.mark.parametrize("words", [["list", "--stage", "nowhere"], ["list", "--limit", "0"]])
def test_wrong_words_are_told(words: list[str], db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert case_command.main(words) == 2
    assert "/" in capsys.readouterr().err


def test_one_case_with_record_clocks_why_and_journal(cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    case = cast.judged(cast.complaint(), at=at + timedelta(minutes=2))
    actions.sign(cast.zhou_hai, case.pk, at=at + timedelta(minutes=5))
    assert case_command.main([case.number, "--json"]) == 0
    seen = json.loads(said(capsys))
    assert seen["record"]["handler"] == "周海"
    assert [entry["act"] for entry in seen["journal"]] == ["receive", "judge", "dispatch", "sign"]
    assert [entry["before"] for entry in seen["journal"][1:]] == [entry["hash"] for entry in seen["journal"][:-1]]
    assert seen["journal"][3]["sentence"] == {"zh": "工程部签收", "en": "signed for by 工程部"}
    solve = next(clock for clock in seen["clocks"] if clock["obligation"] == "solve_minor")
    assert solve["due_at"] == solve["why"]["due"] == "2026-11-22T14:32:00+08:00"
    assert solve["why_words"]["zh"] and solve["why_words"]["en"]
    allowed = {row["act"] for row in seen["acts"]}
    assert {"investigate", "find_cause", "send_back"} <= allowed
    assert not {"close", "visit", "execute"} & allowed


def test_one_case_for_people(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert case_command.main([cast.complaint().number]) == 0
    assert "方静  受理客服电话投诉，共 1 件事" in said(capsys)


def test_an_unknown_number_is_told(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert case_command.main(["RY-990101-001"]) == 1
    assert "没有编号为 RY-990101-001 的投诉" in capsys.readouterr().err


def test_verify_finds_nothing_where_nothing_was_touched(cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    cast.judged(cast.complaint(uploads=[photo(1)]), at=at)
    assert verify.main([]) == 0
    assert "1 件投诉，3 条经过，1 个附件" in said(capsys)


def test_verify_names_case_and_entry_that_were_touched(cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    cast.complaint()
    case = cast.judged(cast.complaint(), at=at)
    behind_the_back("UPDATE complaints_journalentry SET name = '别人' WHERE case_id = %s AND n = 2", case)
    assert verify.main(["--json"]) == 1
    faults = json.loads(said(capsys))["faults"]
    assert [(row["number"], row["entry"]) for row in faults] == [(case.number, 2)]


def test_verify_notices_a_journal_cut_off_at_its_end(cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    case = cast.judged(cast.complaint(), at=at)
    behind_the_back("DELETE FROM complaints_journalentry WHERE case_id = %s AND n = 3", case)
    assert verify.main([]) == 1
    assert f"{case.number}：第 2 条之后被截断或改动" in capsys.readouterr().err


def test_verify_notices_a_case_taken_out_of_its_day(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    gone, _ = cast.complaint(), cast.complaint()
    behind_the_back("DELETE FROM complaints_journalentry WHERE case_id = %s", gone)
    Case.objects.filter(pk=gone.pk).delete()
    assert verify.main([]) == 1
    assert "RY 2026-11-20：缺第 1 号" in capsys.readouterr().err


@pytest.mark.parametrize(("harm", "words"), [(Path.unlink, "不见了"), (lambda path: path.write_bytes(b"\xff\xd8\xff other"), "被改动过")])
def test_verify_looks_at_the_files(harm, words: str, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    data = b"\xff\xd8\xff" + words.encode()
    case = cast.complaint(uploads=[Upload("门口.jpg", len(data), [data])])
    harm(stored(Attachment.objects.get().sha256))
    assert verify.main([]) == 1
    assert f"{case.number}：附件“门口.jpg”{words}" in capsys.readouterr().err


def test_demo_refuses_what_it_cannot_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main(["--until", "gestern"]) == 2
    assert "--until" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.once
def test_demo_fills_an_empty_installation_and_no_other(tmp_path: Path) -> None:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("KESU_", "DJANGO_", "PYTEST_"))}
    env |= {"KESU_DATA": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}

    def kesu(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "kesu", *words], env=env, capture_output=True, text=True, timeout=300)

    first = kesu("demo", "--months", "1", "--until", "2026-11-20T14:32")
    assert first.returncode == 0, first.stderr
    assert "fangjing" in first.stdout and "kesu-2026!" in first.stdout and "接待员 / Receptionist" in first.stdout
    assert kesu("verify").stdout.startswith("OK")
    counted = kesu("figures", "rebuild", "--processes", "2")
    assert counted.returncode == 0 and "cases counted" in counted.stdout and "[████" in counted.stderr, counted.stderr
    assert "no differences" in kesu("figures", "rebuild", "--check", "--processes", "2").stdout
    again = kesu("demo", "--months", "1")
    assert again.returncode == 1 and "已经有公司的资料" in again.stderr


def test_a_case_as_one_person_reads_it(cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever sees the customer masked on the page does so here; whoever sees nothing of the case is told so (S-19)."""
    case = cast.judged(cast.complaint(name="闵若兰", items=[("闵若兰说电梯停了，打 139 0000 1007", "lift")]), at=at)
    assert case_command.main([case.number, "--json", "--as", "luoqing"]) == 0
    text = said(capsys)
    assert "闵若兰" not in text and not re.search(r"\b1103|元1103", text)  # nor in part of a hash
    assert "139 0000 1007" not in text and "13900001007" not in text
    assert (record := json.loads(text)["record"])["contact_name"] == "闵**" and record["home"] == "6栋"
    assert case_command.main([case.number, "--as", "linxiao"]) == 0 and "闵若兰" in said(capsys)
    assert case_command.main([case.number, "--as", "baishi"]) == case_command.main([case.number, "--as", "nobody"]) == 1
