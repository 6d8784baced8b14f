"""Mailboxes on a real IMAP server: everything once, through crashes, renumbered folders, servers that go away."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from imap_tools import MailBoxUnencrypted
from tests.cast import Cast, found
from tests.channels.letters import letter, mailbox

from kesu.channels.mail import fetching, server
from kesu.channels.models import Arrival, Mailbox
from kesu.channels.sealing import seal
from kesu.complaints.models import Case
from kesu.config import testdovecot
from kesu.config.testdovecot import PASSWORD, ImapServer

LOGIN = iter(range(10_000))
NEVER = threading.Event()


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    """Dovecot, with a mailbox for every name."""
    with testdovecot.server() as running:
        yield running


def box_on(imap: ImapServer, cast: Cast, **changes: Any) -> Mailbox:
    """A mailbox of the company on that server, empty."""
    row = {"host": "127.0.0.1", "port": imap.port, "secured": "none", "login": f"u{next(LOGIN)}", "sealed": seal(PASSWORD)}
    return mailbox(cast, **(row | changes))


def post(box: Mailbox, *letters: bytes) -> None:
    """They arrive on the server."""
    there = MailBoxUnencrypted(box.host, box.port)
    with there.login(box.login, PASSWORD) as into:
        for one in letters:
            into.append(one.replace(b"\n", b"\r\n"))


def read(box: Mailbox, at: datetime) -> int:
    """One look at the mailbox."""
    return fetching.read_mailbox(box.pk, NEVER, lambda: at, once=True)


def test_what_is_there_is_read_once_and_stays_there_unread(imap: ImapServer, cast: Cast, at: datetime) -> None:
    box = box_on(imap, cast)
    post(box, *(letter(text=f"第 {n} 件") for n in range(3)))
    assert [read(box, at), read(box, at)] == [3, 0]
    post(box, letter(text="第 4 件"))
    assert read(box, at) == 1 and Case.objects.count() == 4
    with MailBoxUnencrypted(box.host, box.port).login(box.login, PASSWORD) as there:
        assert [one.flags for one in there.fetch(mark_seen=False)] == [()] * 4
    box.refresh_from_db()
    assert (box.last_uid, box.failures, box.fault, box.lease, box.last_in_at) == (4, 0, "", "", at)


def test_a_renumbered_folder_is_read_again_and_nothing_comes_twice(imap: ImapServer, cast: Cast, at: datetime) -> None:
    box = box_on(imap, cast)
    post(box, letter(text="一"), letter(text="二"))
    read(box, at)
    Mailbox.objects.filter(pk=box.pk).update(uidvalidity=7, last_uid=900)  # the folder had another life
    post(box, letter(text="三"))
    assert read(box, at) == 1 and Case.objects.count() == 3


def test_killed_between_fetching_and_writing_it_reads_again(
    imap: ImapServer, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """As by kill -9: nothing after it runs, the lease stays."""

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    box = box_on(imap, cast)
    post(box, letter(text="一"), letter(text="二"))
    with monkeypatch.context() as patch:
        patch.setattr(fetching.sorting, "sort_new", killed)
        with pytest.raises(KilledError):
            read(box, at)
    assert Arrival.objects.filter(state="new").count() == 2
    assert read(box, at) == 0  # the dead reader's lease still holds
    after = at + fetching.LEASE
    read(box, after)
    fetching.sorting.sort_new(after)
    assert Case.objects.count() == Arrival.objects.count() == 2


@pytest.mark.parametrize("change", [{"sealed": seal("wrong")}, {"port": 1}, {"folder": "没有"}])
def test_what_does_not_work_says_why_and_rests(imap: ImapServer, cast: Cast, at: datetime, change: dict[str, Any]) -> None:
    box = box_on(imap, cast, **change)
    if "sealed" in change:
        Mailbox.objects.filter(pk=box.pk).update(login="")
    assert read(box, at) == 0
    box.refresh_from_db()
    assert box.fault and box.failures == 1 and box.next_try_at == at + timedelta(seconds=5) and not fetching._due(at)
    steps = server.tried(box)
    assert not steps[-1][0] and steps[-1][1]


def test_the_test_button_says_what_came_back(imap: ImapServer, cast: Cast) -> None:
    box = box_on(imap, cast)
    post(box, letter(subject="停车月卡"))
    steps = server.tried(box)
    assert all(well for well, _ in steps) and "Dovecot" in steps[0][1] and "訾先生 <zi@customer.example> 停车月卡" in steps[-1][1]


def test_a_letter_of_thirty_megabytes(imap: ImapServer, cast: Cast, at: datetime) -> None:
    box = box_on(imap, cast)
    post(box, letter(text="大\n" + "附" * 7_500_000), letter(text="小"))
    assert read(box, at) == 2 and Arrival.objects.filter(size__gt=30_000_000, state="filed").exists()


def until(wanted: Any, seconds: float = 45) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if wanted():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.django_db(transaction=True)
def test_new_mail_is_heard_of_and_a_server_that_goes_away_comes_back(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = found(at)
    monkeypatch.setattr(fetching, "ROUND", 0.2)
    moved = time.monotonic()
    with testdovecot.server() as imap:
        box, over = box_on(imap, cast), threading.Event()
        watcher = threading.Thread(target=fetching.watch, args=(over, lambda: at + timedelta(seconds=int(20 * (time.monotonic() - moved)))))
        watcher.start()
        try:
            post(box, letter(text="一"))
            assert until(lambda: Case.objects.count() == 1)
            post(box, letter(text="二"))  # heard of by IDLE: polling would take a minute
            assert until(lambda: Case.objects.count() == 2)
            imap.stop()
            assert until(lambda: Mailbox.objects.get().fault)
            path = testdovecot.installed()
            assert path
            again = testdovecot.start(path, imap.home, imap.port)
            imap.process = again.process
            post(box, letter(text="三"))
            assert until(lambda: Case.objects.count() == 3) and until(lambda: not Mailbox.objects.get().fault)
        finally:
            over.set()
            watcher.join(10)
