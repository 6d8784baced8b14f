"""The archive package: what lies in it, that the same case gives the same bytes, and that nothing in it can be changed unseen."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.cast import Cast, found
from tests.complaints.story import ZONE
from tests.papers.reading import text_of, whole_way
from tests.remembered import forget_all

from kesu.complaints import actions
from kesu.complaints.files import stored
from kesu.complaints.models import Attachment, Case
from kesu.config.commands import package as package_command
from kesu.config.commands import verify
from kesu.papers.checking import Report, check, seal
from kesu.papers.container import put

ROOT = Path(__file__).parents[2]
PAPERS = [
    "住户投诉意见表", "投诉处置记录表", "回访记录表", "顾客投诉登记表", "投诉受理回执", "投诉调查报告", "补救方案审批单", "投诉答复函",
    "纠正与预防措施表", "投诉档案封面",
]  # fmt: skip
MEMBERS = [
    *(f"papers/{n:02}-{title}.pdf" for n, title in enumerate(PAPERS, 1)),
    *(f"files/{n:02}-现场照片{n:03}.png" for n in (1, 2, 3)),
    "journal.jsonl", "record.json", "index.html", "manifest.json", "manifest.sha256",
]  # fmt: skip


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A package, made once; the company that it came from is gone again."""
    path = tmp_path_factory.mktemp("package") / "case.zip"
    forget_all()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with transaction.atomic():
            at = datetime(2026, 11, 20, 14, 32, tzinfo=ZONE)
            case = whole_way(found(at), at)
            assert package_command.main([case.number, "--out", str(path)]) == 0
            transaction.set_rollback(True)
        forget_all()
    yield path


def packed(cast: Cast, at: datetime, path: Path) -> Case:
    case = whole_way(cast, at)
    assert package_command.main([case.number, "--out", str(path)]) == 0
    return case


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None], tmp_path: Path) -> Path:
    """The package written anew, as well as it can be, after its members were changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in members.items():
            put(archive, name, BytesIO(data), len(data))
    return other


def named(report: Report) -> set[str]:
    return {row.where for row in report.faults}


def test_everything_is_in_it_and_holds(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(made) as archive:
        assert archive.namelist() == MEMBERS
        manifest = json.loads(archive.read("manifest.json"))
        entries = [json.loads(line) for line in archive.read("journal.jsonl").decode().splitlines()]
        record = json.loads(archive.read("record.json"))
        assert [row["path"] for row in manifest["files"]] == MEMBERS[:-2]
        for row in manifest["files"]:
            data = archive.read(row["path"])
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (row["sha256"], row["size"])
        index = archive.read("index.html").decode()
        paper = text_of(archive.read(MEMBERS[0]))
    assert manifest["number"] == record["record"]["number"] == entries[0]["case"] == "RY-261120-001"
    assert manifest["journal"] == {"n": len(entries), "head": entries[-1]["hash"]}
    assert entries[0]["sentence"] == "受理客服电话投诉，共 3 件事" and entries[-1]["act"] == "archive"
    for said in ("闵女士", "139 0000 1007", "住户投诉意见表", "现场照片001.png", "换门机皮带", entries[-1]["hash"], "kesu verify"):
        assert said in index, said
    assert "13900001007" in paper  # a court reads whole numbers
    assert verify.main([str(made)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"OK：RY-261120-001，{len(entries)} 条经过，16 个文件") and entries[-1]["hash"] in said


def test_the_index_leads_to_every_file(made: Path, tmp_path: Path) -> None:
    """Read without us: unpacked anywhere, every link of the page is a file beside it; it asks for nothing from outside."""
    import re
    from urllib.parse import unquote

    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    links = [unquote(link) for link in re.findall(r'(?:href|src)="([^"]+)"', page)]
    assert sorted(links) == sorted(name for name in MEMBERS if "/" in name)
    assert all((tmp_path / link).is_file() for link in links) and "http" not in page


def test_the_same_case_gives_the_same_bytes(cast: Cast, at: datetime, tmp_path: Path) -> None:
    one, two, three = (tmp_path / f"{n}.zip" for n in (1, 2, 3))
    case = packed(cast, at, one)
    package_command.main([case.number, "--out", str(two)])
    assert one.read_bytes() == two.read_bytes()
    actions.note(cast.lin_xiao, case.pk, words="又看了一遍", at=at.replace(month=12))
    package_command.main([case.number, "--out", str(three)])
    assert one.read_bytes() != three.read_bytes()


def test_it_is_proved_where_there_is_neither_database_nor_django(made: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('django', 'pydantic', 'typst', 'psycopg', 'sqlite3'): sys.modules[name] = None\n"
        "from kesu.config.command import main\n"
        f"sys.exit(main(['verify', {str(made)!r}, '--json']))"
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "KESU_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = subprocess.run([sys.executable, "-c", code], env=env | {"KESU_DATA": str(tmp_path / "none")}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["ok"] and report["number"] == "RY-261120-001" and report["company"] == "和檐物业"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", MEMBERS)
def test_a_changed_byte_of_any_file_is_named(name: str, made: Path, tmp_path: Path) -> None:
    for where in (0, -1, 0.5):

        def change(members: dict[str, bytes], where: float = where) -> None:
            data = bytearray(members[name])
            data[int(where * len(data)) if where == 0.5 else int(where)] ^= 1
            members[name] = bytes(data)

        found_in = named(check(rewritten(made, change, tmp_path)))
        assert found_in & {name, "manifest.json" if name == "manifest.sha256" else name}, (where, found_in)


@pytest.mark.parametrize("name", MEMBERS)
def test_a_byte_changed_inside_the_zip_is_named(name: str, made: Path, tmp_path: Path) -> None:
    """As a bad disk or a hex editor changes it: the ZIP's own sums do not fit any more."""
    data = bytearray(made.read_bytes())
    with zipfile.ZipFile(made) as archive:
        info = archive.getinfo(name)
    data[info.header_offset + 30 + len(name.encode()) + info.file_size // 2] ^= 4
    other = tmp_path / "other.zip"
    other.write_bytes(data)
    assert name in named(check(other))


@pytest.mark.parametrize("name", MEMBERS)
def test_a_missing_file_is_named(name: str, made: Path, tmp_path: Path) -> None:
    assert name in named(check(rewritten(made, lambda members: members.pop(name) and None, tmp_path)))


@pytest.mark.parametrize("name", ["files/99-另一张.png", "papers/x.pdf", "说明.txt", "../journal.jsonl", "Journal.jsonl"])
def test_an_added_file_is_named(name: str, made: Path, tmp_path: Path) -> None:
    assert named(check(rewritten(made, lambda members: members.update({name: b"x"}), tmp_path))) == {name}


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_file_of_the_same_name_is_named(name: str, made: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    shutil.copy(made, other)
    with zipfile.ZipFile(other, "a") as archive:
        put(archive, name, BytesIO(b"other"), 5)
    assert name in named(check(other))


def test_no_byte_of_the_zip_itself_is_free(made: Path, tmp_path: Path) -> None:
    """Names, dates, sizes, the directory at the end, what stands before and after: every byte of them, and samples of the rest."""
    whole = made.read_bytes()
    with zipfile.ZipFile(made) as archive:
        heads = [n for info in archive.infolist() for n in range(info.header_offset, info.header_offset + 30 + len(info.filename.encode()))]
        directory = range(archive.start_dir, len(whole))
    other = tmp_path / "other.zip"
    places = [*heads[::7], *directory[::11], *directory[-22:], *range(0, len(whole), len(whole) // 40)]
    for place in places:
        data = bytearray(whole)
        data[place] ^= 0x20
        other.write_bytes(data)
        assert check(other).faults, place


@pytest.mark.parametrize(
    "spoil", [lambda data: data + b"\0", lambda data: b"x" + data, lambda data: data[:-1], lambda data: data[:2000], lambda data: b""]
)
def test_what_is_cut_off_or_put_on_is_told(spoil: Callable[[bytes], bytes], made: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(spoil(made.read_bytes()))
    assert check(other).faults


def test_a_package_that_was_packed_again_is_told_and_not_unpacked(made: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name))
        copy.writestr("bomb", b"0" * 10_000_000)
    assert {*MEMBERS, "bomb"} <= named(check(other))


def resealed(members: dict[str, bytes]) -> None:
    """What somebody clever does after changing a file: the list and its seal are made to fit."""
    manifest = json.loads(members["manifest.json"])
    for row in manifest["files"]:
        row["sha256"], row["size"] = hashlib.sha256(members[row["path"]]).hexdigest(), len(members[row["path"]])
    members["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    members["manifest.sha256"] = seal(hashlib.sha256(members["manifest.json"]).hexdigest())


def journal_changed(made: Path, tmp_path: Path, change: Callable[[list[str]], None]) -> Report:
    def all_of_it(members: dict[str, bytes]) -> None:
        lines = members["journal.jsonl"].decode().splitlines()
        change(lines)
        members["journal.jsonl"] = "".join(f"{line}\n" for line in lines).encode()
        resealed(members)

    return check(rewritten(made, all_of_it, tmp_path))


def test_the_chain_names_the_entry_even_where_the_list_was_made_to_fit(made: Path, tmp_path: Path) -> None:
    def reworded(lines: list[str]) -> None:
        lines[4] = lines[4].replace("周海", "别人")

    def taken_out(lines: list[str]) -> None:
        del lines[2]

    def put_in(lines: list[str]) -> None:
        lines.insert(3, lines[3])

    def swapped(lines: list[str]) -> None:
        lines[5], lines[6] = lines[6], lines[5]

    def cut_off(lines: list[str]) -> None:
        del lines[-1]

    def garbled(lines: list[str]) -> None:
        lines[1] = lines[1][:-1]

    for change, entry in ((reworded, "#5"), (taken_out, "#3"), (put_in, "#5"), (swapped, "#6"), (cut_off, ""), (garbled, "#2")):
        report = journal_changed(made, tmp_path, change)
        assert f"journal.jsonl {entry}".strip() in named(report), (change.__name__, named(report))


def test_the_journal_of_another_case_is_noticed(cast: Cast, at: datetime, made: Path, tmp_path: Path) -> None:
    cast.complaint(at=at)
    mine = tmp_path / "mine.zip"
    packed(cast, at, mine)  # RY-261120-002
    with zipfile.ZipFile(mine) as archive:
        foreign = archive.read("journal.jsonl")

    def change(members: dict[str, bytes]) -> None:
        members["journal.jsonl"] = foreign
        resealed(members)

    assert "journal.jsonl #1" in named(check(rewritten(made, change, tmp_path)))


def test_evidence_that_is_gone_or_changed_on_the_disk_is_shown_plainly(
    cast: Cast, at: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = whole_way(cast, at)
    gone, changed, _whole = Attachment.objects.filter(case=case).order_by("id")
    stored(gone.sha256).unlink()
    stored(changed.sha256).write_bytes(b"\x89PNG\r\n\x1a\n other")
    path = tmp_path / "case.zip"
    assert package_command.main([case.number, "--out", str(path)]) == 0
    with zipfile.ZipFile(path) as archive:
        index, names = archive.read("index.html").decode(), archive.namelist()
        cover = text_of(archive.read(next(name for name in names if "封面" in name)))
    assert "已经不在硬盘上" in index and "与登记时不同" in index and gone.sha256 in index and changed.sha256 in index
    assert not [name for name in names if "照片001" in name] and gone.name in cover
    capsys.readouterr()
    assert verify.main([str(path)]) == 0
    said = capsys.readouterr().out
    assert f"{gone.name}：打包时已经不在" in said and f"{changed.name}：打包时与登记时不同" in said and "OK" in said
    for row in (gone, changed):
        stored(row.sha256).unlink(missing_ok=True)


def test_names_of_files_cannot_lead_out_of_the_package(cast: Cast, at: datetime, tmp_path: Path) -> None:
    from kesu.complaints.files import Upload

    names = ["..\\..\\etc\\passwd.png", "a:b*?.png", "x" * 150 + ".png", "con.png", "同名.png", "同名.png"]
    png = b"\x89PNG\r\n\x1a\n"
    case = cast.complaint(uploads=[Upload(name, 9, [png + bytes([n])]) for n, name in enumerate(names)])
    path = tmp_path / "case.zip"
    package_command.main([case.number, "--out", str(path)])
    with zipfile.ZipFile(path) as archive:
        inside = [name for name in archive.namelist() if name.startswith("files/")]
    assert len(set(inside)) == len(names)
    assert all(name.count("/") == 1 and len(name) < 100 and not set('\\:*?"<>|') & set(name) and name.endswith(".png") for name in inside)
    assert verify.main([str(path)]) == 0


def test_what_there_is_not_is_told(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert package_command.main(["RY-990101-001", "--out", str(tmp_path / "x.zip")]) == 1
    assert "没有编号为 RY-990101-001 的投诉" in capsys.readouterr().err and not list(tmp_path.iterdir())
    assert verify.main([str(tmp_path / "none.zip")]) == 2
    assert "读不了这个文件" in capsys.readouterr().err


def test_half_a_package_is_never_left(cast: Cast, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full in the middle: what was there before is still there, and nothing beside it."""
    from kesu.papers import dossier

    path = tmp_path / "case.zip"
    case = packed(cast, at, path)
    before = path.read_bytes()
    monkeypatch.setattr(dossier, "_seal", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError):
        package_command.main([case.number, "--out", str(path)])
    assert path.read_bytes() == before and [row.name for row in tmp_path.iterdir()] == ["case.zip"]


def test_a_letter_lies_in_it_as_it_was_sent_and_verify_names_another_in_its_place(cast: Cast, at: datetime, tmp_path: Path) -> None:
    from kesu.config.proof import prove

    case = cast.judged(cast.complaint(), at=at)
    letter = actions.draft_letter(cast.lin_xiao, case.pk, kind="letter_result", title="办理结果", text="修好了。", at=at)
    said: dict[str, Any] = {"letter_id": letter.pk, "revision": 1, "way": "hand", "words": "本人签收"}
    letter = actions.send_letter(cast.lin_xiao, case.pk, **said, pdf=b"%PDF-1.7 as sent", at=at)
    path = tmp_path / "one.zip"
    assert package_command.main([case.number, "--out", str(path)]) == 0
    with zipfile.ZipFile(path) as archive:
        assert archive.read("files/01-办理结果.pdf") == b"%PDF-1.7 as sent"
        assert json.loads(archive.read("record.json"))["letters"][0]["title"] == "办理结果"
    assert not check(path).faults and not prove().faults
    Attachment.objects.create(case=case, sha256="0" * 64, name="别的.pdf", kind="application/pdf", size=1, at=at)
    letter.attachment = Attachment.objects.latest("id")
    letter.save()
    assert "存的不是发出的那一份" in [fault.zh for fault in prove().faults if "信" in fault.zh][0]

    def without(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["files"] = [row for row in manifest["files"] if not row["path"].startswith("files/")]
        members["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        members["manifest.sha256"] = seal(hashlib.sha256(members["manifest.json"]).hexdigest())
        del members["files/01-办理结果.pdf"]

    report = check(rewritten(path, without, tmp_path))
    assert any("办理结果" in fault.zh for fault in report.faults)
