"""A warning from the scan to its end: seen once, grows, is taken, answered, put right, closed, and comes back only when worse."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from tests.cast import Cast
from tests.warnings.histories import burst, filed, home, life

from kesu.company.models import Grant
from kesu.company.standing import changed, standing
from kesu.complaints import chain
from kesu.complaints.models import Case, Notice
from kesu.config.proof import prove
from kesu.improvement.models import Capa
from kesu.insights.models import Exposure
from kesu.procedure.refused import Refused
from kesu.warnings import actions
from kesu.warnings.daily import LEASE, look, scan_due
from kesu.warnings.lettinggo import let_go
from kesu.warnings.models import Scan, Warning, WarningEntry
from kesu.warnings.queries.sight import visible_to
from kesu.warnings.ringing import ring_due
from kesu.warnings.telling import said_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def scanned(at: datetime) -> list[Warning]:
    """The day's scan; the warnings there are."""
    assert scan_due(at) == 2  # ours and the stranger's
    return list(Warning.objects.select_related("company").order_by("n"))


def words(cast: Cast, row: Warning, language: str = "zh-hans") -> str:
    return said_of(row, standing(cast.company), language).whole(language)


@pytest.fixture
def raised(cast: Cast, at: datetime) -> Warning:
    """Seven lifts in five days where one in two weeks is usual."""
    life(cast, at)
    burst(cast, at)
    (row,) = scanned(at)
    return row


def test_a_cluster_becomes_a_task_of_its_owner_told_once(cast: Cast, at: datetime, raised: Warning) -> None:
    assert (raised.kind, raised.of, raised.value, raised.site) == ("cluster", "category", "lift", cast.site)
    assert raised.role == "site_director" and raised.due_at > at + 5 * DAY and raised.cases.count() == raised.observed
    assert "榕砚里：电梯比平常多" in words(cast, raised) and "单凭巧合" in words(cast, raised)
    assert "more than usual" in words(cast, raised, "en") and "by chance" in words(cast, raised, "en")
    assert [row.person for row in Notice.objects.filter(kind="warning")] == [cast.he_wei]
    assert scan_due(at + timedelta(hours=3)) == 0 and Warning.objects.count() == 1
    scan = Scan.objects.get(company=cast.company)
    assert {row["why"] for row in scan.untold} == {"few"} and scan.a_year > 0  # the second site never had a complaint


def test_the_same_cluster_grows_and_is_not_told_anew(cast: Cast, at: datetime, raised: Warning) -> None:
    before = raised.observed
    filed(cast, [at + timedelta(hours=8)], category="lift")
    (row,) = scanned(at + DAY)
    assert row.observed == before + 1 and row.cases.count() == before + 1
    assert not any(cast.he_wei.name in f"{entry.name}{entry.data}" for entry in row.journal.all())  # by id alone
    assert [entry.act for entry in row.journal.all()] == ["raised", "grew"] and chain.faults(row, row.journal.all()) == []
    assert Notice.objects.filter(kind="warning").count() == 1


def test_taken_answered_and_closed_it_comes_back_only_when_worse(cast: Cast, at: datetime, raised: Warning) -> None:
    actions.take(cast.he_wei, raised.pk, at=at)
    with pytest.raises(Refused, match="^taken"):
        actions.take(cast.he_wei, raised.pk, at=at)
    with pytest.raises(Refused, match="^not_answered"):
        actions.close(cast.he_wei, raised.pk, words="", at=at)
    with pytest.raises(Refused, match="^missing"):
        actions.answer(cast.he_wei, raised.pk, outcome="measures", words=" ", at=at)
    row = actions.answer(cast.he_wei, raised.pk, outcome="measures", words="换门机皮带", at=at)
    assert row.state == "answered" and row.next_ring_at is None
    actions.close(cast.luo_qing, raised.pk, words="", at=at + timedelta(hours=1))
    assert [row.state for row in scanned(at + DAY)] == ["closed"]
    filed(cast, [at + DAY + timedelta(hours=n) for n in range(1, 5)], category="lift")
    old, again = scanned(at + 2 * DAY)
    assert again.again_of == old and again.state == "open" and again.observed > old.observed


def test_an_answered_one_that_worsens_is_owed_again_and_one_that_calms_down_closes(cast: Cast, at: datetime, raised: Warning) -> None:
    actions.answer(cast.he_wei, raised.pk, outcome="chance", words="看过了", at=at)
    filed(cast, [at + timedelta(hours=n) for n in range(1, 6)], category="lift")
    (row,) = scanned(at + DAY)
    assert row.state == "taken" and row.owed_from == at + DAY and Notice.objects.filter(kind="warning_worse").count() == 1
    actions.answer(cast.he_wei, row.pk, outcome="known", words="换件中", at=at + DAY)
    later = at + 140 * DAY
    filed(cast, [at + n * DAY for n in range(3, 140, 3)], category="leak")
    assert scanned(later)[0].state == "closed"
    assert WarningEntry.objects.filter(act="calmed").count() == 1


def test_a_site_that_falls_silent_once_more_is_told_once_more(cast: Cast, at: datetime) -> None:
    life(cast, at - 30 * DAY)
    (first,) = scanned(at)
    assert first.kind == "silence" and "34 天没有一件，平常约 3.1 天一件" in words(cast, first)
    actions.answer(cast.he_wei, first.pk, outcome="known", words="系统停用", at=at)
    actions.close(cast.he_wei, first.pk, words="已恢复", at=at)
    assert len(scanned(at + DAY)) == 1  # the same silence
    filed(cast, [at + n * DAY for n in range(2, 60, 3)], category="leak")
    old, again = [row for row in scanned(at + 90 * DAY) if row.kind == "silence"]
    assert old == first and again.again_of == old


def test_corrective_action_is_opened_from_its_complaints(cast: Cast, at: datetime, raised: Warning) -> None:
    capa = actions.open_capa(cast.he_wei, raised.pk, problem="电梯反复停运", at=at)
    raised.refresh_from_db()
    assert raised.capa == capa and capa.origins.count() == raised.observed and capa.same_category == "lift"
    with pytest.raises(Refused, match="^capa"):
        actions.open_capa(cast.he_wei, raised.pk, problem="电梯反复停运", at=at)
    assert Capa.objects.count() == 1


def test_late_answers_climb(cast: Cast, at: datetime, raised: Warning) -> None:
    assert ring_due(at + DAY) == 0
    assert ring_due(raised.due_at + 3 * DAY) == 1 and ring_due(raised.due_at + 3 * DAY) == 0
    told = {(row.kind, row.person.name) for row in Notice.objects.exclude(kind="warning")}
    assert {("climbed", "沈岳"), ("climbed", "罗晴"), ("fell_late", "何伟")} == told
    assert [entry.act for entry in raised.journal.all()] == ["raised", "warned", "fell_late", "climbed", "climbed"]


def test_only_who_sees_the_site_whole_sees_it_and_only_its_owners_answer(cast: Cast, at: datetime, raised: Warning) -> None:
    for who in (cast.he_wei, cast.luo_qing, cast.shen_yue, cast.fang_jing):
        assert visible_to(who, at).exists()
    for stranger in (cast.zhou_hai, cast.wu_tong, cast.bai_shi):
        assert not visible_to(stranger, at).exists()
        with pytest.raises(Warning.DoesNotExist):
            actions.take(stranger, raised.pk, at=at)
    with pytest.raises(Refused, match="^not_allowed"):
        actions.take(cast.fang_jing, raised.pk, at=at)
    with pytest.raises(Refused, match="^person"):
        actions.hand(cast.he_wei, raised.pk, to=cast.zhou_hai.pk, at=at)
    row = actions.hand(cast.he_wei, raised.pk, to=cast.lin_xiao.pk, at=at)
    assert row.person == cast.lin_xiao and actions.answer(cast.lin_xiao, row.pk, outcome="known", words="在换", at=at).state == "answered"


def test_a_person_is_named_only_where_several_customers_complained(cast: Cast, at: datetime) -> None:
    life(cast, at)
    burst(cast, at, 6, category="", against="马强", contact_phone="13900000001")
    rows = scanned(at)
    assert {(row.kind, row.of) for row in rows} == {("cluster", "person"), ("threshold", "person"), ("threshold", "customer")}
    assert not any("马强" in words(cast, row) for row in rows) and all(row.customers == 1 for row in rows)
    mine = next(row for row in rows if row.kind == "cluster")
    assert "一个人比平常多" in words(cast, mine)
    mine.customers = 3
    assert "马强比平常多" in words(cast, mine)


def test_de_identified_cases_leave_a_warning_that_names_nobody(cast: Cast, at: datetime) -> None:
    life(cast, at)
    mine = burst(cast, at, 6, category="", against="马强")
    row = next(row for row in scanned(at) if row.kind == "cluster")
    actions.answer(cast.he_wei, row.pk, outcome="known", words="马强自己说了", at=at)
    assert "马强" in words(cast, row) and Notice.objects.filter(data__title__icontains="马强").exists()
    for case in mine:
        let_go(case)
        Case.objects.filter(pk=case.pk).update(erased_at=at)
    row.refresh_from_db()
    assert [answer.words for answer in row.answers.all()] == [""] and chain.faults(row, row.journal.all()) == []
    assert (row.value, row.observed) == ("", 6) and "马强" not in row.subject + words(cast, row)
    assert not Notice.objects.filter(data__title__icontains="马强").exists()


def test_the_proof_finds_a_changed_entry_and_a_missing_warning(cast: Cast, at: datetime, raised: Warning) -> None:
    def faults() -> list[tuple[str, str]]:
        return [(row.number, row.zh) for row in prove().faults if row.number.startswith("YJ")]  # the old cases have no journals

    actions.answer(cast.he_wei, raised.pk, outcome="known", words="在换皮带", at=at)
    assert faults() == []
    answer = raised.answers.get()
    raised.answers.update(words="没有问题")
    assert faults() == [("YJ-0001", "答复被改动过")]
    raised.answers.update(words=answer.words)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE warnings_warningentry SET act = 'close' WHERE warning_id = %s", [raised.pk])
    assert {number for number, _ in faults()} == {"YJ-0001"}
    Warning.objects.filter(pk=raised.pk).update(n=2)
    assert "预警不见了" in {said for _, said in faults()}


def test_a_place_is_a_building_and_never_a_flat(cast: Cast, at: datetime) -> None:
    life(cast, at)
    for n, flat in enumerate(("101", "202", "303", "404")):
        burst(cast, at - n * DAY, 1, category="", home=home(cast, f"9栋1单元{flat}"))
    (row,) = scanned(at)
    assert (row.of, row.value) == ("place", "9栋")


def test_a_claim_that_lapsed_is_taken_over_and_a_fresh_one_is_not(cast: Cast, at: datetime) -> None:
    Scan.objects.create(company=cast.company, day=at.date(), claimed_until=at + LEASE)
    assert scan_due(at) == 1  # the stranger's
    assert scan_due(at + LEASE) == 1 and Scan.objects.get(company=cast.company).done_at == at + LEASE


def test_before_the_hour_of_the_procedure_nothing_is_scanned(cast: Cast, at: datetime) -> None:
    assert scan_due(at.replace(hour=6, minute=29)) == 0
    assert scan_due(at.replace(hour=6, minute=30)) == 2


def test_without_a_holder_of_the_role_the_ladder_answers(cast: Cast, at: datetime) -> None:
    Grant.objects.filter(person=cast.he_wei).delete()
    changed(cast.company.pk)
    life(cast, at)
    burst(cast, at)
    (row,) = scanned(at)
    assert row.role == "quality" and [notice.person for notice in Notice.objects.filter(kind="warning")] == [cast.luo_qing]


def test_of_somebody_new_it_is_said_that_there_is_next_to_none_as_usual(cast: Cast, at: datetime) -> None:
    life(cast, at)
    filed(cast, [at - timedelta(hours=30 * k) for k in range(4)], against="孙师傅")
    (row,) = [row for row in scanned(at) if row.kind == "cluster"]
    assert "孙师傅比平常多" in words(cast, row) and "平常几乎没有" in words(cast, row)
    assert "usually next to none" in words(cast, row, "en")


def test_two_grave_complaints_in_a_few_days_are_told_where_there_was_none(cast: Cast, at: datetime) -> None:
    """Two accidents that only the grade has in common: no matter, place or person brings them together."""
    life(cast, at)
    two = filed(cast, [at - timedelta(days=4), at - timedelta(days=1)])
    for n, case in enumerate(two):
        Case.objects.filter(pk=case.pk).update(grade="major", category="", customer=None, contact_phone=f"1390000800{n}")
    (row,) = [row for row in scanned(at) if row.kind == "gap"]
    assert [row.cases.count(), row.of] == [2, "rank"]
    said, english = words(cast, row), words(cast, row, "en")
    assert "重大投诉投诉" not in said and "这么快又一起" in said and "只隔 3 天，之前" in said and "一起也没有" in said
    assert "3 days after the one before, none in the" in english and "by chance" in english


def test_more_homes_explain_more_complaints_and_a_missing_month_is_said(cast: Cast, at: datetime) -> None:
    life(cast, at)
    filed(cast, [at - timedelta(days=k * 1.2) for k in range(60)])
    (row,) = scanned(at)
    assert (row.of, row.kind) == ("", "cluster")
    months = [date(year, month, 1) for year in (2024, 2025, 2026) for month in range(1, 13) if date(year, month, 1) <= at.date()]
    for month in months:
        n = 9000 if month >= date(2026, 9, 1) else 3000
        Exposure.objects.create(company=cast.company, site=cast.site, measure=cast.pack.figures.measures[0].id, month=month, n=n, at=at)
    found = look(cast.company, at.date(), at)
    assert found and not [signal for signal in found[0].signals if signal.kind == "cluster"]
    Exposure.objects.filter(month=date(2026, 9, 1)).delete()
    found = look(cast.company, at.date(), at)
    assert found and [row.data for row in found[0].untold if row.why == "exposure"] == [{"months": ["2026-09"]}]
