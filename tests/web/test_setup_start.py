"""First run: every page leads there while there is no company; it founds one, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from kesu.company.models import Company, Department, Grant, Person, Site
from kesu.company.procedures import pack_of, shipped_packs
from kesu.procedure.packfile import load
from kesu.web.middleware import FirstRunMiddleware

TYPED = {
    "shown": "property", "pack": "property", "rows": "1", "name": "和檐物业", "person_name": "唐青", "login": "tangqing",
    "password": "ein-langes-wort-7", "site-0-name": "榕砚里", "site-0-code": "ry", "site-0-phone": "020 8888 1007",
    "site-0-departments": ["engineering", "security"],
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unfounded() -> Iterator[None]:
    """No process remembers a company of another test."""
    FirstRunMiddleware.founded = False
    yield
    FirstRunMiddleware.founded = False


@pytest.mark.parametrize("path", ["/", "/login/", "/setup/", "/c/whatever/", "/no/such/page"])
def test_every_page_leads_to_the_first_run_page(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == "/start/"


def test_the_page_offers_every_procedure(client: Client) -> None:
    text = client.get("/start/").content.decode()
    assert all(load(path).pack.pack.name in text for path in shipped_packs())


def test_the_page_shows_the_departments_and_hours_of_the_procedure_chosen(client: Client) -> None:
    text = client.post("/start/", {"shown": "", "pack": "property", "rows": "1"}).content.decode()
    assert not Company.objects.exists() and "08:30–12:00" in text
    assert 'value="engineering" id="id_site-0-departments_1" checked' in text
    assert 'value="finance" id="id_site-0-departments_5">' in text


def test_founding_makes_everything_and_signs_the_administrator_in(client: Client) -> None:
    answer = client.post("/start/", TYPED)
    assert (answer.status_code, answer["Location"]) == (302, "/setup/")
    company, person, site = Company.objects.get(), Person.objects.get(), Site.objects.get()
    assert (company.name, person.login, site.code, site.hours["0"]) == ("和檐物业", "tangqing", "RY", [[510, 720], [810, 1080]])
    assert set(Department.objects.values_list("name", flat=True)) == {"工程部", "安保部"}
    role = pack_of(company.versions.get().pk).one("roles", Grant.objects.get(person=person).role)
    assert "setup" in role.pages
    assert client.get("/setup/").status_code == 200


def test_it_can_never_be_opened_again(client: Client) -> None:
    client.post("/start/", TYPED)
    assert client.get("/start/").status_code == 404
    assert client.post("/start/", TYPED | {"login": "second"}).status_code == 404
    assert Company.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "  "}, "这里要填"),
        ({"login": "唐 青"}, "登录名用 2 到 60 个字母"),
        ({"password": "short"}, "太短，至少 10 个字符"),
        ({"password": "tangqing01"}, "太像"),
        ({"site-0-code": "榕砚"}, "代号用 1 到 6 个字母或数字"),
        ({"site-0-name": ""}, "这里要填"),
        ({"site-0-phone": "1380000"}, "少了 4 位"),
        ({"pack": "nonsense"}, "请从列出的里面选"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost(client: Client, change: dict[str, str], words: str) -> None:
    answer = client.post("/start/", TYPED | change)
    text = answer.content.decode()
    assert answer.status_code == 200 and words in text and not Company.objects.exists()
    kept = {"和檐物业", "tangqing", "榕砚里"} - {"和檐物业" if "name" in change else "", "tangqing" if "login" in change else ""}
    assert all(f'value="{word}"' in text for word in kept - {"榕砚里" if "site-0-name" in change else ""})
    assert "ein-langes-wort-7" not in text


def test_another_row_keeps_what_was_typed_and_complains_of_nothing(client: Client) -> None:
    text = client.post("/start/", TYPED | {"more": "1", "name": ""}).content.decode()
    second = text[text.index('name="site-1-name"') :]
    assert "required" not in second[: second.index(">")]  # a row left empty must not hold the browser back
    assert 'value="榕砚里"' in text and "这里要填" not in text


def test_a_second_site_counts_only_when_something_is_typed(client: Client) -> None:
    more = TYPED | {
        "rows": "3",
        "site-1-name": "听橘苑",
        "site-1-code": "TJ",
        "site-1-phone": "",
        "site-2-name": "",
        "site-2-code": "",
        "site-2-phone": "",
    }
    client.post("/start/", more)
    assert list(Site.objects.order_by("code").values_list("code", flat=True)) == ["RY", "TJ"]


def test_two_sites_with_one_code_are_refused_beside_the_second(client: Client) -> None:
    answer = client.post("/start/", TYPED | {"rows": "2", "site-1-name": "听橘苑", "site-1-code": "RY", "site-1-phone": ""})
    assert "两处的代号不能一样" in answer.content.decode() and not Site.objects.exists()
    assert 'id="id_site-1-code_error"' in answer.content.decode()


def test_who_is_second_at_the_same_moment_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post("/start/", TYPED)
    from kesu.web.setup import starting

    page = starting.Page(_query(TYPED))
    page.company = starting.CompanyForm(TYPED)
    page.sites = [starting.SiteForm(_query(TYPED), prefix="site-0", pack=page.pack)]
    assert page.is_valid() and page.found() is None
    assert "已经开通过了" in str(page.company.non_field_errors())


def _query(typed: dict):
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
