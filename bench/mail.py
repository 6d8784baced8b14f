"""Messages read from a mailbox on a real IMAP server and filed as cases, per second, by one reader."""

from __future__ import annotations

import threading
import time
from email.message import EmailMessage
from typing import Any

from imap_tools import MailBoxUnencrypted

from kesu.channels import sorting
from kesu.channels.mail.fetching import read_mailbox
from kesu.channels.models import Arrival, Mailbox
from kesu.channels.sealing import seal
from kesu.company.models import Site
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints.models import Case
from kesu.config.now import now
from kesu.config.testdovecot import PASSWORD, server

TEXT = "主卧天花板又滴水，昨晚开始，现在还在滴。说一周内来做防水，没有人来。麻烦今晚先止水，工作日六点后在家。" * 4
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 40
EACH_PICTURE = 5  # every so many letters bring a picture


def read_and_file(count: int) -> dict[str, Any]:
    """So many letters of as many customers, of a few kilobytes each, lie in the mailbox; how long until every one is a case."""
    site = Site.objects.select_related("company").order_by("id")[0]
    channel = pack_of(standing(site.company).version_at(now())).channels[0].id
    with server() as imap:
        there = {"host": "127.0.0.1", "port": imap.port, "secured": "none", "login": "bench", "sealed": seal(PASSWORD)}
        box = Mailbox.objects.create(company=site.company, site=site, address="kefu@bench.example", channel=channel, writes=False, **there)
        size = _fill(imap.port, count)
        before, began, worked = Case.objects.count(), time.perf_counter(), time.process_time()
        read_mailbox(box.pk, threading.Event(), now, once=True)
        while sorting.sort_new(now()):
            pass
        took, worked = time.perf_counter() - began, time.process_time() - worked
    filed = Case.objects.count() - before
    if filed != count or Arrival.objects.exclude(state="filed").exists():
        raise RuntimeError(f"{filed} of {count} letters were filed")
    return {
        "letters": count,
        "bytes_each": size // count,
        "seconds": round(took, 1),
        "of_them_our_processor": round(worked, 1),
        "per_s": round(count / took),
    }


def _fill(port: int, count: int) -> int:
    size = 0
    with MailBoxUnencrypted("127.0.0.1", port).login("bench", PASSWORD) as box:
        for n in range(count):
            letter = EmailMessage()
            letter["From"], letter["To"], letter["Subject"] = f"李建平 <u{n}@customer.example>", "kefu@bench.example", f"漏水 {n}"
            letter["Message-ID"] = f"<{n}@customer.example>"
            letter.set_content(f"{n}：{TEXT}")
            if n % EACH_PICTURE == 0:
                letter.add_attachment(PICTURE + str(n).encode(), maintype="image", subtype="jpeg", filename="漏水.jpg")
            data = letter.as_bytes().replace(b"\n", b"\r\n")
            size += len(data)
            box.append(data)
    return size
