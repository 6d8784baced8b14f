"""Judging the effect and closing (B-18, ISO 10002 7.7): by somebody who owned none of the measures, with the counts before them."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.putting_right import take_out
from kesu.improvement.actions.planning import begin_anew
from kesu.improvement.actions.road import CapaRoad, begin
from kesu.improvement.models import Capa, MeasureExtension
from kesu.improvement.queries.recurrence import effect
from kesu.improvement.queries.sight import took_part
from kesu.procedure.improving import VERDICTS, WITHDRAWN
from kesu.procedure.refused import Refused


def judge(person: Person, capa_id: int, *, verdict: str, words: str, at: datetime) -> Capa:
    """Say whether it worked. `effective` only when the watch is over; `not_effective` at any time of it, and a new round begins."""
    with begin(person, capa_id, "judge", at) as road:
        capa = road.capa
        _independent(road)
        if verdict not in VERDICTS:
            raise Refused("verdict", "请选有效或没有效果", "choose effective or not effective", field="verdict")
        words = road.needs(words, "words", "写清凭什么这样评", "say on what grounds")
        if verdict == "effective" and capa.watch_until and at < capa.watch_until:
            raise Refused(
                "too_early",
                "还没看够日子，不能评有效；已经看出没有效果的可以现在评",
                "the watch is not over, so it cannot be judged effective yet; that it has no effect may be said now",
                field="verdict",
            )
        capa.counted = effect(capa, at).as_json()
        capa.verdict, capa.judged_at, capa.judged_by, capa.judged_words = verdict, at, person, words
        road.done("judge")
        road.journal(verdict=verdict, words=words, **capa.counted)
        if verdict == "effective":
            capa.stage, capa.look_at = "close", at
            road.owe("close", road.after(road.rules.close), role=road.rules.leads)
        else:
            begin_anew(road)
        road.tell(road.holders(road.rules.leads), f"capa_{verdict}", words=words[:200])
    return road.capa


def close(person: Person, capa_id: int, *, words: str = "", at: datetime) -> Capa:
    """Close the record: every measure has ended and the effect was judged (the stage says so; both are asked again here)."""
    with begin(person, capa_id, "close", at) as road:
        refuse_unless_ready(road)
        road.capa.stage, road.capa.closed_at = "closed", at
        road.done("close")
        road.journal(words=words.strip())
    return road.capa


def refuse_unless_ready(road: CapaRoad) -> None:
    """Raise Refused for what is missing before a record may be closed."""
    open_ones = [row for row in road.live() if row.is_open]
    if open_ones:
        n = "、".join(str(row.n) for row in open_ones)
        raise Refused("open_measures", f"第 {n} 条措施还没办完", f"measures not ended: {n}")
    if road.capa.verdict != "effective":
        raise Refused("not_judged", "还没评为有效", "it was not judged effective yet")


def withdraw(person: Person, capa_id: int, *, reason: str, at: datetime) -> Capa:
    """The record was opened by mistake: it ends without a judgement, and the complaints it held are free again. Not after it was judged."""
    with begin(person, capa_id, "withdraw", at) as road:
        capa = road.capa
        reason = road.needs(reason, "reason", "写清为什么立错了", "say why it was a mistake")
        capa.stage, capa.verdict, capa.closed_at, capa.look_at, capa.watch_until = "closed", WITHDRAWN, at, None, None
        capa.clocks.filter(done_at__isnull=True).update(done_at=at, next_ring_at=None)
        MeasureExtension.objects.filter(measure__capa=capa, state="asked").update(state="lapsed", decided_at=at)
        held = list(capa.origins.select_related("case").order_by("case_id"))
        for row in held:
            others = row.case.origins.exclude(capa=capa).exclude(capa__verdict=WITHDRAWN)
            take_out(person, row.case_id, record=capa.number, kept=others.exists(), words=reason, at=at)
        road.journal(reason=reason, cases=[row.case.number for row in held])
        concerned = [measure.person for measure in road.live() if measure.person and measure.is_open]
        road.tell([*road.holders(road.rules.leads), capa.opened_by, *concerned], "capa_withdrawn", words=reason[:200])
    return road.capa


def note(person: Person, capa_id: int, *, words: str, at: datetime) -> Capa:
    """Write something down; also on a closed record."""
    with begin(person, capa_id, "note", at) as road:
        road.journal(words=road.needs(words, "words", "还没写内容", "nothing is written yet"))
    return road.capa


def _independent(road: CapaRoad) -> None:
    if road.rights is not None and took_part(road.rights, road.measures):
        raise Refused(
            "took_part",
            "您负责过其中的措施，效果要由没有办过的人评",
            "you owned one of the measures; somebody who did not must judge the effect",
        )
