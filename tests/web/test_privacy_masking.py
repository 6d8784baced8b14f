"""Who the customer is, page by page: nobody reads more than the pack gives them, wherever they click (S-19)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.models import Case, JournalEntry
from kesu.procedure.refused import Refused

pytestmark = pytest.mark.django_db
NAME, PHONE, HOME = "闵若兰", "13912342468", "6栋2单元1103"
CLEAR = re.compile(r"闵若兰|139[\s-]*1234[\s-]*2468|(?<![\w-])1103(?!\w)|(?<=[元-])1103")  # not those of a hash or a secret
NOT_FOLLOWED = ("/static/", "/logout", "/attachments/", ".docx", ".pdf", "/setup/procedure", "?lang")
MOST = 220  # pages of one walk


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def told(cast: Cast, at: datetime, *, confidential: bool = False) -> Case:
    """A case whose texts name the customer, the number and the flat in every spelling that people use."""
    words = f"{NAME}（6-2-1103）说 6 栋电梯停在 3 层，回电 139 1234 2468"
    case = cast.complaint(name=NAME, phone=PHONE, home=HOME, items=[(words, "lift")], raw=words, wants=f"打 {PHONE} 找{NAME}",
                          reach=f"微信 {PHONE}", confidential=confidential, at=at)  # fmt: skip
    cast.judged(case, at=at, facts={"company_fault": True})
    actions.note(cast.lin_xiao, case.pk, words=f"{NAME}又来电，号码 139-1234-2468，住 6 栋 2 单元 1103", at=at + timedelta(minutes=2))
    actions.name_person(cast.lin_xiao, case.pk, who=cast.ma_qiang.pk, words=f"{NAME}说是他", at=at + timedelta(minutes=3))
    complained = case.complained.get()
    actions.ask_statement(
        cast.lin_xiao, case.pk, complained_id=complained.pk, words=f"请说明那天在 1103 {NAME}家的经过", at=at + timedelta(minutes=4)
    )
    case.refresh_from_db()
    return case


def walk(client: Client, *first: str) -> Iterator[tuple[str, str]]:
    """(address, text) of every page that can be reached by links from the first ones."""
    queue, seen = [*first], set(first)
    while queue and len(seen) <= MOST:
        url = queue.pop(0)
        response = client.get(url, follow=True)
        if response.status_code != 200 or "html" not in response.get("Content-Type", ""):
            continue
        text = unescape(response.content.decode())
        yield url, text
        for link in re.findall(r'href="(/[^"#]*)', text):
            if link not in seen and not any(part in link for part in NOT_FOLLOWED):
                seen.add(link)
                queue.append(link)


@pytest.mark.parametrize("who", ["luo_qing", "tang_qing"])
def test_no_page_shows_a_masked_role_who_it_is(cast: Cast, at: datetime, who: str) -> None:
    """Quality staff and the administrator click through everything: lists, case, forms, papers, notices, search."""
    case = told(cast, at)
    client = client_of(getattr(cast, who))
    addresses = ["/", reverse("search"), f"{reverse('search')}?q=6 栋", reverse("case", args=[case.number]), reverse("inbox"), "/asked/"]
    pages = dict(walk(client, *addresses))
    leaks = {url: CLEAR.findall(text)[:3] for url, text in pages.items() if CLEAR.search(text)}
    assert not leaks and len(pages) > 15
    head = pages[reverse("case", args=[case.number])]
    assert "闵**" in head and "139 **** 2468" in head and "6栋" in head


@pytest.mark.parametrize("who", ["zhou_hai", "ma_qiang"])
def test_a_secret_customer_stays_unknown_to_the_department_and_the_person(cast: Cast, at: datetime, who: str) -> None:
    """The head and the man of the department complained of: no page, no search, no question to answer tells who it was."""
    case, person = told(cast, at, confidential=True), getattr(cast, who)
    client = client_of(person)
    pages = dict(walk(client, "/", reverse("search"), reverse("case", args=[case.number]), reverse("inbox"), "/asked/"))
    leaks = {url: CLEAR.findall(text)[:3] for url, text in pages.items() if CLEAR.search(text) or "2468" in text}
    assert not leaks
    for text in (NAME, PHONE, "2468", HOME):
        assert case.number not in client.get(reverse("search"), {"q": text}).content.decode()
    with pytest.raises((Refused, Case.DoesNotExist)):
        actions.reveal(person, case.pk, why="想知道", at=at + timedelta(hours=1))
    assert NAME in client_of(cast.lin_xiao).get(reverse("case", args=[case.number])).content.decode()
    assert case.number in client_of(cast.lin_xiao).get(reverse("search"), {"q": NAME}).content.decode()


def test_whoever_is_complained_of_is_asked_without_a_name(cast: Cast, at: datetime) -> None:
    """Also in an open case the person complained of reads the question, not who complained."""
    told(cast, at)
    text = client_of(cast.ma_qiang).get("/asked/").content.decode()
    assert "经过" in text and not CLEAR.search(text)


def test_what_was_asked_for_is_shown_once_and_the_reason_stays(cast: Cast, at: datetime) -> None:
    """A reason is demanded; the page shows everything once; the journal keeps who and why."""
    case = told(cast, at)
    luo, page = client_of(cast.luo_qing), reverse("case", args=[case.number])
    assert luo.post(reverse("case_reveal", args=[case.number]), {"why": " "}).status_code == 409
    assert luo.post(reverse("case_reveal", args=[case.number]), {"why": "回访前核对号码"}).status_code == 302
    shown = luo.get(page).content.decode()
    assert NAME in shown and "139 1234 2468" in shown and HOME in shown
    assert not CLEAR.search(luo.get(page).content.decode())
    entry = JournalEntry.objects.get(case=case, act="reveal")
    assert entry.person == cast.luo_qing and entry.data["reason"] == "回访前核对号码"


def test_a_masked_reader_saves_no_mask(cast: Cast, at: datetime) -> None:
    """Acting on a case that one sees covered leaves name, number and words as they were given."""
    case = told(cast, at)
    luo = client_of(cast.luo_qing)
    luo.post(reverse("case_act", args=[case.number, "note"]), {"words": "看过"})
    case.refresh_from_db()
    assert (case.contact_name, case.contact_phone) == (NAME, PHONE) and NAME in case.raw


def test_a_customer_asks_for_secrecy_on_their_own_page(cast: Cast, at: datetime) -> None:
    """Ticked at the door, it holds as if reception had noted it; the address that came as the place shows its building only."""
    sent = {"words": "工程部的人乱收费", "phone": PHONE, "name": NAME, "place": "6栋2单元1103", "confidential": "1"}
    assert Client().post(reverse("door", args=[cast.site.door]), sent).status_code == 302
    case = Case.objects.get()
    assert case.confidential
    cast.judged(case, at=case.received_at + timedelta(minutes=1))
    text = client_of(cast.zhou_hai).get(reverse("case", args=[case.number])).content.decode()
    assert not CLEAR.search(text) and "6栋" in text and "2468" not in text
