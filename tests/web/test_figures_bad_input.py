"""Odd months, places and changes: pages, files, reports and warnings tell the truth or say plainly that they cannot."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.complaints.story import days, hours, minutes, on
from tests.warnings.histories import burst, filed, life
from tests.web.case_hands import Clock, clock

from kesu.company.actions.publishing import publish_text
from kesu.company.models import Person
from kesu.company.procedures import shipped_packs
from kesu.company.standing import changed
from kesu.complaints.actions import recalculating
from kesu.complaints.models import Clock as Running
from kesu.insights import duties
from kesu.insights.actions.counting import count_due
from kesu.insights.actions.exposing import enter
from kesu.insights.actions.rebuilding import differences, rebuild
from kesu.insights.coverage import Coverage
from kesu.insights.measuring import measure
from kesu.insights.models import ClockFact
from kesu.insights.periods import Period
from kesu.reporting.actions.counting import count
from kesu.reporting.contents.composing import compose
from kesu.warnings.daily import look
from kesu.web.figures.looking import VIEWS

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
NOVEMBER = "2026-11"
PROPERTY = next(path for path in shipped_packs() if path.stem == "property")


@pytest.fixture(autouse=True)
def new_versions() -> None:
    duties.forget()


def page(person: Person, view: str, period: str = NOVEMBER) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(reverse("figures") if view == "overview" else reverse("figures_view", args=[view]), {"period": period})
    assert answer.status_code == 200, view
    return unescape(answer.content.decode())


def sent(person: Person, view: str, table: str, period: str = NOVEMBER) -> str:
    """The table as CSV."""
    client = Client()
    client.force_login(person)
    answer = client.get(reverse("figures_export", args=[view, table, "csv"]), {"period": period})
    assert answer.status_code == 200
    return answer.content.decode()


def reported(cast: Cast, at: datetime, period: str = NOVEMBER, **where: Any) -> dict[str, list[list[str]]]:
    """Table → rows of words, of the report."""
    found = Period.read(period)
    assert found is not None
    count(cast.company, at)
    content = compose(cast.company, where.get("site"), found, at, languages=("zh-hans",)).content["zh-hans"]
    return {
        f"{part['id']}/{table['id']}": [[cell["words"] for cell in row] for row in table["rows"]]
        for part in content["parts"]
        for table in part["tables"]
    }


def test_no_homes_are_no_rate_and_a_month_not_entered_is_not_nothing(cast: Cast, at: datetime, clock: Clock) -> None:
    cast.judged(cast.complaint(at=at), at=at)
    clock.to(days=3)
    enter(cast.shen_yue, cast.site.pk, "homes", {date(2026, 11, 1): 0}, at)
    zero = "在管户是 0，除不出来"
    assert zero in page(cast.luo_qing, "overview") and zero in sent(cast.luo_qing, "overview", "compared")
    assert [zero] == [row[1] for row in reported(cast, clock.at, site=cast.site)["own-sum/compared"] if row[0] == "投诉率"]
    assert reported(cast, clock.at, site=cast.site)["own-rates/rates"][-1][-1] == f"给不出来：{zero}"
    enter(cast.shen_yue, cast.other_site.pk, "homes", {date(2026, 11, 1): 500}, at)
    by_site = sent(cast.luo_qing, "by-site", "by-site")
    assert zero not in by_site.split("\n")[0] and "榕砚里" in by_site and (zero in by_site or "听橘苑" not in by_site)
    enter(cast.shen_yue, cast.site.pk, "homes", {date(2026, 11, 1): None, date(2026, 10, 1): 900}, at)
    assert "没填在管户：榕砚里 2026-11" in page(cast.luo_qing, "overview")
    filed(cast, [at - timedelta(days=3 * k) for k in range(60)])
    found = look(cast.company, at.date(), at)
    assert found and {row.why for row in found[0].untold if row.site == cast.site.pk} == {"exposure"}


def test_a_kind_of_complaint_that_was_renamed_or_split(cast: Cast, at: datetime, clock: Clock) -> None:
    """The old one keeps its name and says that it is of before; the parts still make the whole; the new one is no outbreak."""
    life(cast, at, days=400)
    old = cast.complaint(at=at)
    text = PROPERTY.read_text().replace('name = "公共照明"', 'name = "楼道灯"').replace('version = "', 'version = "9', 1)
    head, lift, rest = text.partition('[[categories]]\nid = "lift"\n')
    body, _, tail = rest.partition("[[categories]]\n")
    stops, noises = body.replace('"电梯"', '"电梯停运"', 1), body.replace('"电梯"', '"电梯异响"', 1)
    noises = noises.replace('words = ["电梯", "轿厢", "困人", "年检", "停梯", "坐梯", "梯门"]', 'words = ["异响"]')
    split = f'{head}[[categories]]\nid = "lift_stop"\n{stops}[[categories]]\nid = "lift_noise"\n{noises}[[categories]]\n{tail}'
    assert lift
    publish_text(cast.tang_qing, split, file="split.toml", effective=at.date() + days(1), at=at)
    changed(cast.company.pk)
    later = at + days(2)
    new = [
        cast.complaint(at=later + minutes(n), phone=f"1390000210{n}", home=f"6栋2单元120{n}", items=[("停了", "lift_stop")])
        for n in range(4)
    ]
    cast.complaint(at=later, phone="13900002109", home="6栋2单元1209", items=[("灯不亮", "lighting")])
    clock.at = later + hours(3)
    names = {row.split(",")[0]: row.split(",")[1] for row in sent(cast.luo_qing, "by-category", "by-category").splitlines() if "," in row}
    assert names["电梯（旧）"] >= "1" and names["电梯停运"] == "4" and names["楼道灯"] == "1" and "公共照明" not in names
    assert "电梯（旧）" in page(cast.luo_qing, "by-category") and old.category == "lift" and new[0].category == "lift_stop"
    rows = reported(cast, clock.at)["own-where/by-category"]
    whole = measure(cast.company, Period.month(2026, 11), clock.at, ["complaints"])[0].value
    assert sum(int(row[1]) for row in rows) == whole
    found = look(cast.company, clock.at.date(), clock.at)
    assert found and not [signal for signal in found[0].signals if signal.value == "lift_stop" and signal.kind == "cluster"]


def test_a_clock_put_right_afterwards_is_counted_by_its_new_time(cast: Cast, at: datetime, clock: Clock) -> None:
    """The office turns out to have been open for an hour a day: page, file and report follow."""
    site, friday = cast.site, on("11-20", "20:00")
    case = cast.complaint(at=friday, channel="email")
    clock.at = friday + days(6)
    before = {row.pk: row.due_at for row in Running.objects.filter(case=case, state="running", time__in=("office", "official"))}
    late = sent(cast.luo_qing, "late", "late")
    site.hours = {day: [[start, start + 60] for start, _ in windows] for day, windows in site.hours.items()}
    site.save()
    changed(cast.company.pk)
    moved = recalculating.recalculate(cast.company.pk, clock.at)
    clock.to(minutes=1)
    count_due(clock.at)
    after = {row.pk: row.due_at for row in Running.objects.filter(pk__in=before)}
    assert moved == sum(before[pk] != after[pk] for pk in before) > 0
    facts = ClockFact.objects.filter(case=case)
    assert {row.due_at for row in facts} >= set(after.values()) and list(differences(cast.company, clock.at)) == []
    said = sent(cast.luo_qing, "late", "late")
    assert said != late and said.count(case.number) == len(reported(cast, clock.at)["own-late/late"])


def test_another_time_zone_moves_days_everywhere(cast: Cast, clock: Clock) -> None:
    edge = on("11-30", "23:30")
    cast.complaint(at=edge)
    clock.at = edge + days(5)
    assert reported(cast, clock.at, "2026-11")["own-sum/compared"][0][1] == "1"
    cast.company.zone = "Asia/Tokyo"
    cast.company.changes += 1
    cast.company.save()
    changed(cast.company.pk)
    count_due(clock.at)
    for period, n in (("2026-11", "那时还没有记录"), ("2026-12", "1")):
        assert reported(cast, clock.at, period)["own-sum/compared"][0][1] == n
        assert f"受理,{n}," in sent(cast.luo_qing, "overview", "compared", period)
    assert page(cast.luo_qing, "overview", "2026-12")
    found = look(cast.company, date(2026, 12, 1), clock.at)
    assert found and next(place for place in found[1].places if place.site == cast.site.pk).since == date(2026, 12, 2).toordinal()


def test_the_29th_of_february_has_a_day_of_its_own_and_is_set_against_the_28th(cast: Cast, clock: Clock) -> None:
    leap = datetime(2028, 2, 29, 10, 0, tzinfo=cast.at.tzinfo)
    filed(cast, [leap - timedelta(days=365), leap])  # 1 March 2027, 29 February 2028
    filed(cast, [datetime(2027, 2, 28, 9, 0, tzinfo=leap.tzinfo)])
    clock.at = leap + days(3)
    while count_due(clock.at):
        pass
    rebuild(cast.company, clock.at)
    row = next(row for row in sent(cast.luo_qing, "overview", "compared", "2028-02-29").splitlines() if row.startswith("受理,"))
    assert row.split(",")[1:4] == ["1", "0", "1"]  # against 29 January 2028 and 28 February 2027
    assert "2028-02-29" in page(cast.luo_qing, "overview", "2028-02-29")
    assert reported(cast, clock.at, "2028-02")["own-sum/compared"][0][1:] == ["1", "0", "1"]
    assert look(cast.company, leap.date(), clock.at) is not None


def test_a_month_without_cases_and_a_site_without_any(cast: Cast, at: datetime, clock: Clock) -> None:
    clock.at = at
    for view in VIEWS.values():
        page(cast.luo_qing, view.id, "2026-09")
    assert "没有这样的单" in sent(cast.luo_qing, "overview", "compared", "2026-09")
    told = json.dumps(reported(cast, at, "2026-09", site=cast.other_site), ensure_ascii=False)
    assert "nan" not in told and "没有这样的单" in told
    found = look(cast.company, at.date(), at)
    assert found and found[0].signals == [] and {row.why for row in found[0].untold} == {"few"}


def test_a_site_opened_in_the_middle_of_the_month_is_new_everywhere(cast: Cast, at: datetime, clock: Clock) -> None:
    filed(cast, [at - timedelta(days=12 * k) for k in range(1, 40)])
    cast.complaint(by=cast.wu_tong, at=at, site_id=cast.other_site.pk, home="1栋1单元101")
    clock.at = at + days(1)
    enter(cast.shen_yue, cast.other_site.pk, "homes", {date(2026, 11, 1): 500}, at)
    rates = reported(cast, clock.at, site=cast.other_site)["own-rates/rates"]
    assert [row[-1] for row in rates[:-1]] == ["给不出来：那时还没有项目"] * 12 and rates[-1][2] == "500.00"
    burst(cast, clock.at, 4, site=cast.other_site)
    found = look(cast.company, clock.at.date(), clock.at)
    assert found and [row.data["n"] for row in found[0].untold if row.site == cast.other_site.pk and row.why == "few"] != []
    assert not [signal for signal in found[0].signals if signal.site == cast.other_site.pk and signal.kind == "cluster"]


def test_a_year_under_way_is_set_against_what_can_be_entered_by_now(cast: Cast, at: datetime, clock: Clock) -> None:
    """December has not come: its homes are nobody's omission. Five days short of a month are not below the limits of whole months."""
    filed(cast, [at - timedelta(days=9 * k) for k in range(1, 38)])
    clock.at = at + days(5)
    rebuild(cast.company, clock.at)
    enter(cast.shen_yue, cast.site.pk, "homes", {date(2026, n, 1): 1000 for n in range(1, 12)}, at)
    for period in ("2026", "2026-11"):
        seen, rows = page(cast.luo_qing, "by-site", period), reported(cast, clock.at, period)
        assert "每 10,000 在管户" in seen and "没填户数" not in seen and "没填在管户" not in seen, period
        last = rows["own-rates/rates"][-1]
        assert last[0] == "2026-11" and last[-1] == "这个月还没完，不判断", period
    assert reported(cast, on("12-02", "09:00"), "2026-11")["own-rates/rates"][-1][-1] == "在控制限内"


def test_half_the_sites_are_told_as_half(cast: Cast, at: datetime, clock: Clock) -> None:
    """A reader of one site: its figures alone, said so; rates of that site alone; nothing of the other in any view or file."""
    cast.complaint(at=at)
    other = cast.complaint(by=cast.wu_tong, at=at, site_id=cast.other_site.pk, home="1栋1单元101", phone="13900009002")
    clock.at = at + days(1)
    enter(cast.shen_yue, cast.site.pk, "homes", {date(2026, 11, 1): 1600}, at)
    seen = page(cast.he_wei, "overview")
    assert "只统计榕砚里的单" in seen and "没填在管户" not in seen.split("上期")[0]
    for view in VIEWS.values():
        words = page(cast.he_wei, view.id)
        assert other.number not in words and "听橘苑" not in words
    assert Coverage.of(cast.company).whole and measure(cast.company, Period.month(2026, 11), clock.at, ["received"])[0].value == 2
    assert "受理,1," in sent(cast.he_wei, "overview", "compared") and "受理,2," in sent(cast.luo_qing, "overview", "compared")
