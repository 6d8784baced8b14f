"""Records let go of customers with their cases, and of their words when their own time is over; the chain proves itself throughout."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest
from tests.cast import Cast
from tests.complaints.story import days, minutes, refused, walk
from tests.improvement.capas import chain_holds, entries, found, fresh, judged

from kesu.company.actions.people import dismiss
from kesu.complaints import actions as complaints
from kesu.complaints import erasing
from kesu.complaints.actions.formerstaff import let_go_of_person
from kesu.complaints.models import Notice
from kesu.config.proof import prove
from kesu.improvement import actions
from kesu.improvement.lettinggo import let_go_due
from kesu.improvement.models import Capa, Measure
from kesu.improvement.words import say

pytestmark = pytest.mark.django_db
NAME, PHONE = "闵若兰", "13912342468"
YEARS = timedelta(days=3 * 366)


def _words(capa: Capa) -> str:
    rows = [
        *Capa.objects.filter(pk=capa.pk).values(),
        *Measure.objects.filter(capa=capa).values(),
        *Notice.objects.filter(case=None).values(),
    ]
    for row in rows:
        row.pop("journal_head", None)  # digits of a hash are nobody's number
    return json.dumps([*rows, *(entry.data for entry in entries(capa))], default=str, ensure_ascii=False)


def _closed(cast: Cast, at: datetime) -> tuple[Capa, datetime]:
    """A record of two complaints that names the first one's customer everywhere, judged and closed; the complaints are closed, too."""
    first = found(cast, at, name=NAME, phone=PHONE, home="6栋2单元1103")
    second = found(cast, at + minutes(1), name="郝阿姨", phone="13900001234", home="1栋1单元101")
    capa = judged(cast, at + minutes(10), first, second)
    said = f"{NAME}（139-1234-2468，6-2-1103）说没再断"
    actions.note(cast.luo_qing, capa.pk, words=said, at=capa.judged_at + minutes(1))
    Capa.objects.filter(pk=capa.pk).update(problem=f"{NAME}家的电梯")
    actions.close(cast.luo_qing, capa.pk, words=said, at=capa.judged_at + minutes(2))
    for case in (first, second):
        walk(cast, case, "done", capa.judged_at + days(1))
    return fresh(capa), capa.judged_at + days(2)


def test_a_customer_goes_out_of_the_record_with_their_case_and_the_words_stay(cast: Cast, at: datetime) -> None:
    capa, _ = _closed(cast, at)
    first, second = (row.case for row in capa.origins.order_by("id"))
    complaints.deidentify(None, first.pk, at=first.closed_at + YEARS)
    left = _words(capa)
    assert NAME not in left and "说没再断" in left
    assert not re.search(r"(?<!\d)(?:2468|1103)(?!\d)", left), "among the digits of a row's id they may stand"
    assert chain_holds(capa) and not prove().faults
    note = next(entry for entry in entries(capa) if entry.act == "note")
    assert note.erased and "说没再断" in say(note, cast.pack, "zh-hans", "Asia/Shanghai")
    complaints.deidentify(None, second.pk, at=second.closed_at + YEARS)  # its customer stands nowhere: nothing to answer for
    assert [entry.erased for entry in entries(capa, "deidentify")] == [False]
    assert chain_holds(capa)


def test_the_words_go_when_no_case_is_kept_and_the_records_own_time_is_over(cast: Cast, at: datetime) -> None:
    capa, now = _closed(cast, at)
    cases = [row.case for row in capa.origins.order_by("id")]
    late = max(case.closed_at for case in cases) + YEARS
    complaints.deidentify(None, cases[0].pk, at=late)
    assert let_go_due(late) == 0  # the other is kept
    complaints.hold(cast.luo_qing, cases[1].pk, reason="诉讼", at=now)
    assert let_go_due(late + YEARS) == 0
    complaints.lift_hold(cast.luo_qing, cases[1].pk, reason="结了", at=now + minutes(1))
    complaints.deidentify(None, cases[1].pk, at=late)
    assert let_go_due(capa.closed_at + days(300)) == 0
    assert (let_go_due(late), let_go_due(late)) == (1, 0)
    left = _words(capa)
    assert not any(words in left for words in (NAME, "换件周期", "说没再断", "换下全部", "电梯门机皮带"))
    capa = fresh(capa)
    assert capa.verdict == "effective" and capa.cause and capa.title
    assert [entry.erased for entry in entries(capa, "deidentify")] == [True, False]
    assert chain_holds(capa) and not prove().faults
    with refused("erased"):
        actions.note(cast.luo_qing, capa.pk, words="补一句", at=late + days(1))
    dismiss(cast.tang_qing, cast.zhou_hai.pk, now)
    let_go_of_person(cast.luo_qing, cast.zhou_hai.pk, at=now + YEARS)
    assert any(entry.name == "周海" for entry in entries(capa))
    assert (let_go_due(late + YEARS), let_go_due(late + YEARS)) == (1, 0)
    assert not any(entry.name == "周海" for entry in entries(capa)) and any(entry.name == "罗晴" for entry in entries(capa))
    assert chain_holds(fresh(capa))
    note = entries(capa, "note")[0]
    note.data = {"words": "塞回去的话"}
    erasing.overwrite(note)  # past the journal's lock: the proof finds it
    assert not chain_holds(capa)
