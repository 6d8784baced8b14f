"""Letters as they really come: every one is read, none stops the reading, nothing in them is lost."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesu.channels.mail.headers import addresses, words
from kesu.channels.mail.letter import Letter, as_line, messages, read
from kesu.channels.mail.plaintext import clean_html, split_quote

NAME, SAID = "朱镕堃喆", "电梯又坏了，朱镕堃喆在 6 栋等了一小时，请尽快修。"


def told(data: bytes) -> dict[str, Any]:
    """What the command says of these bytes."""
    return json.loads(as_line("f", read(data)))


def word(data: bytes, charset: str) -> bytes:
    """An encoded word of these bytes."""
    return b"=?" + charset.encode() + b"?B?" + base64.b64encode(data) + b"?="


@pytest.mark.parametrize("label", ["gb2312", "GBK", "cp936", "utf-8", "us-ascii", "x-unknown", "", "gb18030", "big5"])
def test_gbk_is_read_whatever_the_label(label: str) -> None:
    head = f"Content-Type: text/plain{f'; charset={label}' if label else ''}\r\n\r\n".encode()
    assert told(b"Subject: x\r\n" + head + SAID.encode("gb18030"))["text"] == SAID


@pytest.mark.parametrize("label", ["gb2312", "us-ascii", "iso-8859-1", "", "utf-8"])
def test_utf_8_is_read_whatever_the_label(label: str) -> None:
    head = f"Content-Type: text/plain{f'; charset={label}' if label else ''}\r\n\r\n".encode()
    assert told(b"Subject: x\r\n" + head + SAID.encode())["text"] == SAID


def test_traditional_chinese_and_western_letters_stay_what_they_are() -> None:
    said = "管理處主任台鑒：電梯困人，煩請於八月十五日前書面解釋"
    assert told(b"Subject: x\n\n" + said.encode("big5"))["text"] == said
    head = b"Subject: x\nContent-Type: text/plain; charset=iso-8859-1\n\n"
    assert told(head + "Voilà, c’est déjà été".encode("cp1252"))["text"] == "Voilà, c’est déjà été"


@pytest.mark.parametrize("cut", range(1, 12))
@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_encoded_words_cut_inside_a_character(cut: int, charset: str) -> None:
    data = NAME.encode(charset)
    both = word(data[:cut], charset) + b"\r\n " + word(data[cut:], charset)
    assert told(b"Subject: " + both + b"\r\n\r\nx")["subject"] == NAME


@pytest.mark.parametrize("cut", range(1, 15))
def test_encoded_words_cut_inside_their_base64(cut: int) -> None:
    text = base64.b64encode(NAME.encode()).decode()
    both = f"=?utf-8?B?{text[:cut]}?= =?utf-8?B?{text[cut:]}?="
    assert words(both.encode()) == NAME


def test_headers_of_raw_bytes() -> None:
    found = told(f"From: {NAME} <z@x.cn>\r\nSubject: 回复：{SAID}\r\n\r\nx".encode("gb18030"))
    assert (found["from"], found["subject"]) == (f"{NAME} <z@x.cn>", f"回复：{SAID}")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"Li, Ming" <a@x.cn>, b@x.cn', ["Li, Ming <a@x.cn>", "b@x.cn"]),
        ("b@x.cn (李 明)", ["李 明 <b@x.cn>"]),
        ("undisclosed-recipients:;", []),
        ("物业: a@x.cn, 李 <b@x.cn>;", ["a@x.cn", "李 <b@x.cn>"]),
        ("=?utf-8?Q?Li,_Ming?= <a@x.cn>", ["Li, Ming <a@x.cn>"]),
        ('"=?gb2312?B?' + base64.b64encode("客服".encode("gbk")).decode() + '?=" <a@x.cn>', ["客服 <a@x.cn>"]),
        ("a@x.cn；b@x.cn", ["a@x.cn", "b@x.cn"]),
        ('"never closed <a@x.cn>, b@x.cn', ["never closed <a@x.cn>", "b@x.cn"]),
        ("<a@x.cn>", ["a@x.cn"]),
        ("李明", ["李明"]),
        ("'a@x.cn' <a@x.cn>", ["a@x.cn"]),
    ],
)
def test_addresses(value: str, expected: list[str]) -> None:
    assert told(f"To: {value}\n\nx".encode())["to"] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Fri, 20 Nov 2026 14:32:00 +0800 (CST)", "2026-11-20T14:32:00+08:00"),
        ("20 Nov 26 06:32 GMT", "2026-11-20T06:32:00+00:00"),
        ("Fri, 20 Nov 2026 06:32:00 -0000", "2026-11-20T06:32:00+00:00"),
        ("Fri, 20 Nov 2026 14:32:00 CST", "2026-11-20T14:32:00+08:00"),
        ("Fri, 20 Nov 2026 14:32:00", "2026-11-20T14:32:00+08:00"),
        ("2026-11-20 14:32:00 +0800", "2026-11-20T14:32:00+08:00"),
        ("2026年11月20日 14:32", "2026-11-20T14:32:00+08:00"),
        ("Fri, 31 Feb 2026 25:61:00 +0800", None),
        ("Fri, 20 Nov 2026 14:32:00 +9999", None),
        ("yesterday", None),
    ],
)
def test_dates(value: str, expected: str | None) -> None:
    assert told(f"Date: {value}\n\nx".encode())["date"] == expected


RAW_GBK = b'filename="' + "发票乗.pdf".encode("gb18030") + b'"'  # its last byte before the dot is a backslash


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (RAW_GBK, "发票乗.pdf"),
        ('filename="发票.pdf"'.encode(), "发票.pdf"),
        (b"filename*=GBK''%B7%A2%C6%B1.pdf", "发票.pdf"),
        (b"filename*1*=%C6%B1; filename*0*=gb2312'zh'%B7%A2; filename*2=.pdf", "发票.pdf"),
        (b"filename*0=a; filename*1=b.pdf", "ab.pdf"),
        (b'filename="' + word("发票.pdf".encode("gbk"), "gb2312") + b'"', "发票.pdf"),
        (b'filename="../../etc/passwd"', "passwd"),
        (b'filename="C:\\\\photos\\\\a.jpg"', "a.jpg"),
        ('filename="a\u202egpj.exe"'.encode(), "agpj.exe"),
        (b"filename=my report.pdf", "my report.pdf"),
        (b'filename="never closed.pdf', "never closed.pdf"),
        (b"filename=", "attachment-1.pdf"),
    ],
)
def test_names_of_files(said: bytes, name: str) -> None:
    data = b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\nhi\n--B\nContent-Type: application/pdf\nContent-Disposition: attachment; "
    found = told(data + said + b"\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--B--")
    assert found["text"] == "hi" and found["attachments"] == [{"name": name, "size": 5, "type": "application/pdf"}]


def test_text_of_html() -> None:
    page = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>您好&nbsp;：</p><div>一</div><div><br></div><div>二<br>三</div>"
        "<script>alert(1)</script><blockquote>旧的<br>话</blockquote><table><tr><td>甲</td><td>乙</td></tr></table></body></html>"
    )
    found = told(b"Content-Type: text/html; charset=utf-8\n\n" + page.encode())["text"]
    assert found == "您好 ：\n\n一\n\n二\n三\n\n> 旧的\n> 话\n\n甲 乙"
    meta = b'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">' + SAID.encode("gb18030")
    assert told(b"Content-Type: text/html\n\n" + meta)["text"] == SAID


def test_html_is_shown_without_anything_that_acts() -> None:
    bad = (
        '<p onclick=x style="y">a</p><img src=http://spy/1.gif><script>x</script><a href="javascript:x">b</a><form action=/><iframe src=x>'
    )
    assert clean_html(bad) == '<p>a</p><a rel="noopener noreferrer nofollow">b</a>'


ALTERNATIVE = (
    b"Content-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain\n\n%s\n--B\nContent-Type: text/html\n\n%s\n--B--\n"
)


@pytest.mark.parametrize(
    ("plain", "rich", "text"),
    [
        (b"plain", b"<p>rich</p>", "plain"),
        (b"", b"<p>rich</p>", "rich"),
        (
            b"Your program cannot show HTML",
            b"<p>a long text with all of the complaint in it</p>",
            "a long text with all of the complaint in it",
        ),
    ],
)
def test_one_of_alternatives_is_read(plain: bytes, rich: bytes, text: str) -> None:
    assert told(ALTERNATIVE % (plain, rich))["text"] == text


MIXED = b"""From: a@x.cn
Content-Type: multipart/mixed; boundary="announced"

--B
Content-Type: text/plain; charset=gb2312

\xc4\xfa\xba\xc3
--B
Content-Type: application/ms-tnef; name="winmail.dat"
Content-Transfer-Encoding: base64

eJ8+IgAAAAA=
--B
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
SUMMARY:\xbf\xb4\xb7\xbf
END:VCALENDAR
--B
Content-Type: message/rfc822

Subject: inner
Content-Type: multipart/mixed; boundary=C

--C
Content-Type: image/png

x
--C--
--B--
"""


@pytest.mark.parametrize("data", [MIXED, MIXED.replace(b"announced", b"B"), MIXED.replace(b"announced", b"B").removesuffix(b"--B--\n")])
def test_winmail_calendar_and_letters_within_letters_are_attachments_even_where_the_boundary_is_wrong_or_never_ends(data: bytes) -> None:
    found = told(data)
    assert found["text"] == "您好"
    assert [(one["name"], one["type"]) for one in found["attachments"]] == [
        ("winmail.dat", "application/ms-tnef"),
        ("attachment-2.ics", "text/calendar"),
        ("inner.eml", "message/rfc822"),
    ]


def test_a_container_without_parts_and_an_invitation_without_text_still_say_something() -> None:
    assert told(b"Content-Type: multipart/mixed; boundary=B\n\njust words")["text"] == "just words"
    assert told(b"Content-Type: text/calendar\n\nBEGIN:VEVENT\nSUMMARY:visit\nLOCATION:6-1103\nEND:VEVENT")["text"] == "visit\n6-1103"


REPORT = b"""From: Mail Delivery System <MAILER-DAEMON@x.cn>
Subject: %s
Content-Type: multipart/report; report-type=delivery-status; boundary=Q

--Q

words
--Q
Content-Type: message/delivery-status

Reporting-MTA: dns; x.cn

Final-Recipient: rfc822; Joe@y.cn
Action: %s
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such
  user
--Q--
"""


@pytest.mark.parametrize(
    ("head", "auto", "bounce"),
    [
        ("Subject: 漏水", False, False),
        ("Subject: 自动回复太慢了，我要投诉", False, False),
        ("Subject: 你们退信了，邮件被退回，怎么办", False, False),
        ("Auto-Submitted: no\nSubject: x", False, False),
        ("Auto-Submitted: auto-replied\nSubject: x", True, False),
        ("X-Autoreply: yes", True, False),
        ("Precedence: bulk", True, False),
        ("Subject: 自动回复：关于漏水", True, False),
        ("Subject: [自动回复] 收到", True, False),
        ("Subject: Automatic reply: leave", True, False),
        ("Subject: Out of Office: leave", True, False),
        ("From: PostMaster@qq.com\nReturn-Path: <>\nSubject: 系统退信", False, True),
        ("From: mailer-daemon@x.cn\nSubject: failure notice", False, True),
        ("From: mailer-daemon@x.cn\nSubject: Warning: message delayed 4 hours", False, False),
        ("From: kf@163.com\nReturn-Path: <>\nSubject: 退信通知", False, True),
        ("X-Failed-Recipients: a@x.cn", False, True),
    ],
)
def test_machines_are_known_and_people_are_not_taken_for_them(head: str, auto: bool, bounce: bool) -> None:
    found = told(f"{head}\n\nx".encode())
    assert (found["auto"], found["bounce"]) == (auto, bounce)


@pytest.mark.parametrize(("action", "bounce"), [(b"failed", True), (b"delayed", False), (b"delivered", False)])
def test_a_delivery_report_says_what_became_of_the_letter(action: bytes, bounce: bool) -> None:
    signs = read(REPORT % (b"Undelivered", action)).signs
    assert (bool(signs.auto), signs.bounce, signs.failed) == (True, bounce, ["joe@y.cn"] if bounce else [])
    assert signs.why == "smtp; 550 5.1.1 No such user"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("好的\n\n------------------ 原始邮件 ------------------\n发件人: 客服\n旧", "好的"),
        ("谢谢\n\n在 2026年11月20日，客服 <a@b.cn> 写道：\n> 旧", "谢谢"),
        ("> 旧\n> 话\n同意", "同意"),
        ("收到\n\n发件人：客服\n发送时间：2026 年\n收件人：我\n主题：漏水\n\n旧", "收到"),
        ("On Fri, Nov 20, 2026 a@b.cn wrote:\n> old", "On Fri, Nov 20, 2026 a@b.cn wrote:\n> old"),
        ("没有引用", "没有引用"),
    ],
)
def test_what_is_quoted_is_folded_and_not_lost(text: str, own: str) -> None:
    found, quoted = split_quote(text)
    assert found == own
    assert sorted("".join(f"{found}\n{quoted}".split())) == sorted("".join(text.split()))


BOMBS = {
    "recipients": b"To: " + b", ".join(b'"N, %d" <u%d@x.cn>' % (n, n) for n in range(10_000)) + b"\n\nx",
    "nested": b"".join(b"Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n" % (n, n) for n in range(5000)),
    "parts": b"Content-Type: multipart/mixed; boundary=B\n\n" + b"--B\nContent-Type: image/jpeg; name=a\n\nx\n" * 10_000,
    "elements": b"Content-Type: text/html\n\n" + b"<div>" * 200_000,
    "words": b"Subject: " + b"=?a?b?" * 100_000 + b"\n\nx",
    "angles": b"From: " + b"<" * 300_000 + b"\n\nx",
    "date": b"Date: " + b"=?utf-8?Q?=E4?= " * 50_000 + b"\n\nx",
    "spaces": b"Content-Type: text/html\n\n<pre>" + b" " * 500_000 + b"x",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_read_in_bounded_time(bomb: str) -> None:
    began = time.process_time()
    letter = read(BOMBS[bomb])
    assert json.loads(as_line("f", letter)) and time.process_time() - began < 5
    if bomb == "parts":
        assert len(letter.enclosed) == 10_000


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"Subject: ", b"From: ", b"Content-Type: ", b"Content-Type: multipart/mixed; boundary="])
)
def test_no_bytes_stop_the_reading(data: bytes, before: bytes) -> None:
    assert set(told(before + data)) == set(told(b"Subject: x\n\ny"))


def test_a_real_letter_broken_at_random_is_still_a_letter() -> None:
    dice = random.Random(5)
    for _ in range(300):
        data = bytearray(MIXED)
        for _ in range(dice.randrange(1, 8)):
            at = dice.randrange(len(data))
            data[at : at + dice.randrange(0, 30)] = dice.randbytes(dice.randrange(0, 10))
        assert isinstance(read(bytes(data)), Letter)


def test_an_mbox_is_several_letters() -> None:
    box = b"From a@x.cn Fri Nov 20 14:32:00 2026\nSubject: one\n\nx\n>From me\n\nFrom b@x.cn Fri Nov 20 14:33:00 2026\nSubject: two\n\ny\n"
    assert [read(one).subject for one in messages(box)] == ["one", "two"]
    assert read(next(messages(box))).text == "x\nFrom me"


def test_the_command_gives_a_line_for_every_message_and_never_stops(tmp_path: Path) -> None:
    files = {"bad.eml": b"\0\xff" * 40, "empty.eml": b"", "good.eml": "Subject: 漏水\n\n一\u2028二".encode()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-m", "kesu", "mail", "read", *files, "missing.eml"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=False, env={"PYTHONPATH": str(Path("src").absolute()), "LC_ALL": "C"}
    )
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [row["file"] for row in rows] == [*files, "missing.eml"] and done.returncode == 1
    assert rows[2]["subject"] == "漏水" and rows[2]["text"] == "一\u2028二" and "missing.eml" in done.stderr.decode()
    assert " ".join(rows[0]) == "file from to subject date text attachments message_id in_reply_to references auto bounce"


def test_addresses_of_ten_thousand_are_all_there() -> None:
    from email import message_from_bytes

    assert len(addresses(message_from_bytes(BOMBS["recipients"]), "To")) == 10_000
