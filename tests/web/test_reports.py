"""The pages of reports: whose turn it is, comments, approval by another person, downloads, what a stranger gets."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.complaints.story import on

from kesu.company.models import Person
from kesu.complaints.files import stored
from kesu.insights import duties
from kesu.reporting.actions import drafting
from kesu.reporting.actions.drafting import draft_due
from kesu.reporting.models import Report

pytestmark = pytest.mark.django_db
FIRST = on("12-01", "06:00")


@pytest.fixture
def drafted(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Report:
    duties.forget()
    drafting.forget()
    cast.judged(cast.complaint(at=at), at=at)
    draft_due(FIRST)
    for module in ("web.reports.views", "web.work.views", "web.context"):
        monkeypatch.setattr(f"kesu.{module}.now", lambda: FIRST + timedelta(hours=3))
    return Report.objects.get(site=cast.site)


@pytest.fixture
def signed_in(client: Client) -> Callable[[Person], Client]:
    def go(person: Person) -> Client:
        client.force_login(person)
        return client

    return go


def test_from_my_work_to_the_kept_file(cast: Cast, drafted: Report, signed_in: Callable[[Person], Client]) -> None:
    page, act = reverse("report", args=[drafted.pk]), lambda name: reverse("report_act", args=[drafted.pk, name])
    web = signed_in(cast.lin_xiao)
    work = web.get(reverse("work"), {"show": "all"}).content.decode()
    assert page in work and "写报表评语" in work
    listed = web.get(reverse("reports")).content.decode()
    assert "月度投诉统计分析 2026-11　榕砚里" in listed and "林晓" in listed and "听橘苑" not in listed
    shown = web.get(page).content.decode()
    assert "有效投诉" in shown and "<svg" in shown and 'name="own-sum"' in shown and "批准报表" not in shown
    parts = re.findall(r'class="chip" href="#([^"]+)"', shown)  # forty screens on a telephone: every part is one touch away
    assert parts[0] == "own-sum" and parts[-1] == "send" and all(f' id="{part}"' in shown for part in parts)
    assert web.post(act("comment"), {"own-sum": "", "submit": "1"}).status_code == 422  # without a word it is not handed in
    assert web.post(act("comment"), {"own-sum": "一件没办完", "submit": "1"}).status_code == 302
    assert "要由另一个人批准" in web.get(page).content.decode() or "等批准" in web.get(page).content.decode()
    drafted.refresh_from_db()
    web = signed_in(cast.he_wei)
    assert "批准报表" in web.get(page).content.decode() and "一件没办完" in web.get(page).content.decode()
    wrong = web.post(act("return"), {"words": ""})
    assert wrong.status_code == 422 and "写明为什么退回" in wrong.content.decode()
    assert web.post(act("approve"), {"digest": "x"}).status_code == 422
    assert web.post(act("approve"), {"digest": drafted.digest}).status_code == 302
    drafted.refresh_from_db()
    given = web.get(reverse("report_file", args=[drafted.pk, "pdf"]))
    assert given.content == stored(drafted.sha256).read_bytes() and given["Content-Disposition"].startswith("attachment")
    for form in ("docx", "xlsx", "html", "json"):
        assert web.get(reverse("report_file", args=[drafted.pk, form])).status_code == 200
    assert web.get(f"/reports/{drafted.pk}/file.exe").status_code == 404
    stored(drafted.sha256).write_bytes(b"%PDF-x")
    assert web.get(reverse("report_file", args=[drafted.pk, "pdf"])).status_code == 410
    assert "校验码对不上" in web.get(page).content.decode()


def test_the_summary_of_follow_ups_as_files(cast: Cast, drafted: Report, signed_in: Callable[[Person], Client]) -> None:
    web = signed_in(cast.lin_xiao)
    url = reverse("visit_report_file", args=["xlsx"])
    assert f"{url}?month=2026-11" in web.get(reverse("visit_report"), {"month": "2026-11"}).content.decode()
    for form in ("pdf", "docx", "xlsx", "html", "json"):
        given = web.get(reverse("visit_report_file", args=[form]), {"month": "2026-11"})
        assert given.status_code == 200 and len(given.content) > 500
    told = web.get(reverse("visit_report_file", args=["json"]), {"month": "2026-11"}).json()
    assert told["site"] == "榕砚里" and told["parts"][0]["tables"][0]["rows"][0][1]["value"] == 0
    for wrong in ("0001-01", "9999-12", "2026-13", "2026-Q4", "2026"):  # a page says which month it is of; a file of another month is none
        assert web.get(reverse("visit_report"), {"month": wrong}).status_code == 200, wrong
        assert web.get(reverse("visit_report_file", args=["json"]), {"month": wrong}).status_code == 404, wrong
    assert web.get(reverse("visit_report_file", args=["json"]), {"site": cast.other_site.pk}).status_code == 404
    assert signed_in(cast.zhou_hai).get(url).status_code == 404


def test_strangers_learn_nothing(cast: Cast, drafted: Report, signed_in: Callable[[Person], Client]) -> None:
    for person in (cast.bai_shi, cast.fang_jing, cast.zhou_hai, cast.ma_qiang):
        web = signed_in(person)
        for url in (reverse("report", args=[drafted.pk]), reverse("report_file", args=[drafted.pk, "xlsx"])):
            assert web.get(url).status_code == 404
        assert web.post(reverse("report_act", args=[drafted.pk, "comment"]), {"own-sum": "x"}).status_code == 404
    assert signed_in(cast.luo_qing).post(reverse("report_act", args=[drafted.pk, "comment"]), {"own-sum": "x"}).status_code == 422
