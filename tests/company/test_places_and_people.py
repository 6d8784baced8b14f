"""What stands still: numbers, telephones, homes, who holds a role, which version of the procedure counts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.complaints.story import days, due, fresh, minutes, on, refused, walk

from kesu.company.holders import Holders
from kesu.company.models import Company, Grant, ProcedureVersion, Site
from kesu.company.procedures import pack_of, publish, shipped_packs, time_of
from kesu.company.standing import standing
from kesu.complaints import actions
from kesu.complaints.actions.numbers import numbers_from
from kesu.customers.models import Customer, Home
from kesu.customers.phones import clean_phone, home_key, masked, phone_fault, spaced

PACK = next(path for path in shipped_packs() if path.stem == "property")


# --- numbers ---------------------------------------------------------------------------------------------------------------------


def test_numbers_begin_anew_for_each_site_and_day(cast: Cast) -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    pattern = "{site}-{yymmdd}-{n:03}"
    assert numbers_from(cast.site, pattern, monday, 2) == ["RY-261123-001", "RY-261123-002"]
    assert numbers_from(cast.other_site, pattern, monday, 1) == ["TJ-261123-001"]
    assert numbers_from(cast.site, pattern, tuesday, 1) == ["RY-261124-001"]
    assert numbers_from(cast.site, pattern, monday, 1) == ["RY-261123-003"]
    assert numbers_from(cast.site, "{yyyymmdd}{n:04}", monday, 1) == ["202611230004"]


def test_the_thousandth_of_a_day_has_a_number_too(cast: Cast) -> None:
    assert numbers_from(cast.site, "{site}-{yymmdd}-{n:03}", date(2026, 11, 23), 1000)[-1] == "RY-261123-1000"


# --- telephones ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "kept"), [
    ("139 0000 1007", "13900001007"),
    ("139-0000-1007", "13900001007"),
    (" １３９００００１００７ ", "13900001007"),  # full-width, as an input method leaves them
    ("+86 139 0000 1007", "13900001007"),
    ("008613900001007", "13900001007"),
    ("0755-8123 4567", "075581234567"),
    ("+852 9123 4567", "+85291234567"),
    ("电话：13900001007", "13900001007"),
    ("", ""),
])  # fmt: skip
def test_a_number_is_kept_as_digits(typed: str, kept: str) -> None:
    assert clean_phone(typed) == kept
    assert phone_fault(typed) is None


@pytest.mark.parametrize(("typed", "words"), [
    ("1390000100", "少了 1 位"),
    ("139000010077", "多了 1 位"),
    ("没有", "不是电话号码"),
    ("123", "5 到 15 位"),
    ("139****1007", "遮住"),
    ("139 **** 1007", "遮住"),
    ("139xxxx1007", "遮住"),
    ("139＊＊＊＊1007", "遮住"),
])  # fmt: skip
def test_what_cannot_be_called_is_said_and_why(typed: str, words: str) -> None:
    fault = phone_fault(typed)
    assert fault is not None
    assert words in fault[0]
    assert fault[1]


@pytest.mark.parametrize("phone", ["13900001007", "075581234567", "+85291234567", "95588", "12345"])
def test_a_masked_number_never_passes_for_a_number(phone: str) -> None:
    hidden = masked(phone)
    if hidden != phone:
        assert phone_fault(hidden) is not None
        assert phone[-4:] in hidden and phone not in hidden
    assert clean_phone(spaced(phone)) == phone


# --- homes -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelt", ["6 栋 2 单元 1103", "6-2-1103", "6栋2单元1103室", "６栋２单元１１０３", "6幢2單元1103", "6座 2门 1103", "6号楼2单元1103"]
)
def test_spellings_of_one_home_are_one_home(spelt: str) -> None:
    assert home_key(spelt) == home_key("6栋2单元1103")


@pytest.mark.parametrize("other", ["6栋2单元1104", "6栋21103", "62-1103", "6栋2单元11层03", "16栋2单元1103", "A6栋2单元1103"])
def test_other_homes_stay_apart(other: str) -> None:
    assert home_key(other) != home_key("6栋2单元1103")


def test_the_same_key_at_two_sites_is_two_homes(cast: Cast) -> None:
    first = cast.complaint(phone="")
    second = cast.complaint(by=cast.wu_tong, site_id=cast.other_site.pk, phone="")
    again = cast.complaint(home="6-2-1103", phone="")
    assert first.home_id == again.home_id != second.home_id
    assert Home.objects.count() == 2
    assert Home.objects.get(pk=first.home_id).label == "6栋2单元1103"
    assert first.customer_id == again.customer_id
    assert Customer.objects.count() == 2


# --- who holds a role ------------------------------------------------------------------------------------------------------------


def _holders(cast: Cast, site: Site | None = None) -> Holders:
    return Holders(standing(Company.objects.get(pk=cast.company.pk)), (site or cast.site).pk)


def test_the_nearest_holders_answer(cast: Cast) -> None:
    assert _holders(cast).of("department_head", cast.engineering.pk) == [cast.zhou_hai]
    assert _holders(cast).of("department_head", cast.department("cleaning").pk) == []
    assert _holders(cast).of("department_head") == []  # no head answers for what belongs to no department
    assert _holders(cast).of("general_manager") == [cast.shen_yue]
    assert _holders(cast, cast.other_site).of("receptionist") == [cast.wu_tong]
    Grant.objects.create(person=cast.shen_yue, role="receptionist")  # company-wide beside the site's own
    assert _holders(cast).of("receptionist") == [cast.fang_jing]
    Grant.objects.filter(person=cast.fang_jing).delete()
    assert _holders(cast).of("receptionist") == [cast.shen_yue]


def test_the_first_role_that_somebody_holds(cast: Cast) -> None:
    chain = cast.pack.dispatching.nobody
    assert _holders(cast).first_of(chain, cast.engineering.pk) == ("department_head", [cast.zhou_hai])
    assert _holders(cast).first_of(chain, cast.department("cleaning").pk) == ("affairs_supervisor", [cast.lin_xiao])
    assert _holders(cast, cast.other_site).first_of(chain) == ("general_manager", [cast.shen_yue])
    assert _holders(cast).first_of(["trainer"]) == ("", [])


def test_two_grants_of_one_role_are_one_holder_and_the_departed_hold_nothing(cast: Cast) -> None:
    Grant.objects.create(person=cast.zhou_hai, role="department_head", site=cast.site, department=cast.security)
    assert _holders(cast).of("department_head", cast.security.pk) == [cast.chen_li, cast.zhou_hai]
    cast.chen_li.is_active = False
    cast.chen_li.save()
    assert _holders(cast).of("department_head", cast.security.pk) == [cast.zhou_hai]


# --- versions of the procedure ---------------------------------------------------------------------------------------------------


def _next_version(cast: Cast, tmp_path: Path, effective: date, at: datetime) -> ProcedureVersion:
    """The same procedure, but minor cases are solved within one day."""
    text = PACK.read_text(encoding="utf-8")
    assert text.count('"earlier of 2d | customer-date"') == 1
    file = tmp_path / "property.toml"
    new = text.replace('version = "2026.1"', 'version = "2026.2"').replace(
        '"earlier of 2d | customer-date"', '"earlier of 1d | customer-date"'
    )
    file.write_text(new, encoding="utf-8")
    return publish(cast.company, file, cast.tang_qing, at, effective=effective)


def test_a_case_keeps_the_version_of_its_receipt(cast: Cast, tmp_path: Path) -> None:
    second = _next_version(cast, tmp_path, date(2026, 11, 21), on("11-20", "10:00"))
    before, after = cast.complaint(at=on("11-20", "23:59")), cast.complaint(at=on("11-21", "00:00"))
    assert (before.version_id, after.version_id) == (cast.version.pk, second.pk)
    assert (due(before, "solve_minor"), due(after, "solve_minor")) == ("11-22 23:59", "11-22 00:00")
    entered_late = cast.complaint(at=on("11-21", "09:00"), heard_at=on("11-20", "20:00"))
    assert entered_late.version_id == second.pk  # received is when we wrote it down
    walk(cast, before, "done", on("11-22", "10:00"))
    actions.reopen(None, before.pk, reason="又坏", actor="customer", at=on("11-25", "10:00"))
    assert fresh(before).version_id == cast.version.pk
    assert due(before, "solve_minor") == "11-27 10:00"  # the second round too: two days, as when it was received


def test_before_the_first_version_the_first_counts_and_of_one_day_the_last(cast: Cast, tmp_path: Path) -> None:
    def on_day(day: date) -> int:
        return standing(Company.objects.get(pk=cast.company.pk)).version_on(day)

    assert on_day(date(2020, 1, 1)) == cast.version.pk
    second = _next_version(cast, tmp_path, cast.version.effective, on("11-20"))
    assert on_day(cast.version.effective) == second.pk
    assert [on_day(date(2025, 12, 31)), on_day(date(2026, 1, 1))] == [cast.version.pk, second.pk]


def test_the_same_text_is_the_same_version(cast: Cast, at: datetime) -> None:
    assert publish(cast.company, PACK, None, at + days(9)).pk == cast.version.pk
    assert ProcedureVersion.objects.filter(company=cast.company).count() == 1
    assert pack_of(cast.version.pk).pack.version == cast.version.version


def test_a_company_without_a_procedure_cannot_receive_and_says_so(at: datetime, db: None) -> None:
    company = Company.objects.create(name="新公司", founded_at=at)
    with pytest.raises(ProcedureVersion.DoesNotExist):
        standing(company).version_at(at)


# --- opening hours ---------------------------------------------------------------------------------------------------------------


def test_changed_hours_count_for_the_next_clock(cast: Cast, at: datetime) -> None:
    assert due(cast.complaint(at=on("11-20", "17:50")), "judge") == "11-21 09:20"
    site = Site.objects.get(pk=cast.site.pk)
    site.hours = {**site.hours, "4": [[510, 1260]]}  # Fridays until nine
    site.save()
    assert due(cast.complaint(at=on("11-20", "17:50")), "judge") == "11-20 18:20"
    assert due(cast.complaint(by=cast.wu_tong, site_id=cast.other_site.pk, at=on("11-20", "17:50")), "judge") == "11-21 09:20"


def test_each_site_has_its_own_timetable(cast: Cast) -> None:
    site = Site.objects.select_related("company").get(pk=cast.site.pk)
    assert time_of(site, "always").zone.key == "Asia/Shanghai"
    start = on("11-20", "17:00")
    assert time_of(site, "office").between(start, start + minutes(120)) == 3600
    assert time_of(site, "always").between(start, start + minutes(120)) == 7200


def test_a_closed_site_takes_no_new_complaint(cast: Cast) -> None:
    cast.site.active = False
    cast.site.save()
    with pytest.raises(Site.DoesNotExist):
        cast.complaint()


def test_a_home_or_name_alone_is_enough_nothing_is_too(cast: Cast) -> None:
    assert cast.complaint(name="", phone="", home="").customer is None
    assert cast.complaint(name="", phone="", home="7栋1单元101").customer is not None
    with refused("no_words"):
        cast.complaint(items=[("  ", "lift")])
    assert cast.complaint(items=[("😡😡😡", "")], name="", phone="", home="").title == "😡😡😡"
