"""What customers ask about their own data, and our answer: each with its words, on a clock of the pack (PIPL arts 45, 47, 50)."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import CUSTOMER, STAFF, Road, begin
from kesu.complaints.models import Case
from kesu.complaints.queries.kept import open_wishes
from kesu.procedure.privacyacts import WISHES
from kesu.procedure.refused import Refused


def ask_data(person: Person | None, case_id: int, *, wish: str, words: str = "", actor: str = STAFF, at: datetime) -> Case:
    """The customer asks for a copy of their data, or to have them deleted; by their own page or through somebody here.

    `wish` is a key of procedure.privacyacts.WISHES. Raises Refused for another one, and while the same wish is not answered yet.
    """
    with begin(person, case_id, "ask_data", at, actor=actor) as road:
        if wish not in WISHES:
            raise Refused("unknown", "选一样：查看，还是删除", "choose: to see, or to delete", field="wish")
        if wish in open_wishes(road.case):
            raise Refused("asked", "已经提过，正在办", "it has been asked already and is under way", field="wish")
        road.mark(f"ask_data:{wish}")
        road.journal(wish=wish, words=words.strip()[:400])
        if actor == CUSTOMER and road.case.received_by:
            road.tell([road.case.received_by], "ask_data")
    return road.case


def answer_data(person: Person, case_id: int, *, wish: str, channel: str, words: str, at: datetime) -> Case:
    """Granted, and the customer told. A copy is then on their page; what is to be deleted may be de-identified at once."""
    with begin(person, case_id, "answer_data", at) as road:
        _check_asked(road, wish)
        if wish == "deletion" and road.case.held_at is not None:
            raise Refused("held", "暂缓删除中：写明原因，不能照办", "it is under legal hold: refuse, and say why", field="wish")
        words = road.needs(words, "words", "写下对客户说了什么", "write down what the customer was told")
        road.mark(f"answer_data:{wish}")
        road.journal(wish=wish, channel=channel, words=words)
    return road.case


def refuse_data(person: Person, case_id: int, *, wish: str, channel: str, reason: str, at: datetime) -> Case:
    """It cannot be granted (a lawsuit, a time that the law sets): the customer is told why (PIPL art. 50)."""
    with begin(person, case_id, "refuse_data", at) as road:
        _check_asked(road, wish)
        reason = road.needs(reason, "reason", "写明为什么不能照办，客户看得到", "say why not; the customer reads it")
        road.mark(f"refuse_data:{wish}")
        road.journal(wish=wish, channel=channel, reason=reason)
    return road.case


def _check_asked(road: Road, wish: str) -> None:
    if wish not in open_wishes(road.case):
        raise Refused(
            "not_asked", "客户没有提这个要求，或者已经答复", "the customer did not ask for this, or it was answered", field="wish"
        )
