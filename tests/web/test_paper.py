"""Paper: photographed, kept as evidence, confirmed at the desk; pictures that are none, bombs, the same pages twice."""

from __future__ import annotations

import io
import json
import re
import struct
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.cast import Cast
from tests.web.test_arrivals import signed_in

from kesu.channels.models import Arrival, PaperPage
from kesu.channels.paper import running
from kesu.complaints.models import Case
from kesu.config.now import now

pytestmark = pytest.mark.django_db
FORM = json.loads((Path(__file__).parents[1] / "data/paper_form.json").read_text(encoding="utf-8"))


def picture(shade: int = 255) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("L", (40, 60), shade).save(made, "PNG")
    return made.getvalue()


def bomb() -> bytes:
    """A hundred kilobytes that say they are a picture of 30 000 by 30 000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(30_001) * 3_000)) + chunk(b"IEND", b"")


def hand_in(cast: Cast, *pages: bytes, name: str = "意见表.png"):  # type: ignore[no-untyped-def]
    channel = next(row.id for row in cast.pack.channels if row.name == "书信")
    files = [SimpleUploadedFile(name, page) for page in pages]
    return signed_in(cast.fang_jing).post(reverse("paper"), {"site": cast.site.pk, "channel": channel, "files": files})


@pytest.fixture(autouse=True)
def without_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra is not installed, unless a test says otherwise."""
    monkeypatch.setattr(running, "program", lambda: None)
    monkeypatch.setattr("kesu.web.reception.paper.program", lambda: None)


def test_without_reading_the_picture_stands_beside_an_empty_form(cast: Cast) -> None:
    answer = hand_in(cast, picture(), picture(9))
    row = Arrival.objects.get()
    client = signed_in(cast.fang_jing)
    assert client.get(answer["Location"])["Location"] == reverse("reception") + f"?arrival={row.pk}" and row.due_at
    desk = client.get(reverse("reception") + f"?arrival={row.pk}").content.decode()
    assert desk.count(f"/reception/paper/{row.pk}/") >= 4 and f'name="arrival" value="{row.pk}"' in desk
    assert hand_in(cast, picture(), picture(9)).status_code == 302 and Arrival.objects.count() == 1  # the same pages again
    shown = client.get(reverse("paper_page", args=[row.pk, 1]))
    assert shown["Content-Type"] == "image/png" and "sandbox" in shown["Content-Security-Policy"]
    fields = dict(re.findall(r'<input type="hidden" name="(filed_key|arrival)" value="([^"]*)"', desk))
    data = {"site": row.site_id, "channel": row.channel, "item": "电梯坏了", "category": "", "do": "record", **fields}
    assert client.post(reverse("reception"), data).status_code == 302
    row.refresh_from_db()
    assert row.state == "filed" and row.case == Case.objects.get() and row.case.attachments.count() == 2
    again = hand_in(cast, picture(), picture(9))
    assert client.get(again["Location"])["Location"] == reverse("arrival", args=[row.pk])
    assert client.get(reverse("arrival", args=[row.pk])).status_code == 200
    assert signed_in(cast.wu_tong).get(reverse("paper_page", args=[row.pk, 1])).status_code == 404


def test_what_was_read_is_proposed_at_the_desk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kesu.web.reception.paper.program", lambda: "python")
    monkeypatch.setattr(running, "read_picture", lambda path: FORM)
    answer, client = hand_in(cast, picture()), signed_in(cast.fang_jing)
    waiting = client.get(answer["Location"])
    assert waiting.status_code == 200 and waiting["Refresh"] == "2"
    assert running.read_next(now()) is True and running.read_next(now()) is False
    desk = client.get(client.get(answer["Location"])["Location"]).content.decode()
    for words in (
        'value="138 0000 6021"',
        'value="闵女士"',
        'value="6栋2单元1103"',
        'value="工程部"',
        "电梯停在3层，门打不开",
        "把电梯彻底修好",
    ):
        assert words in desk, words
    assert not Case.objects.exists()  # until a person has confirmed it


def test_a_pdf_is_read_too_and_what_is_filed_already_is_not(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    made = io.BytesIO()
    Image.new("L", (40, 60), 255).save(made, "PDF")
    monkeypatch.setattr("kesu.web.reception.paper.program", lambda: "python")
    monkeypatch.setattr(running, "read_picture", lambda path: FORM if path.read_bytes()[:5] == b"%PDF-" else [])
    answer, client = hand_in(cast, made.getvalue(), name="来信.pdf"), signed_in(cast.fang_jing)
    assert client.get(answer["Location"])["Refresh"] == "2"
    Arrival.objects.update(state="ignored")
    assert running.read_next(now()) is False
    Arrival.objects.update(state="waiting")
    assert running.read_next(now()) is True
    assert 'value="138 0000 6021"' in client.get(client.get(answer["Location"])["Location"]).content.decode()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "表.svg"),
        (b"<html><script>alert(1)</script></html>", "表.png"),
        (b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script></html>", "表.png"),
        (b"GIF89a=1;alert(1)//" + b"\0" * 40, "表.gif"),
        (b"", "表.png"),
        (bomb(), "表.png"),
        (b"ID3" + b"\0" * 60, "表.png"),
    ],
    ids=["svg", "html", "png-html", "gif-script", "empty", "bomb", "sound"],
)
def test_what_is_no_page_is_not_taken(cast: Cast, data: bytes, name: str) -> None:
    answer = hand_in(cast, data, name=name)
    assert (
        not Arrival.objects.exists()
        or signed_in(cast.fang_jing).get(reverse("paper_page", args=[Arrival.objects.get().pk, 0]))["Content-Security-Policy"]
        == "sandbox; default-src 'none'"
    )
    assert answer.status_code == 422 or name == "表.gif"


def test_a_picture_with_a_script_behind_it_stays_a_picture(cast: Cast) -> None:
    hand_in(cast, picture() + b"<script>alert(1)</script>", name="表.html")
    shown = signed_in(cast.fang_jing).get(reverse("paper_page", args=[Arrival.objects.get().pk, 0]))
    assert shown["Content-Type"] == "image/png" and shown["X-Content-Type-Options"] == "nosniff"


def test_a_reading_that_breaks_leaves_an_empty_form(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(cast, picture())
    for script in ("import sys; sys.exit(3)", "print('no json')", "import time; time.sleep(60)", "print('[1, {}]')"):
        program = tmp_path / "ocr.py"
        program.write_text(script)
        with monkeypatch.context() as patch:
            patch.setattr(running, "PROGRAM", program)
            patch.setattr(running, "PATIENCE", 0.5)
            patch.setattr(running, "program", lambda: __import__("sys").executable)
            PaperPage.objects.update(read_at=None, said=None)
            assert running.read_next(now()) and PaperPage.objects.get().said == {}, script


@pytest.mark.parametrize("kind", ["PNG", "PDF"])
def test_our_own_form_is_really_read(cast: Cast, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """With rapidocr itself: the pack's form, written on."""
    monkeypatch.undo()
    if running.program() is None:
        pytest.skip("rapidocr is not installed (requirements-ocr.lock, or KESU_OCR_PYTHON names an interpreter that has it)")
    from PIL import Image, ImageDraw, ImageFont
    from tests.web.blank_form import blank_form

    sheet = Image.open(io.BytesIO(blank_form(cast))).convert("RGB")
    font = ImageFont.truetype("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 20)
    pen, step = ImageDraw.Draw(sheet), sheet.width / 924
    for x, y, words in ((225, 196, "闵女士"), (610, 196, "6栋2单元1103"), (225, 237, "13800006021"), (230, 322, "电梯停在3层，门打不开")):
        pen.text((x * step, y * step), words, font=font, fill=(20, 30, 120))
    made = io.BytesIO()
    sheet.save(made, kind)
    hand_in(cast, made.getvalue(), name=f"表.{kind.lower()}")
    monkeypatch.setattr(running, "PATIENCE", 240.0)
    assert running.read_next(now())
    said = PaperPage.objects.get().said
    assert (said["customer"], said["home"], said["contact"]) == ("闵女士", "6栋2单元1103", "13800006021") and "门打不开" in said["story"]
