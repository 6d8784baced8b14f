"""Set-up, past cases under another version: what would have been late, in words first; only the reader's own cases; nothing is stored."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from tests.cast import Cast

from kesu.company.models import ProcedureVersion
from kesu.complaints import actions
from kesu.complaints.models import Clock


@pytest.fixture
def admin(client: Client, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Client:
    """唐青, the administrator, signed in two hours after the cast's moment."""
    for module in ("replay", "frame"):
        monkeypatch.setattr(f"kesu.web.setup.{module}.now", lambda: at + timedelta(hours=2))
    client.force_login(cast.tang_qing)
    return client


@pytest.fixture
def stricter(cast: Cast) -> ProcedureVersion:
    """Whoever signs has one minute."""
    text = cast.version.text.replace('limit = "10m"', 'limit = "1m"')
    return ProcedureVersion.objects.create(
        company=cast.company, pack_id="property", version="2027.1", effective=date(2027, 1, 1), text=text, digest="1" * 64,
        published_by=cast.tang_qing, published_at=cast.at,
    )  # fmt: skip


def signed(cast: Cast, at: datetime, minutes: int) -> str:
    """A case that was signed for so many minutes after it came in."""
    case = cast.judged(cast.complaint(at=at), at=at + timedelta(seconds=30))
    actions.sign(cast.zhou_hai, case.pk, at=at + timedelta(minutes=minutes))
    return case.number


def test_what_would_have_been_late_is_said_in_words_with_the_cases(
    admin: Client, cast: Cast, at: datetime, stricter: ProcedureVersion
) -> None:
    number, before = signed(cast, at, 5), list(Clock.objects.values())
    answer = admin.get(f"/setup/procedure/{stricter.pk}/replay/")
    text = answer.content.decode()
    assert "新超时 1 项，不再超时 0 项" in text and f'href="/cases/{number}/"' in text and "会超时" in text
    assert "部门负责人" in text and "人做事的快慢也会变" in text and 'role="img"><title>签收：原来 0，这一版 1</title>' in text
    assert list(Clock.objects.values()) == before


def test_the_version_they_were_received_under_changes_nothing(admin: Client, cast: Cast, at: datetime) -> None:
    signed(cast, at, 25)
    assert "没有变化" in admin.get(f"/setup/procedure/{cast.version.pk}/replay/").content.decode()


def test_only_the_newest_cases_asked_for(admin: Client, cast: Cast, at: datetime, stricter: ProcedureVersion) -> None:
    older, newer = signed(cast, at, 5), signed(cast, at + timedelta(minutes=30), 5)
    text = admin.get(f"/setup/procedure/{stricter.pk}/replay/?cases=1").content.decode()
    assert newer in text and older not in text


@pytest.mark.parametrize("typed", ["0", "2001", "many", ""])
def test_a_number_that_cannot_be_stays_typed_beside_its_reason(admin: Client, stricter: ProcedureVersion, typed: str) -> None:
    text = admin.get(f"/setup/procedure/{stricter.pk}/replay/?cases={typed}").content.decode()
    assert 'class="wrong"' in text and "y-told" not in text and (not typed or f'value="{typed}"' in text)


def test_nothing_to_try_yet(admin: Client, stricter: ProcedureVersion) -> None:
    assert "还没有投诉可以试" in admin.get(f"/setup/procedure/{stricter.pk}/replay/").content.decode()


def test_cases_are_read_together(
    admin: Client, cast: Cast, at: datetime, stricter: ProcedureVersion, django_assert_max_num_queries
) -> None:
    for n in range(4):
        signed(cast, at + timedelta(minutes=n), 5)
    admin.get(f"/setup/procedure/{stricter.pk}/replay/")
    with django_assert_max_num_queries(20):
        admin.get(f"/setup/procedure/{stricter.pk}/replay/")


def test_for_others_it_does_not_exist(client: Client, cast: Cast, stricter: ProcedureVersion) -> None:
    for person in (cast.lin_xiao, cast.bai_shi):
        client.force_login(person)
        assert client.get(f"/setup/procedure/{stricter.pk}/replay/").status_code == 404
