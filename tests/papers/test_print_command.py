"""`kesu print`: every paper, filled in and blank, as PDF and as Word; what it says when something is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document
from tests.cast import Cast
from tests.papers.reading import pages_of, text_of, whole_way

from kesu.complaints.models import Case
from kesu.config.commands import print as print_command

ROOT = Path(__file__).parents[2]
EVERY = ["opinion", "record", "visit_record", "register", "receipt", "investigation", "remedy_approval", "letter", "capa", "cover"]


def printed(tmp_path: Path, *words: str, name: str = "out.pdf") -> bytes:
    """What the command writes; it must say that all is well."""
    out = tmp_path / name
    assert print_command.main([*words, "--out", str(out)]) == 0
    return out.read_bytes()


def test_the_list_is_one_name_a_line(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_command.main(["--list"]) == 0
    assert capsys.readouterr().out.split("\n") == [*EVERY, ""]
    print_command.main(["--list", "--titles"])
    assert "opinion\t住户投诉意见表\n" in capsys.readouterr().out


def test_the_list_before_there_is_a_company(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_command.main(["--list"]) == 0
    assert capsys.readouterr().out.split() == EVERY


def test_every_paper_says_what_the_case_says(cast: Cast, at: datetime, tmp_path: Path) -> None:
    """Number, head of the chain and pages stand on each; the fields hold what was recorded; the telephone is masked."""
    case = whole_way(cast, at)
    wanted = {
        "opinion": [
            "住户投诉意见表",
            "闵女士",
            "6栋2单元1103",
            "139****1007",
            "1.6栋2单元电梯停在3层，门打不开",
            "3.值班的人态度冷淡",
            "方静",
        ],
        "record": ["投诉处置记录表", "工程部周海", "受理客服电话投诉，共3件事", "判定为有效投诉", "归档"],
        "visit_record": ["回访记录表", "苏敏", "没联系上"],
        "register": ["顾客投诉登记表", "说清原因，书面道歉", "现场照片001.png"],
        "receipt": ["投诉受理回执", "存根", "我们答应", "领取人"],
        "investigation": ["投诉调查报告", "按呼叫钮没人应", "门机皮带断裂", "维保记录与现场一致"],
        "remedy_approval": ["补救方案审批单", "换门机皮带", "360.50元", "人民币叁佰陆拾元伍角整", "何伟", "好的"],
        "letter": ["投诉答复函", "尊敬的闵女士", "查清了，今天换皮带", "已修好", "12345、12315"],
        "capa": ["纠正与预防措施表", "应急措施", "有效性验证", "门机皮带断裂"],
        "cover": ["投诉档案", "卷内目录", "投诉调查报告", "结案后3年", "2029年11月20日"],
    }
    assert list(wanted) == EVERY
    for form, words in wanted.items():
        data = printed(tmp_path, case.number, form)
        text = text_of(data)
        for word in [*words, case.number, case.journal_head, f"共{pages_of(data)}页", "和檐物业", "榕砚里"]:
            assert word in text, (form, word)
        assert "13900001007" not in text, form


def test_the_name_may_be_the_title_and_english_is_complete(cast: Cast, at: datetime, tmp_path: Path) -> None:
    case = whole_way(cast, at)
    assert "住户投诉意见表" in text_of(printed(tmp_path, case.number, "《住户投诉意见表》"))
    for form in EVERY:
        text = text_of(printed(tmp_path, case.number, form, "--lang", "en"))
        assert "Page1of" in text and "Journalof" in text, form
        assert not [word for word in ("序号", "联系方式", "签字", "时间", "时限", "共") if word in text.replace("共3件事", "")], form


def test_a_blank_paper_has_the_fields_and_nothing_of_any_case(cast: Cast, at: datetime, tmp_path: Path) -> None:
    case = whole_way(cast, at)
    for words in ([case.number, "opinion"], ["opinion"]):
        text = text_of(printed(tmp_path, *words, "--blank"))
        assert "住户姓名" in text and "事情经过" in text and "部门负责人签字" in text
        assert "闵女士" not in text and case.number not in text and case.journal_head not in text
    for form in EVERY:
        assert "闵女士" not in text_of(printed(tmp_path, form, "--blank")), form


def test_a_blank_paper_before_there_is_a_company(db: None, tmp_path: Path) -> None:
    assert "顾客投诉登记表" in text_of(printed(tmp_path, "register", "--blank"))


def test_words_of_a_case_are_words_and_no_markup(cast: Cast, at: datetime, tmp_path: Path) -> None:
    evil = '#panic("x") $x^2$ *fett* <label> @ref \\u{41} // [a] <b>&amp;</b>'
    case = cast.complaint(items=[(evil, "lift")], wants="= 标题\n- 一\n+ 二")
    text = text_of(printed(tmp_path, case.number, "opinion"))
    assert "".join(evil.split()) in text and "=标题" in text
    file = tmp_path / "out.docx"
    assert print_command.main([case.number, "opinion", "--out", str(file)]) == 0
    said = [cell.text for table in Document(str(file)).tables for row in table.rows for cell in row.cells]
    assert evil in said and "= 标题\n- 一\n+ 二" in said


@pytest.mark.parametrize("letter", ["\ue123", "\U0003fffd", "\x07"])
def test_a_letter_that_no_font_has_is_shown_by_its_number_and_named(letter: str, cast: Cast, at: datetime, tmp_path: Path) -> None:
    case = cast.complaint(items=[(f"刘{letter}先生说门坏了", "lift")])
    number = f"〔U+{ord(letter):04X}〕"
    text = text_of(printed(tmp_path, case.number, "opinion"))
    assert f"刘{number}先生说门坏了" in text
    assert f"文中按编码写出：{number}" in text
    printed(tmp_path, case.number, "opinion", name="out.docx")


@pytest.mark.parametrize("words", ["䶮", "😡😡😡", "刘䶮㛃堃", "e\u0301\u200d\u200b", "مرحبا ابن", "🏳️\u200d🌈👩‍👩‍👧"])
def test_rare_letters_and_drawings_never_break_a_paper(words: str, cast: Cast, at: datetime, tmp_path: Path) -> None:
    case = cast.complaint(items=[(words, "")], name=words[:10])
    assert printed(tmp_path, case.number, "opinion")[:5] == b"%PDF-"


def test_long_texts_flow_over_pages_and_nothing_is_cut(cast: Cast, at: datetime, tmp_path: Path) -> None:
    case = cast.complaint(items=[(f"第{n}件：" + "电梯停了没人来" * 40, "lift") for n in range(1, 31)], wants="赔偿" * 400)
    for form in ("opinion", "investigation", "receipt", "capa"):
        data = printed(tmp_path, case.number, form)
        text = text_of(data)
        assert pages_of(data) > 3 and "第30件：" in text and f"共{pages_of(data)}页" in text, form
        assert text.count("电梯停了没人来") > 1000, form  # some break over a line of a page's foot


def test_word_files_open_and_say_the_same(cast: Cast, at: datetime, tmp_path: Path) -> None:
    case = whole_way(cast, at)
    for form in EVERY:
        printed(tmp_path, case.number, form, name="out.docx")
        file = Document(str(tmp_path / "out.docx"))
        said = "\n".join(
            [line.text for line in file.paragraphs] + [cell.text for table in file.tables for row in table.rows for cell in row.cells]
        )
        assert case.number in said, form
    printed(tmp_path, case.number, "investigation", name="out.docx")
    said = "\n".join(cell.text for table in Document(str(tmp_path / "out.docx")).tables for row in table.rows for cell in row.cells)
    assert "门机皮带断裂" in said and "☑ 重要" in said or "☑" in said
    assert "年　　月　　日" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["RY-990101-001", "record", "--out", "x.pdf"], 1, "没有编号为 RY-990101-001 的投诉"),
        (["nothing", "--blank", "--out", "x.pdf"], 1, "没有这种表单：nothing"),
    ],
)
def test_what_there_is_not_is_told(
    words: list[str], code: int, said: str, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert print_command.main(words) == code
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [[], ["N", "record"], ["N", "record", "--out", "x.txt"], ["record", "--out", "x.pdf"], ["--list", "N"]])
def test_wrong_words_are_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        print_command.main(words)
    assert end.value.code == 2 and "/" in capsys.readouterr().err


def test_without_a_chinese_font_it_says_what_to_install(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case, empty = cast.complaint(), tmp_path / "fonts"
    empty.mkdir()
    monkeypatch.setenv("KESU_FONTS", str(empty))
    assert print_command.main([case.number, "record", "--out", str(tmp_path / "x.pdf")]) == 1
    said = capsys.readouterr().err
    assert "没有中文字体" in said and "no Chinese font" in said and said.count("fonts-noto-cjk") == 2
    assert not (tmp_path / "x.pdf").exists()
    assert print_command.main([case.number, "letter", "--out", str(tmp_path / "x.docx")]) == 0  # Word brings its own


def test_the_same_case_prints_the_same_bytes(cast: Cast, at: datetime, tmp_path: Path) -> None:
    case = whole_way(cast, at)
    assert printed(tmp_path, case.number, "record") == printed(tmp_path, case.number, "record")


def test_no_paper_is_written_into_the_case(cast: Cast, at: datetime, tmp_path: Path) -> None:
    case = whole_way(cast, at)
    before = Case.objects.filter(pk=case.pk).values().get()
    for form in EVERY:
        printed(tmp_path, case.number, form)
    assert Case.objects.filter(pk=case.pk).values().get() == before


def test_the_program_prints(tmp_path: Path) -> None:
    """The command as a process: it lists before anything was set up."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("KESU_", "DJANGO_", "PYTEST_"))}
    env |= {"KESU_DATA": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-m", "kesu", "print"], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "编号" in done.stderr
