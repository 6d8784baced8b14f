"""Several real processes at once, on whichever database the tests run: nothing is given twice, nothing is lost."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime

import pytest
from django.db import connection
from tests.cast import Cast
from tests.complaints import racers
from tests.complaints.racers import race
from tests.complaints.story import chain_holds, days, entries, fresh, hours, minutes, shown, walk

from kesu.company.models import Person
from kesu.complaints import actions, ringing
from kesu.complaints.actions.filing import Ticket, file_all
from kesu.complaints.models import Case, Clock, JournalEntry, Notice, Part, Pause
from kesu.complaints.moments import moments_of

pytestmark = pytest.mark.django_db(transaction=True)
KILLED = -9


def _filed(cast: Cast, at: datetime, count: int) -> None:
    file_all([Ticket(cast.fang_jing, cast.intake(phone="", name="", home=""), at) for _ in range(count)])


def _expected(at: datetime) -> Counter[tuple[int, str, datetime]]:
    """Every moment of every clock that fell due by then, reckoned apart from the ringing."""
    found: Counter[tuple[int, str, datetime]] = Counter()
    from kesu.company.procedures import pack_of

    for row in Clock.objects.select_related("case__site__company"):
        obligation = pack_of(row.case.version_id).obligation(row.obligation)
        assert obligation is not None
        found.update((row.pk, moment.kind, moment.at) for moment in moments_of(obligation, row, row.case.site) if moment.at <= at)
    return found


def _said() -> Counter[tuple[int, str, datetime]]:
    rows = JournalEntry.objects.filter(act__in=["warned", "fell_late", "climbed"])
    return Counter((row.data["clock"], row.act, row.at) for row in rows)


def test_eight_desks_file_at_one_site_on_one_day(cast: Cast, at: datetime) -> None:
    answers = race([(racers.file_some, (cast.fang_jing.pk, cast.site.pk, 12, at + minutes(n))) for n in range(8)])
    numbers = sorted(number for answer in answers for _, number in answer)
    assert numbers == [f"RY-261120-{n:03}" for n in range(1, 97)]
    assert Case.objects.count() == 96
    assert all(chain_holds(case) for case in Case.objects.order_by("-id")[:5])


def test_what_fails_leaves_no_gap_in_the_numbers(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from kesu.complaints.actions import filing

    cast.complaint()
    kept = filing.save_notices
    monkeypatch.setattr(filing, "save_notices", lambda notices: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cast.complaint()
    monkeypatch.setattr(filing, "save_notices", kept)
    assert cast.complaint().number == "RY-261120-002"


def test_eight_threads_at_one_desk_share_their_transactions(cast: Cast, at: datetime) -> None:
    numbers: list[str] = []

    def desk() -> None:
        try:
            numbers.extend(number for _, number in racers.file_some(cast.fang_jing.pk, cast.site.pk, 5, at))
        finally:
            connection.close()

    threads = [threading.Thread(target=desk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(numbers) == [f"RY-261120-{n:03}" for n in range(1, 41)]


def test_the_same_form_sent_four_times_at_once_files_one_case(cast: Cast, at: datetime) -> None:
    answers = race([(racers.file_some, (cast.fang_jing.pk, cast.site.pk, 1, at, "form-7")) for _ in range(4)])
    assert len({answer[0] for answer in answers}) == 1
    assert Case.objects.count() == 1
    assert cast.complaint().number == "RY-261120-002"


def test_two_people_sign_at_once(cast: Cast, at: datetime) -> None:
    second = cast.employ("second", "副手", "department_head", site="RY", department="engineering")
    case = cast.judged(cast.complaint(), at=at)
    answers = race(
        [(racers.sign, (person.pk, case.pk, at + minutes(n))) for n, person in enumerate((cast.zhou_hai, second, cast.zhou_hai, second), 1)]
    )
    part = Part.objects.get(case=case)
    assert answers.count("signed it") == 1
    assert part.signed_by is not None
    said = f"没签收成：{part.signed_by.name}已经签收"
    assert [answer for answer in answers if answer != "signed it"] == [("refused", "signed", said)] * 3
    assert len(entries(case, "sign")) == 1
    assert chain_holds(case)


def test_two_people_approve_at_once(cast: Cast, at: datetime) -> None:
    second = cast.employ("second", "副主任", "site_director", site="RY")
    case = cast.judged(cast.complaint(), at=at, facts={"company_fault": True})
    now = walk(cast, case, "answer", at)
    actions.propose(cast.zhou_hai, case.pk, words="道歉", at=now)
    answers = race([(racers.approve, (person.pk, case.pk, now)) for person in (cast.he_wei, second, cast.he_wei)])
    assert answers.count("approved it") == 1
    assert {answer[1] for answer in answers if answer != "approved it"} == {"proposal_state"}
    assert len(entries(case, "approve")) == 1
    assert chain_holds(case)


def test_two_workers_ring_three_hundred_clocks_each_moment_once(cast: Cast, at: datetime) -> None:
    _filed(cast, at, 150)
    later = at + hours(1)
    answers = race([(racers.ring, (later, 20)), (racers.ring, (later, 20))])
    assert sum(answers) == 300
    expected = _expected(later)
    assert set(expected.values()) == {1}
    assert _said() == expected
    told = Counter((row.person_id, row.data["clock"]) for row in Notice.objects.filter(kind__in=["warned", "fell_late", "climbed"]))
    assert set(told.values()) == {1}
    assert not Clock.objects.filter(next_ring_at__lte=later).exists()
    assert all(chain_holds(case) for case in Case.objects.order_by("-id")[:5])


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(cast: Cast, at: datetime) -> None:
    _filed(cast, at, 60)
    later = at + hours(1)
    assert race([(racers.ring_and_die, (later, 10, 3))]) == [("died", KILLED)]
    expected = _expected(later)
    half = _said()
    assert 0 < sum(half.values()) < sum(expected.values())
    assert half <= expected
    race([(racers.ring, (later, 10)), (racers.ring_and_die, (later, 10, 1))])
    while ringing.ring_due(later):
        pass
    assert _said() == expected
    told = Counter((row.person_id, row.data["clock"]) for row in Notice.objects.filter(kind__in=["warned", "fell_late", "climbed"]))
    assert set(told.values()) == {1}
    assert all(chain_holds(case) for case in Case.objects.order_by("-id")[:5])


def test_a_worker_that_slept_three_days_dates_everything_and_tells_once(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    woke = at + days(3) + minutes(7)
    while ringing.ring_due(woke):
        pass
    said = entries(case, "warned", "fell_late", "climbed")
    assert {shown(entry.written_at) for entry in said} == {shown(woke)}
    assert Counter((entry.data["clock"], entry.act, entry.at) for entry in said) == _expected(woke) - Counter(
        {key: 1 for key in _expected(woke) if key[0] in _done_clocks(case)}
    )
    told = Counter((row.person_id, row.data["clock"]) for row in Notice.objects.filter(kind__in=["warned", "fell_late", "climbed"]))
    assert told and set(told.values()) == {1}
    assert {shown(row.at) for row in Notice.objects.filter(kind="fell_late")} == {shown(woke)}


def _done_clocks(case: Case) -> set[int]:
    return set(Clock.objects.filter(case=case, state__in=["done", "void"]).values_list("pk", flat=True))


def test_a_pause_that_is_over_is_ended_once_by_two_workers(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", until=at + hours(5), at=at + hours(1))
    race([(racers.ring, (at + hours(6), 20)), (racers.ring, (at + hours(6), 20))])
    assert len(entries(case, "resume")) == 1
    assert shown(Pause.objects.get(case=case).ended_at) == "11-20 19:32"
    assert fresh(case).journal_n == len(entries(case))
    assert Person.objects.filter(pk=cast.lin_xiao.pk).exists()
