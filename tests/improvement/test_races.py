"""Several real processes at one record, on whichever database the tests run: nothing is done twice, no number is given twice."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints.racers import race
from tests.complaints.story import days, hours, minutes
from tests.improvement import racers
from tests.improvement.capas import chain_holds, entries, found, fresh, judged, planned, rung, told, watched, with_measure

from kesu.complaints.models import Notice
from kesu.improvement import actions
from kesu.improvement.models import Capa, Recurrence

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_judge_at_once(cast: Cast, at: datetime) -> None:
    capa = watched(cast, at)
    assert capa.watch_until
    when = capa.watch_until + hours(1)
    runs = [(cast.luo_qing, "effective"), (cast.shen_yue, "not_effective"), (cast.he_wei, "effective"), (cast.luo_qing, "effective")]
    answers = race([(racers.judge, (who.pk, capa.pk, verdict, when)) for who, verdict in runs])
    refused = [answer for answer in answers if isinstance(answer, tuple)]
    assert len(refused) == 3 and {answer[1] for answer in refused} == {"wrong_stage"}
    assert len(entries(capa, "judge")) == 1 and chain_holds(capa)
    assert fresh(capa).verdict == next(answer for answer in answers if isinstance(answer, str))


def test_two_close_at_once(cast: Cast, at: datetime) -> None:
    capa = judged(cast, at)
    assert capa.judged_at
    answers = race([(racers.close, (who.pk, capa.pk, capa.judged_at + hours(1))) for who in (cast.luo_qing, cast.shen_yue) * 3])
    assert Counter(answer if isinstance(answer, str) else answer[1] for answer in answers) == {"closed it": 1, "wrong_stage": 5}
    assert len(entries(capa, "close")) == 1 and chain_holds(capa)


def test_the_last_two_measures_end_at_once(cast: Cast, at: datetime) -> None:
    capa, row = planned(cast, at)
    other = with_measure(cast, capa, at, owner=cast.chen_li)
    runs = [(cast.zhou_hai.pk, capa.pk, row.pk, at + days(1)), (cast.chen_li.pk, capa.pk, other.pk, at + days(1))]
    assert race([(racers.end, run) for run in runs * 2]).count("ended it") == 2
    assert fresh(capa).stage == "watch" and len(entries(capa, "watching")) == 1
    assert capa.clocks.filter(duty="judge").count() == 1 and chain_holds(capa)


def test_more_time_is_granted_once(cast: Cast, at: datetime) -> None:
    capa, row = planned(cast, at)
    actions.ask_extension(cast.zhou_hai, capa.pk, measure_id=row.pk, new_due=at + days(20), reason="等件", at=at + days(1))
    answers = race([(racers.grant, (cast.shen_yue.pk, capa.pk, row.pk, at + days(2))) for _ in range(4)])
    assert answers.count("granted it") == 1 and len(entries(capa, "grant_extension")) == 1


def test_eight_open_at_once(cast: Cast, at: datetime) -> None:
    cases = [found(cast, at, phone=f"1390000500{n}") for n in range(8)]
    ids = [case.pk for case in cases]
    runs = [(racers.open_from, (cast.luo_qing.pk, ids if n % 2 else ids[::-1], at + minutes(n))) for n in range(8)]
    assert sorted(race(runs)) == [f"ZG-2026-{n:03}" for n in range(1, 9)]
    answers = race([(racers.open_from, (cast.luo_qing.pk, ids[:1], at + hours(1), "same form")) for _ in range(4)])
    assert set(answers) == {"ZG-2026-009"} and Capa.objects.count() == 9


def test_four_workers_ring_and_look(cast: Cast, at: datetime) -> None:
    late = [planned(cast, at + minutes(n), found(cast, at + minutes(n), phone=f"1390000600{n}"))[0] for n in range(8)]
    seen = judged(cast, at - days(80), found(cast, at - days(80), phone="13900006009"))
    assert sum(race([(racers.ring, (at + days(15),)) for _ in range(4)])) >= 8
    for capa in late:
        assert [kind for _, kind, _ in rung(capa)] == ["warned", "fell_late", "climbed", "climbed"]
        assert chain_holds(capa)
    assert (
        Notice.objects.filter(kind="climbed", case=None).values("key").distinct().count()
        == Notice.objects.filter(kind="climbed", case=None).count()
    )
    race([(racers.look, (at + days(16),)) for _ in range(4)])
    assert Recurrence.objects.filter(capa=seen).count() == 8 and len(entries(seen, "recurred")) == 1
    assert told("capa_recurred") == {("capa_recurred", "罗晴")}
