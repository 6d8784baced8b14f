"""How long a case is kept, and that letting go of it leaves the statistics and the proof (STANDARDS 2.3)."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection, models
from tests.cast import Cast

from kesu.complaints import actions
from kesu.complaints.actions.keeping import deidentify_due
from kesu.complaints.files import Upload, stored
from kesu.complaints.models import Attachment, Case, JournalEntry
from kesu.complaints.queries.keeping import due_until, end_of_next_month
from kesu.config.proof import prove
from kesu.customers.models import Customer, Home
from kesu.papers import dossier, reading
from kesu.papers.checking import check
from kesu.procedure.keeping import closed_before, last_day
from kesu.procedure.refused import Refused

ZONE = ZoneInfo("Asia/Shanghai")
NAME, PHONE = "闵若兰", "13912342468"
PNG = b"\x89PNG\r\n\x1a\n"


def closed(cast: Cast, at: datetime) -> Case:
    """A case full of what somebody wrote, closed at `at`."""
    case = cast.complaint(name=NAME, phone=PHONE, home="6栋2单元1103", raw=f"{NAME}来电", wants=f"回电 {PHONE}", at=at - timedelta(hours=3))
    actions.attach(cast.fang_jing, case.pk, upload=Upload("闵家门口.png", len(PNG), [PNG]), at=at - timedelta(hours=2))
    cast.judged(case, at=at - timedelta(hours=2), facts={"company_fault": True})
    actions.note(cast.lin_xiao, case.pk, words=f"{NAME}说要告到底", at=at - timedelta(hours=1))
    actions.withdraw(cast.lin_xiao, case.pk, reason=f"{NAME}说不用办了", at=at - timedelta(minutes=30))
    actions.close(cast.lin_xiao, case.pk, at=at)
    case.refresh_from_db()
    assert case.closed_at == at
    return case


def everything(case: Case) -> str:
    """All that the database still holds, table by table."""
    words = []
    for table in apps.get_models():
        if table._meta.app_label in ("complaints", "customers"):
            words += [json.dumps(row, default=str, ensure_ascii=False) for row in table._default_manager.values()]
    return "\n".join(words)


@pytest.mark.parametrize(
    ("shut", "years", "last"),
    [
        ("2026-11-20", 3, "2029-11-20"),
        ("2024-02-29", 3, "2027-02-28"),
        ("2024-02-29", 4, "2028-02-29"),
        ("2027-02-28", 1, "2028-02-28"),
        ("2026-12-31", 3, "2029-12-31"),
    ],
)
def test_the_last_day(shut: str, years: int, last: str) -> None:
    """The same day so many years on; 29 February ends with February (civil code, art. 202)."""
    assert last_day(date.fromisoformat(shut), years) == date.fromisoformat(last)


def test_the_two_ways_of_asking_agree() -> None:
    """Every day of five years around a leap day: closed before `closed_before(today)` is the same as `last_day` before today."""
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(5 * 365)]
    for years in (1, 3, 4):
        for today in days[::3]:
            turn = closed_before(today, years)
            assert last_day(turn - timedelta(days=1), years) < today <= last_day(turn, years)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("shut", "last"),
    [
        (datetime(2026, 11, 20, 23, 59, 59, tzinfo=ZONE), date(2029, 11, 20)),
        (datetime(2028, 2, 29, 8, tzinfo=ZONE), date(2031, 2, 28)),
    ],
)
def test_the_worker_lets_go_on_the_day_after_the_last(cast: Cast, at: datetime, shut: datetime, last: date) -> None:
    """Not in the last second of the last day, but in the first of the next one; statistics stay, words, files and people go."""
    case = closed(cast, shut)
    figures = Case.objects.filter(pk=case.pk).values("number", "category", "grade", "nature", "heard_at", "closed_at", "outcome").get()
    path = stored(Attachment.objects.get(case=case).sha256)
    midnight = datetime(last.year, last.month, last.day, tzinfo=ZONE) + timedelta(days=1)
    assert deidentify_due(midnight - timedelta(seconds=1)) == 0 and path.exists() and prove().faults == []
    assert deidentify_due(midnight) == 1 and deidentify_due(midnight) == 0
    # In a hash, a token or the id of a row any four digits may stand.
    left = re.sub(r'[0-9A-Za-z_-]{20,}|"(?:\w+_)?id": \d+', "", everything(case))
    for word in (NAME, PHONE, "1103", "闵家门口", "告到底", "2468"):
        assert word not in left
    assert not path.exists() and not Customer.objects.exists() and not Home.objects.exists()
    assert Case.objects.filter(pk=case.pk).values(*figures).get() == figures
    entry = JournalEntry.objects.filter(case=case).latest("n")
    assert (entry.act, entry.actor, entry.erased) == ("deidentify", "system", False) and entry.data["erased"] == entry.n - 1
    assert prove().faults == []
    with pytest.raises(Refused, match="erased"):
        actions.note(cast.lin_xiao, case.pk, words="再记一笔", at=midnight)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "touched",
    [
        "UPDATE complaints_journalentry SET data = '{\"forged\": 1}' WHERE case_id = %s AND n = 2",
        "UPDATE complaints_journalentry SET name = 'X' WHERE case_id = %s AND n = 2",
        "UPDATE complaints_journalentry SET erased = (1 = 0) WHERE case_id = %s AND n = 2",
        "DELETE FROM complaints_journalentry WHERE case_id = %s AND n = 2",
    ],
)
def test_what_is_left_is_proved(cast: Cast, at: datetime, touched: str, tmp_path: Path) -> None:
    """After de-identification the chain still tells every change: to the rest of an entry, to its mark, to its place; in a package too."""
    case = closed(cast, at)
    actions.deidentify(cast.luo_qing, case.pk, at=at.replace(year=at.year + 3) + timedelta(days=1))
    assert prove().faults == [] and _package(case, tmp_path) == []
    with connection.cursor() as cursor:
        cursor.execute(touched, [case.pk])
    assert prove().faults and _package(case, tmp_path)


def _package(case: Case, folder: Path) -> list[object]:
    target = BytesIO()
    dossier.make(Case.objects.select_related(*reading.WITH).get(pk=case.pk), target)
    (folder / "f.zip").write_bytes(target.getvalue())
    return list(check(folder / "f.zip").faults)


@pytest.mark.django_db
def test_erasing_without_the_act_is_found(cast: Cast, at: datetime) -> None:
    """Marking entries as erased behind the procedure's back hides nothing."""
    case = closed(cast, at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE complaints_journalentry SET erased = (1 = 1), data = '{}' WHERE case_id = %s AND n = 3", [case.pk])
    assert prove().faults


@pytest.mark.django_db
def test_a_hold_stops_it_until_it_is_lifted(cast: Cast, at: datetime) -> None:
    """By the pack's roles, with a reason, once; the due list shows it as held."""
    case, late = closed(cast, at), at.replace(year=at.year + 3) + timedelta(days=2)
    with pytest.raises(Refused):
        actions.hold(cast.lin_xiao, case.pk, reason="打官司", at=at)
    with pytest.raises(Refused, match="kept"):
        actions.hold(cast.shen_yue, case.pk, reason=" ", at=at)
    actions.hold(cast.shen_yue, case.pk, reason="业主起诉", at=at)
    with pytest.raises(Refused):
        actions.hold(cast.shen_yue, case.pk, reason="又一次", at=at)
    assert deidentify_due(late) == 0
    assert [row.held for row in due_until(cast.luo_qing, late.date(), late)] == [True]
    with pytest.raises(Refused):
        actions.deidentify(cast.luo_qing, case.pk, at=late)
    actions.lift_hold(cast.shen_yue, case.pk, reason="判决生效", at=late)
    assert deidentify_due(late) == 1 and due_until(cast.luo_qing, late.date(), late) == []


@pytest.mark.django_db
def test_an_open_case_and_a_young_one_stay(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    for number, moment in ((case.pk, at.replace(year=at.year + 9)), (closed(cast, at).pk, at + timedelta(days=30))):
        with pytest.raises(Refused):
            actions.deidentify(cast.luo_qing, number, at=moment)
    assert due_until(cast.luo_qing, end_of_next_month(at.date()), at) == []
    assert len(due_until(cast.luo_qing, end_of_next_month(date(2029, 10, 1)), at)) == 1
    assert due_until(cast.bai_shi, date(2040, 1, 1), at) == []


def test_every_column_that_can_hold_words_is_decided() -> None:
    """Tables of complaints that hang on a case are either erased, removed, or said to hold no words."""
    from kesu.complaints import erasing

    decided = {*erasing.WITH_WORDS, *erasing.GONE, *erasing.WITHOUT_WORDS, *erasing.BESIDE, Case, JournalEntry}
    written = {
        table
        for table in apps.get_app_config("complaints").get_models()
        if any(isinstance(column, models.TextField | models.CharField) for column in table._meta.concrete_fields)
    }
    assert {table.__name__ for table in written - decided} == set()
