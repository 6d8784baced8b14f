"""Routines: duties without a case come round once per site, ring once, and are done in words (P-12, M-2, M-4)."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from tests.cast import Cast, found

from kesu.complaints.actions.routines import finish_duty
from kesu.complaints.models import Notice, RoutineDuty
from kesu.complaints.queries.duties import owed_duties
from kesu.complaints.routines import start_due
from kesu.procedure.refused import Refused

ZONE = ZoneInfo("Asia/Shanghai")


def china(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=ZONE)  # type: ignore[arg-type]


def _statistics(cast: Cast, site: str = "RY") -> list[RoutineDuty]:
    return list(RoutineDuty.objects.filter(site=cast.sites[site], routine="monthly_statistics").order_by("due_at"))


def test_a_duty_opens_at_every_site_when_its_time_has_come(cast: Cast) -> None:
    start_due(china(2026, 11, 23, 23, 59, 59))
    assert not _statistics(cast)
    start_due(china(2026, 11, 24))
    for site in ("RY", "TJ"):
        [duty] = _statistics(cast, site)
        assert (duty.opens_at, duty.due_at) == (china(2026, 11, 24), china(2026, 12, 1))


def test_asking_again_opens_nothing_twice(cast: Cast) -> None:
    at = china(2026, 11, 25, 9)
    assert start_due(at) > 0
    before = RoutineDuty.objects.count()
    assert start_due(at) == 0 == start_due(at + timedelta(seconds=1))
    assert RoutineDuty.objects.count() == before


@pytest.mark.parametrize(("year", "due"), [(2027, (2027, 3, 1)), (2028, (2028, 3, 1))])
def test_the_30th_of_february_is_its_last_day(cast: Cast, year: int, due: tuple[int, int, int]) -> None:
    start_due(china(year, 2, 25))
    assert _statistics(cast)[-1].due_at == china(*due)


def test_a_worker_that_slept_opens_every_month_it_missed_and_tells_once(cast: Cast) -> None:
    start_due(china(2026, 11, 25))
    Notice.objects.all().delete()
    start_due(china(2027, 3, 5, 8))
    assert [duty.due_at for duty in _statistics(cast)] == [china(2026, 12, 1), china(2026, 12, 31), china(2027, 1, 31), china(2027, 3, 1)]
    of_one = Notice.objects.filter(person=cast.lin_xiao, data__duty=_statistics(cast)[1].pk)
    assert [notice.kind for notice in of_one] == ["fell_late"]


def test_warning_fall_and_ladder_are_each_told_once(cast: Cast) -> None:
    start_due(china(2026, 11, 24))
    duty = _statistics(cast)[0]

    def kinds(person: object) -> list[str]:
        return list(Notice.objects.filter(person=person, data__duty=duty.pk).order_by("at").values_list("kind", flat=True))

    assert kinds(cast.lin_xiao) == []
    start_due(china(2026, 11, 29, 6))  # 75 % of seven days
    assert (kinds(cast.lin_xiao), kinds(cast.he_wei)) == (["warned"], [])
    start_due(china(2026, 12, 1))
    start_due(china(2026, 12, 1, 0, 0, 1))
    assert (kinds(cast.lin_xiao), kinds(cast.he_wei), kinds(cast.shen_yue)) == (["warned", "fell_late"], ["climbed"], [])
    start_due(china(2026, 12, 3))
    start_due(china(2026, 12, 4))
    assert kinds(cast.shen_yue) == ["climbed"]


def test_a_duty_done_rings_no_more(cast: Cast) -> None:
    start_due(china(2026, 11, 24))
    done = finish_duty(cast.lin_xiao, _statistics(cast)[0].pk, "11 月 120 件，渗漏最多", china(2026, 11, 28, 10))
    assert (done.done_by, done.words) == (cast.lin_xiao, "11 月 120 件，渗漏最多")
    start_due(china(2026, 12, 2))
    assert not Notice.objects.filter(data__duty=done.pk).exists()


def test_department_heads_owe_the_seasonal_checks_of_their_own_site(cast: Cast) -> None:
    at = china(2027, 5, 1)
    start_due(at)
    for head, site in ((cast.zhou_hai, "RY"), (cast.chen_li, "RY"), (cast.zheng_chuan, "TJ")):
        assert {(duty.routine, duty.site.code) for duty in owed_duties(head, at)} == {("before_summer", site)}
    assert not owed_duties(cast.ma_qiang, at)
    start_due(china(2027, 5, 16))
    assert Notice.objects.filter(person=cast.chen_li, kind="fell_late").exists()


def test_nobody_holds_the_role_then_those_whom_the_pack_names_hear(cast: Cast) -> None:
    cast.lin_xiao.grants.all().delete()
    start_due(china(2026, 11, 30))
    nobody = cast.pack.dispatching.nobody
    heard = set(Notice.objects.filter(data__duty=_statistics(cast)[0].pk).values_list("person__grants__role", flat=True))
    assert heard and heard <= set(nobody)


def test_refusals_change_nothing(cast: Cast) -> None:
    at = china(2026, 11, 25)
    start_due(at)
    duty = _statistics(cast)[0]
    for words, code in (("  ", "missing"), ("长" * 401, "too_long")):
        with pytest.raises(Refused) as refused:
            finish_duty(cast.lin_xiao, duty.pk, words, at)
        assert (refused.value.code, refused.value.field) == (code, "words")
    for stranger in (cast.zhou_hai, cast.wu_tong, cast.bai_shi):
        with pytest.raises(RoutineDuty.DoesNotExist):
            finish_duty(stranger, duty.pk, "做了", at)
    finish_duty(cast.lin_xiao, duty.pk, "做了", at)
    with pytest.raises(Refused, match="done"):
        finish_duty(cast.lin_xiao, duty.pk, "又做了", at)
    duty.refresh_from_db()
    assert duty.words == "做了"


def test_the_stranger_company_has_its_own(cast: Cast) -> None:
    start_due(china(2026, 11, 25))
    assert not [duty for duty in owed_duties(cast.bai_shi, china(2026, 11, 25)) if duty.company_id == cast.company.pk]


@pytest.mark.django_db(transaction=True)
def test_several_workers_open_and_ring_once(at: datetime) -> None:
    cast = found(at)
    late = china(2026, 12, 1, 0, 0, 5)
    start_due(china(2026, 11, 24))
    Notice.objects.all().delete()
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            start_due(late)
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong
    duty = _statistics(cast)[0]
    assert Notice.objects.filter(person=cast.lin_xiao, data__duty=duty.pk).count() == 1
    assert RoutineDuty.objects.get(pk=duty.pk).rung == 3  # warning, fall, first rung
