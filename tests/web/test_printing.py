"""Papers from the case's page: what the menu offers, masked until asked for on record, the whole file for those allowed."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from tests.cast import Cast
from tests.papers.reading import text_of, whole_way

from kesu.company.models import Person
from kesu.complaints.models import Case, JournalEntry
from kesu.papers.checking import check
from kesu.papers.forms import offered


def sit(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def case(cast: Cast, at: datetime) -> Case:
    return whole_way(cast, at)


def file(client: Client, case: Case, form: str, kind: str = "pdf", **asked: str) -> bytes:
    answer = client.get(reverse("print_file", args=[case.number, form, kind]), asked)
    assert answer.status_code == 200, answer
    return answer.content


def test_the_menu_leads_to_every_paper_and_every_paper_opens(cast: Cast, case: Case) -> None:
    lin = sit(cast.lin_xiao)
    page = lin.get(reverse("case", args=[case.number])).content.decode()
    for paper in offered(cast.pack):
        shown, pdf = reverse("print_form", args=[case.number, paper.id]), reverse("print_file", args=[case.number, paper.id, "pdf"])
        assert f'href="{shown}"' in page and f'href="{pdf}"' in page
        view = lin.get(shown)
        assert view.status_code == 200 and paper.zh in view.content.decode(), paper.id
        assert lin.get(shown, {"blank": "1"}).status_code == 200
        assert text_of(file(lin, case, paper.id)).count("林晓") >= 1, paper.id  # who printed it
    answer = lin.get(reverse("print_file", args=[case.number, "opinion", "pdf"]))
    assert answer["Content-Type"] == "application/pdf" and answer["Content-Disposition"].startswith("inline")
    assert "no-store" in answer["Cache-Control"]


def test_the_view_says_what_the_file_says(cast: Cast, case: Case) -> None:
    view = sit(cast.lin_xiao).get(reverse("print_form", args=[case.number, "remedy_approval"])).content.decode()
    for said in ("360.50 元", "（人民币叁佰陆拾元伍角整）", "☑ 同意方案", "☐ 不同意方案", "何伟", "139 **** 1007", case.journal_head):
        assert said in view, said


def test_a_word_file_is_for_editing(cast: Cast, case: Case) -> None:
    said = Document(BytesIO(file(sit(cast.lin_xiao), case, "letter", "docx"))).paragraphs
    assert any("尊敬的闵女士" in line.text for line in said)


def test_a_blank_one_holds_nothing_of_the_case(cast: Cast, case: Case) -> None:
    text = text_of(file(sit(cast.lin_xiao), case, "opinion", blank="1"))
    assert "住户姓名" in text and "闵女士" not in text and case.number not in text


def test_the_whole_number_is_printed_only_on_record(cast: Cast, case: Case) -> None:
    """Masked for everybody until asked for; the journal says who asked, and the paper already counts that entry (P-1)."""
    for person in (cast.lin_xiao, cast.luo_qing):
        client, address = sit(person), reverse("print_file", args=[case.number, "opinion", "pdf"])
        before = JournalEntry.objects.filter(case=case).count()
        assert "13900001007" not in text_of(client.get(address).content)
        assert JournalEntry.objects.filter(case=case).count() == before
        text = text_of(client.post(address, {"why": "上门前核对"}).content)
        entry = JournalEntry.objects.filter(case=case).latest("n")
        assert "13900001007" in text and (entry.act, entry.person) == ("reveal", person)
        assert entry.hash in text and f"过程{before + 1}条" in text


def test_who_may_not_see_the_number_cannot_print_it(cast: Cast, case: Case) -> None:
    """唐青 sees every case of the company for its set-up, but no number (the pack's roles)."""
    trainer = cast.employ("peixun", "裴讯", "trainer", site="RY")
    for person in (cast.tang_qing, trainer):
        client, address = sit(person), reverse("print_file", args=[case.number, "opinion", "pdf"])
        if client.get(address).status_code == 404:
            continue
        assert "13900001007" not in text_of(client.get(address).content)
        assert "带完整电话" not in client.get(reverse("print_form", args=[case.number, "opinion"])).content.decode()
        assert client.post(address, {"why": "看看"}).status_code == 409
    assert not JournalEntry.objects.filter(case=case, act="reveal").exists()


def test_the_secret_link_stands_only_on_receipts_of_those_who_hand_them_out(cast: Cast, case: Case) -> None:
    address = reverse("print_form", args=[case.number, "receipt"])
    assert case.token in sit(cast.fang_jing).get(address).content.decode()
    assert case.token not in sit(cast.zhou_hai).get(address).content.decode()
    assert case.token not in sit(cast.luo_qing).get(address).content.decode()


def test_the_whole_file_is_taken_out_on_record_and_holds(cast: Cast, case: Case, tmp_path: Path) -> None:
    luo = sit(cast.luo_qing)
    assert "下载全卷" in luo.get(reverse("case", args=[case.number])).content.decode()
    answer = luo.post(reverse("case_package", args=[case.number]))
    assert (
        answer.status_code == 200 and answer["Content-Type"] == "application/zip" and f"{case.number}.zip" in answer["Content-Disposition"]
    )
    path = tmp_path / "case.zip"
    path.write_bytes(b"".join(answer))  # type: ignore[arg-type]
    report = check(path)
    entry = JournalEntry.objects.filter(case=case).latest("n")
    assert (entry.act, entry.person) == ("package", cast.luo_qing)
    assert not report.faults and report.head == entry.hash == Case.objects.get(pk=case.pk).journal_head
    with zipfile.ZipFile(path) as archive:
        assert "导出了全卷" in archive.read("index.html").decode()
        assert case.token not in archive.read("index.html").decode() + archive.read("record.json").decode()


def test_who_may_not_take_the_file_out_does_not(cast: Cast, case: Case) -> None:
    zhou, address = sit(cast.zhou_hai), reverse("case_package", args=[case.number])
    before = JournalEntry.objects.filter(case=case).count()
    assert "下载全卷" not in zhou.get(reverse("case", args=[case.number])).content.decode()
    assert zhou.post(address).status_code in (403, 409)
    assert sit(cast.luo_qing).get(address).status_code == 405
    assert sit(cast.zheng_chuan).post(address).status_code == 404
    assert JournalEntry.objects.filter(case=case).count() == before


def test_without_a_font_the_page_says_so_and_still_shows_the_paper(
    cast: Cast, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KESU_FONTS", str(tmp_path))
    lin = sit(cast.lin_xiao)
    answer = lin.get(reverse("print_file", args=[case.number, "opinion", "pdf"]), follow=True)
    assert answer.status_code == 200 and "fonts-noto-cjk" in answer.content.decode() and "闵女士" in answer.content.decode()
    answer = sit(cast.luo_qing).post(reverse("case_package", args=[case.number]), follow=True)
    assert answer.status_code == 200 and "fonts-noto-cjk" in answer.content.decode()


def test_no_such_paper_and_no_such_kind(cast: Cast, case: Case) -> None:
    lin = sit(cast.lin_xiao)
    for address in (
        reverse("print_form", args=[case.number, "nothing"]),
        reverse("print_file", args=[case.number, "nothing", "pdf"]),
        reverse("print_file", args=[case.number, "opinion", "exe"]),
    ):
        assert lin.get(address).status_code == 404


def test_a_paper_costs_few_queries(cast: Cast, case: Case, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    lin = sit(cast.lin_xiao)
    lin.get(reverse("case", args=[case.number]))
    for form in ("record", "receipt", "investigation", "cover"):
        with django_assert_max_num_queries(25):
            file(lin, case, form)
