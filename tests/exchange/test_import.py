"""Files come in: by the page and by the command, in every spelling, interrupted, twice, with mistakes."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.complaints.story import chain_holds

from kesu.company.models import Grant, Person
from kesu.complaints.models import Case, Clock, JournalEntry, Notice
from kesu.complaints.queries import cases
from kesu.complaints.queries.histories import seen_by
from kesu.customers.models import Customer, Home
from kesu.exchange import strays
from kesu.exchange.actions import imports
from kesu.exchange.models import Import, ImportFault
from kesu.exchange.tables import opened
from kesu.procedure.refused import Refused

pytestmark = pytest.mark.django_db
CASES = "工单编号,诉求内容,受理时间,来电人,联系电话,地址,办结时间,办理结果\n"


def prepared(who: Person, kind: str, text: str | bytes, at: datetime, name: str = "a.csv", **settled: str) -> Import:
    whole = imports.prepare(who, kind, name, [text.encode() if isinstance(text, str) else text], at)
    return imports.map_columns(who, whole.pk, whole.columns, settled, at)


def taken(who: Person, whole: Import, at: datetime, *, dry: bool = False) -> tuple[int, int, int]:
    imports.start(who, whole.pk, at, dry=dry)
    whole = imports.run(whole.pk, at)
    assert whole.state == "done", whole.why
    return whole.added, whole.known, whole.refused


def faults(whole: Import) -> list[tuple[int, str]]:
    return list(ImportFault.objects.filter(whole=whole).values_list("row", "zh"))


def test_a_platforms_file(cast: Cast, at: datetime) -> None:
    """Open orders are received with our clocks from when the platform heard them; closed ones are history without clocks; the same
    file again adds nothing, though a row has moved; their number finds the case."""
    heard = (at - timedelta(hours=3)).strftime("%Y-%m-%d %H:%M")
    rows = [
        f"JD-1,电梯又停了,{heard},闵女士,13900001007,6栋2单元1103,,",
        "JD-2,路灯坏,2026/3/5 9:12,孙先生,13900001008,1栋101,2026/3/7 18:00,换了灯泡",
    ]
    text = CASES + "\n".join(rows)
    whole = prepared(cast.fang_jing, "cases", text, at, site="RY", channel="referral", source="12345")
    assert taken(cast.fang_jing, whole, at, dry=True) == (2, 0, 0)
    assert not Case.objects.exists() and not Notice.objects.exists()
    assert taken(cast.fang_jing, whole, at) == (2, 0, 0)
    open_case, past = (cases.search(cast.fang_jing, number, at)[0] for number in ("JD-1", "JD-2"))
    assert open_case.heard_at == at - timedelta(hours=3) and open_case.is_open and Clock.objects.filter(case=open_case).exists()
    assert (past.step, past.outcome, past.closed_at and past.closed_at.date().isoformat()) == ("done", "resolved", "2026-03-07")
    assert "260305" in past.number and not Clock.objects.filter(case=past).exists() and chain_holds(past)
    assert list(JournalEntry.objects.filter(case=past).values_list("act", flat=True)) == ["receive", "close", "taken_over"]
    assert {entry.written_at for entry in JournalEntry.objects.filter(case=past)} == {at}
    assert list(seen_by(cast.luo_qing, at)) == [open_case]  # a replay passes over what was never measured
    moved = prepared(cast.fang_jing, "cases", CASES + "\n".join(reversed(rows)), at, site="RY", channel="referral", source="12345")
    assert taken(cast.fang_jing, moved, at) == (0, 2, 0)
    other = prepared(cast.fang_jing, "cases", text, at, site="RY", channel="referral", source="12315")
    assert taken(cast.fang_jing, other, at) == (2, 0, 0)  # another platform's JD-1 is another complaint


def test_rows_that_are_wrong(cast: Cast, at: datetime) -> None:
    """Each refused row with its own words and the reason; the others are taken; the download, mended, goes in."""
    text = CASES + (
        "1,,2026-11-19,甲,13900001001,,,\n2,漏水,2026-13-40,乙,13900001002,,,\n3,漏水,2026-11-19,丙,1390000,,,\n"
        "4,漏水,2026-11-19 10:00,丁,13900001004,,,\n5,=HYPERLINK(1),2026-11-29,戊,,,,\n"
    )
    whole = prepared(cast.fang_jing, "cases", text, at, site="RY", channel="hotline")
    assert taken(cast.fang_jing, whole, at) == (1, 0, 4)
    told = dict(faults(whole))
    assert set(told) == {2, 3, 4, 6} and "投诉内容" in told[2] and "2026-13-40" in told[3] and "11 位" in told[4] and "将来" in told[6]
    client = Client()
    client.force_login(cast.fang_jing)
    sent = b"".join(client.get(reverse("import_faults", args=[whole.pk])))
    assert sent.startswith(codecs.BOM_UTF8) and b"'=HYPERLINK" in sent
    mended = sent.decode("utf-8-sig").replace("2026-11-29", "2026-11-19").replace("1390000,", "13900001003,")
    again = prepared(cast.fang_jing, "cases", mended, at, site="RY", channel="hotline")
    assert taken(cast.fang_jing, again, at) == (2, 0, 2)
    assert Case.objects.filter(items__words="=HYPERLINK(1)").exists()


@pytest.mark.parametrize("spelled", ["utf-8", "utf-8-sig", "gb18030", "bom+gbk", "utf-16", "tabs", "jsonl"])
def test_every_spelling(cast: Cast, at: datetime, spelled: str) -> None:
    rows = "姓名,手机号,房号\n陈女士,13900002001,3栋301\n欧阳先生,13900002002,3栋302\n"
    data = {"tabs": rows.replace(",", "\t").encode(), "bom+gbk": codecs.BOM_UTF8 + rows.encode("gbk"), "jsonl": b""}.get(spelled)
    if spelled == "jsonl":
        table = list(csv.DictReader(io.StringIO(rows)))
        data = "\n".join(json.dumps(row, ensure_ascii=False) for row in table).encode()
    whole = prepared(cast.tang_qing, "customers", rows.encode(spelled) if data is None else data, at, site="RY")
    assert taken(cast.tang_qing, whole, at) == (2, 0, 0), faults(whole)
    assert set(Customer.objects.values_list("name", "phone")) == {("陈女士", "13900002001"), ("欧阳先生", "13900002002")}
    assert set(Home.objects.values_list("label", flat=True)) == {"3栋301", "3栋302"}


def excel(*rows: list[Any], merged: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for one in merged:
        sheet.merge_cells(one)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_excel_with_merged_cells(cast: Cast, at: datetime) -> None:
    """A merged title above, a site merged over its rows: each row knows its site. Numbers stored as numbers are telephones."""
    data = excel(
        ["业主名册", None, None], ["服务点", "姓名", "电话"], ["榕砚里", "甲", 13900003001],
            [None, "乙", 13900003002.0], ["TJ", "丙", "139 0000 3003"],
        merged=("A1:C1", "A3:A4"),
    )  # fmt: skip
    whole = prepared(cast.tang_qing, "customers", data, at, name="a.xlsx")
    assert taken(cast.tang_qing, whole, at) == (3, 0, 0), faults(whole)
    sites = dict(Customer.objects.values_list("phone", "site__code"))
    assert sites == {"13900003001": "RY", "13900003002": "RY", "13900003003": "TJ"}


def test_a_number_of_two_customers(cast: Cast, at: datetime) -> None:
    """The second person with a number is refused in words; the first again is known and gains what was blank."""
    whole = prepared(cast.tang_qing, "customers", "姓名,电话\n甲,13900004001\n乙,139 0000 4001\n甲,+8613900004001\n", at, site="RY")
    assert taken(cast.tang_qing, whole, at) == (1, 1, 1)
    assert faults(whole) == [(3, "13900004001 已经是甲的号码；一个号码只认一位客户，请改号码或去掉")]
    more = prepared(cast.tang_qing, "customers", "姓名,电话,房号,方便联系的时间\n甲,13900004001,2栋201,晚上\n", at, site="RY")
    assert taken(cast.tang_qing, more, at) == (0, 1, 0)
    assert list(Customer.objects.values_list("name", "home__label", "good_time")) == [("甲", "2栋201", "晚上")]


def test_homes_and_staff(cast: Cast, at: datetime) -> None:
    whole = prepared(cast.tang_qing, "homes", "房号\n6栋2单元1103\n6-2-1103\n6 栋 2 单元 1104\n", at, site="RY")
    assert taken(cast.tang_qing, whole, at) == (2, 1, 0)
    text = "姓名,登录名,岗位,服务点,部门\n新来,xinlai,维修工,RY,工程部\n周海,zhouhai,,,\n别人,zhouhai,,,\n没岗,meigang,船长,RY,\n"
    role = cast.pack.label("roles", "handler", "zh")
    whole = prepared(cast.tang_qing, "staff", text.replace("维修工", role), at)
    assert taken(cast.tang_qing, whole, at) == (1, 1, 2), faults(whole)
    new = Person.objects.get(login="xinlai")
    assert not new.has_usable_password() and Grant.objects.filter(person=new, role="handler", department=cast.engineering).exists()
    assert not Person.objects.filter(login="meigang").exists()


def test_the_mapping_is_remembered(cast: Cast, at: datetime) -> None:
    first = imports.prepare(cast.tang_qing, "customers", "a.csv", ["谁,哪个号\n甲,13900005001\n".encode()], at)
    assert first.columns == {}
    imports.map_columns(cast.tang_qing, first.pk, {"谁": "name", "哪个号": "phone"}, {"site": "TJ"}, at)
    second = imports.prepare(cast.tang_qing, "customers", "b.csv", ["谁,哪个号\n乙,13900005002\n".encode()], at)
    assert (second.columns, second.settled) == ({"谁": "name", "哪个号": "phone"}, {"site": "TJ"})
    with pytest.raises(Refused):
        imports.map_columns(cast.tang_qing, second.pk, {"谁": "name", "哪个号": "name"}, {}, at)


def test_files_that_are_no_tables(cast: Cast, at: datetime, tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b"0" * (130 * 2**20))
    for data in (b"", b"\n\n", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old", bomb.getvalue()):
        with pytest.raises(Refused) as refused:
            imports.prepare(cast.tang_qing, "homes", "a.xlsx", [data], at)
        assert refused.value.field == "file"
    path = tmp_path / "a.csv"
    path.write_bytes("房号\n6栋\x00\x07号\n".encode())
    assert [cells for _, cells in opened(path).rows()] == [["6栋号"]]


def test_the_page(cast: Cast, at: datetime) -> None:
    """Uploaded, mapped, tried, taken; a receptionist imports complaints only; a stranger finds nothing."""
    client = Client()
    client.force_login(cast.tang_qing)
    file = SimpleUploadedFile("房屋.csv", "楼号房间\n8栋801\n8栋802\n".encode("gbk"))
    answer = client.post(reverse("imports"), {"kind": "homes", "file": file})
    page = answer["Location"]
    assert "8栋801" in client.get(page).content.decode()
    assert "哪一列" in client.post(page, {"which": "take"}).content.decode()  # nothing is mapped yet
    assert client.post(page, {"which": "take", "column-0": "home", "site": "RY"}).status_code == 302
    whole = Import.objects.get()
    assert "http-equiv" in client.get(page).content.decode()
    imports.run(whole.pk, at)
    shown = client.get(page).content.decode()
    assert "http-equiv" not in shown and Home.objects.count() == 2
    client.force_login(cast.fang_jing)
    assert client.get(page).status_code == 404 and client.get(reverse("imports")).status_code == 200
    assert 'value="homes"' not in client.get(reverse("imports")).content.decode()
    for who in (cast.bai_shi, cast.ma_qiang):
        client.force_login(who)
        assert client.get(page).status_code == 404
        assert client.get(reverse("import_faults", args=[whole.pk])).status_code == 404


def test_only_where_one_may_receive(cast: Cast, at: datetime) -> None:
    """A receptionist of 榕砚里 cannot bring cases into 听橘苑, open or closed."""
    text = CASES + "1,漏水,2026-11-19,甲,,,,\n2,漏水,2026-11-10,乙,,,2026-11-12,好了\n"
    whole = prepared(cast.fang_jing, "cases", text, at, site="TJ", channel="hotline")
    assert taken(cast.fang_jing, whole, at) == (0, 0, 2)
    with pytest.raises(Refused):
        imports.prepare(cast.ma_qiang, "cases", "a.csv", [text.encode()], at)


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle(cast: Cast, at: datetime, tmp_path: Path) -> None:
    """kill -9 while the command runs, then the same command again: every row once."""
    rows = 6000
    file = tmp_path / "names.csv"
    file.write_text("姓名,电话,房号\n" + "".join(f"客户{n},1380000{n:04},{n % 40}栋{n}\n" for n in range(rows)))
    name = str(connection.settings_dict["NAME"])
    env = os.environ | {"KESU_DATABASE_URL": f"sqlite:///{name}", "PYTHONPATH": "src"}
    if connection.vendor != "sqlite":
        pytest.skip("once is enough")
    command = [sys.executable, "-m", "kesu", "import", "customers", str(file), "--as", "tangqing", "--site", "RY"]
    first = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert first.stderr is not None
    seen = b""
    while b"/6000" not in seen or seen.rsplit(b"\r", 1)[-1].startswith(b"0/"):
        seen += first.stderr.read(1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    before = Customer.objects.count()
    assert 0 < before < rows
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Import.objects.count() == 1 and f"新 {rows}" in done.stdout
    assert Customer.objects.count() == rows == Customer.objects.values("phone").distinct().count()


def test_a_file_goes_in_time_and_its_figures_stay(cast: Cast, at: datetime, django_capture_on_commit_callbacks: Any) -> None:
    text = "姓名,电话\n闵若兰,13912342468\n,不是电话\n"
    whole = prepared(cast.tang_qing, "customers", text, at, site="RY")
    taken(cast.tang_qing, whole, at)
    whole.refresh_from_db()
    path = imports.file_of(whole.sha256)
    assert path.exists() and strays.forget_due(at + timedelta(days=179)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert (strays.forget_due(at + timedelta(days=181)), strays.forget_due(at + timedelta(days=400))) == (1, 0)
    before, whole = whole, Import.objects.get(pk=whole.pk)
    assert not path.exists() and not ImportFault.objects.exists()
    assert (whole.rows, whole.added, whole.refused, whole.state) == (before.rows, before.added, before.refused, "done")
    client = Client()
    client.force_login(cast.tang_qing)
    listed = client.get(reverse("imports")).content.decode()
    assert "文件已到期删掉" in listed and reverse("import", args=[whole.pk]) not in listed
