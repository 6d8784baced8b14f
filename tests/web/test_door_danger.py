"""A gas leak written on the customer's page on a Saturday at 23:00 rings the duty person at once, in all three sectors (U1–U10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.complaints.story import clock as clock_of
from tests.complaints.story import entries, minutes, on

from kesu.company.models import Company, Grant, Person, Site
from kesu.company.procedures import minutes_of_week, pack_of, publish, shipped_packs
from kesu.complaints.models import Case, Notice
from kesu.complaints.ringing import ring_due

SECTORS = ("property", "housekeeping", "salon")
SATURDAY_NIGHT = on("11-28", "23:00")
FOUNDED = on("01-05", "09:00")
GAS = {"words": "厨房煤气味很大，人都头晕", "place": "3 栋 2 单元 501", "phone": "13800006021", "filed_key": "one"}


@pytest.fixture(params=SECTORS)
def site(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A company of this sector with its receptionist on duty; the page's clock stands at 23:00 on a Saturday."""
    monkeypatch.setattr("kesu.web.customer.door.now", lambda: SATURDAY_NIGHT)
    company = Company.objects.create(name="夜班", founded_at=FOUNDED)
    pack = pack_of(publish(company, next(path for path in shipped_packs() if path.stem == request.param), None, FOUNDED).pk)
    site = Site.objects.create(company=company, code="YB", name="一店", door=f"night-{request.param}", hours=minutes_of_week(pack))
    duty = Person.objects.create(company=company, login="duty", name="值班", email="duty@example.cn")
    Grant.objects.create(person=duty, role="receptionist", site=site)
    return site


def file(site: Site, **sent: Any) -> Any:
    return Client().post(f"/d/{site.door}/", GAS | sent)


def rung(at: datetime) -> list[str]:
    ring_due(at)
    return [notice.kind for notice in Notice.objects.filter(person__login="duty").order_by("id")]


def test_ticked_at_night_it_rings_at_once(site: Site) -> None:
    answer = file(site, danger=["U1"])
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.judged, case.facts) == (False, {"U1": True}) and entries(case, "receive")[0].data["facts"] == {"U1": True}
    assert "fact:U1" in rung(SATURDAY_NIGHT), "told in the same moment, and by e-mail"
    assert Notice.objects.filter(kind="fact:U1", mail="waiting").exists()
    assert clock_of(case, "urgent_contact").due_at == SATURDAY_NIGHT + minutes(5)
    assert "warned" in rung(SATURDAY_NIGHT + minutes(3)) and "fell_late" in rung(SATURDAY_NIGHT + minutes(5.5))


def test_written_and_not_ticked_it_is_asked_once_more(site: Site) -> None:
    page = file(site)
    words = page.content.decode()
    assert page.status_code == 422 and not Case.objects.exists()
    assert "您写到“煤气" in words and "厨房煤气味很大，人都头晕</textarea>" in words
    assert file(site, none="1").status_code == 302
    assert Case.objects.get().facts == {} and "fact:U1" not in rung(SATURDAY_NIGHT + minutes(30))


def test_what_no_pack_asks_at_the_door_is_not_taken(site: Site) -> None:
    assert file(site, words="灯坏了", danger=["U10", "nothing", "<b>"]).status_code == 302
    assert Case.objects.get().facts == {}
    page = Client().get(f"/d/{site.door}/").content.decode()
    assert page.count('name="danger"') == sum(bool(fact.door) for fact in pack_of(Case.objects.get().version_id).facts) > 3
