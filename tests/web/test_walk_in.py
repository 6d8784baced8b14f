"""Walking in: posters for buildings and units, the form on a screen at the counter, staff who file for somebody else."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.web.test_arrivals import signed_in

from kesu.company.models import Person
from kesu.complaints.models import Case
from kesu.customers.models import Home
from kesu.customers.places import spots
from kesu.web.customer.kiosk import kiosk_token

pytestmark = pytest.mark.django_db


def test_posters_for_buildings_and_units_open_the_form_with_the_place_filled_in(cast: Cast) -> None:
    for n, label in enumerate(["10栋1单元101", "6 栋 2 单元 1103", "6栋2单元1104", "9号楼301", "商铺"]):
        Home.objects.create(site=cast.site, label=label, key=str(n))
    assert spots(cast.site.pk) == ["6 栋", "6 栋 2 单元", "9 号楼", "10 栋", "10 栋 1 单元"]
    client = signed_in(cast.tang_qing)
    page = client.get(reverse("setup_walk_in", args=[cast.site.pk])).content.decode()
    assert "6 栋 2 单元" in page and page.count('href="http://testserver/kiosk/') == 1, "the counter's screen stands where people walk in"
    answer = client.get(reverse("setup_posters", args=[cast.site.pk]), {"at": ["6 栋 2 单元", "9 号楼", "别人家"], "whole": "1"})
    from pypdf import PdfReader

    pages = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.content)).pages]
    assert answer["Content-Type"] == "application/pdf" and len(pages) == 3
    assert "榕砚里" in pages[0] and "6 栋 2 单元" in re.sub(r"\s+", " ", pages[1]) and "别人家" not in "".join(pages)
    form = Client().get(reverse("door", args=[cast.site.door]), {"at": "6 栋 2 单元"}).content.decode()
    assert 'name="place" autocomplete="off" value="6 栋 2 单元"' in form


def kiosk(cast: Cast) -> str:
    channel = next(row.id for row in cast.pack.channels if row.name == "来访")
    return reverse("kiosk", args=[kiosk_token(cast.site, channel)])


TYPED = {"words": "大堂的门关不上", "place": "3 栋大堂", "phone": "13800006021", "none": "1"}


def test_the_screen_at_the_counter_files_and_forgets(cast: Cast) -> None:
    address, client = kiosk(cast), Client()
    page = client.get(address)
    key = re.search(r'name="filed_key" value="([^"]+)"', page.content.decode())
    assert key and "data-draft" not in page.content.decode() and page["Cache-Control"] == "no-store, private"
    wrong = client.post(address, TYPED | {"phone": "", "filed_key": key[1]})
    assert wrong.status_code == 422 and "大堂的门关不上" in wrong.content.decode()
    filed = client.post(address, TYPED | {"filed_key": key[1]})
    case = Case.objects.get()
    assert filed.status_code == 200 and case.number in filed.content.decode() and case.token not in filed.content.decode()
    assert cast.pack.label("channels", case.channel, "zh") == "来访" and case.received_by is None
    assert not client.cookies.get("sessionid") and "13800006021" not in filed.content.decode()
    again = client.post(address, TYPED | {"filed_key": key[1]})
    assert case.number in again.content.decode() and Case.objects.count() == 1  # sent twice by an impatient finger
    Case.objects.filter(pk=case.pk).update(received_at=case.received_at - timedelta(minutes=3))
    late = client.post(address, TYPED | {"filed_key": key[1]})
    assert late.status_code == 302 and late["Location"] == address  # what the browser remembers is not for the next one
    empty = client.get(address).content.decode()
    assert "13800006021" not in empty and "大堂" not in empty and case.number not in empty


def test_nobody_guesses_the_address_of_a_screen(cast: Cast) -> None:
    good = kiosk(cast)
    forged = good[:-2] + ("y" if good[-2] == "x" else "x") + "/"
    for wrong in (forged, good.replace(f"/{cast.site.pk}.", f"/{cast.other_site.pk}."), "/kiosk/1/", "/kiosk/99999999999.a.b/"):
        assert Client().get(wrong).status_code == 404, wrong
    cast.site.door = "another-door"
    cast.site.save()
    assert Client().get(good).status_code == 404


def test_filing_for_a_caller_leaves_the_receptionists_own_data_alone(cast: Cast) -> None:
    Person.objects.filter(pk=cast.fang_jing.pk).update(phone="13700000001", email="fang@heyan.example")
    client = signed_in(cast.fang_jing)
    page = client.get(reverse("reception")).content.decode()
    assert "13700000001" not in page and all(
        f'name="{name}"' in tag and 'autocomplete="off"' in tag
        for name in ("phone", "home", "name", "reach")
        for tag in re.findall(rf'<input[^>]*id="{name}"[^>]*>', page)
    )
    data = {
        "site": cast.site.pk,
        "channel": "walk_in",
        "item": "电梯坏了",
        "category": "",
        "do": "record",
        "phone": "13800006021",
        "name": "闵女士",
    }
    assert client.post(reverse("reception"), data).status_code == 302
    person = Person.objects.get(pk=cast.fang_jing.pk)
    assert (person.phone, person.email, person.name) == ("13700000001", "fang@heyan.example", "方静")
    assert (Case.objects.get().contact_name, Case.objects.get().contact_phone) == ("闵女士", "13800006021")
