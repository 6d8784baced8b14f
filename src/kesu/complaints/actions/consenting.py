"""Separate consent for health data and for children: asked, answered, withdrawn (PIPL arts 14, 15, 29, 31); never a hindrance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import CUSTOMER, STAFF, Road, begin
from kesu.complaints.models import Case
from kesu.complaints.queries.health import stands
from kesu.procedure.pack import Pack
from kesu.procedure.privacy import GIVEN, REFUSED, WITHDRAWN, Consent
from kesu.procedure.refused import Refused


def ask_consent(person: Person | None, case_id: int, *, matter: str, given: bool, actor: str = STAFF, at: datetime) -> Case:
    """The customer was asked and has answered. `matter` is a key of procedure.privacyacts.MATTERS.

    Raises Refused for a matter that the pack does not ask, and when consent stands already: then only withdraw_consent ends it.
    """
    with begin(person, case_id, "ask_consent", at, actor=actor) as road:
        road.moves_clocks = False
        _rule(road.pack, matter)
        if road.case.consents.get(matter) == GIVEN:
            raise Refused(
                "given", "已经同意过；不同意了，用“撤回单独同意”", "consent stands already; to end it, withdraw it", field="matter"
            )
        answered(road, {matter: given})
    return road.case


def withdraw_consent(person: Person | None, case_id: int, *, matter: str, actor: str = STAFF, at: datetime) -> Case:
    """Consent is taken back: from now on nobody is shown what is marked as health data. Refused when none stands."""
    with begin(person, case_id, "withdraw_consent", at, actor=actor) as road:
        road.moves_clocks = False
        rule = _rule(road.pack, matter)
        if road.case.consents.get(matter) != GIVEN:
            raise Refused("not_given", "没有同意过，不用撤回", "no consent stands that could be withdrawn", field="matter")
        road.case.consents = {**road.case.consents, matter: WITHDRAWN}
        road.journal(matter=matter, version=rule.version)
    return road.case


def answered(road: Road, consents: Mapping[str, bool]) -> None:
    """Put the answers down, each with the version of the wording and how it was asked."""
    for matter, given in consents.items():
        rule = _rule(road.pack, matter)
        road.case.consents = {**road.case.consents, matter: GIVEN if given else REFUSED}
        road.journal("ask_consent", matter=matter, given=given, version=rule.version, asked="page" if road.actor == CUSTOMER else "aloud")


def marked(road: Road, wanted: bool) -> bool:
    """Whether something is stored as health data. Refused to staff while consent is lacking; the customer's own stays unseen till then."""
    if not wanted:
        return False
    if road.actor != CUSTOMER and not stands(road.pack, road.case):
        raise Refused(
            "no_consent",
            "客户没有单独同意，不能存健康资料；先问（问单独同意），或者不写健康情况",
            "no separate consent stands: ask for it first, or leave health out",
            field="health",
        )
    return road.case.consents.get("health") == GIVEN


def _rule(pack: Pack, matter: str) -> Consent:
    rule = pack.privacy.consents().get(matter) if pack.privacy else None
    if rule is None:
        raise Refused("unknown", "规程没有要单独问这一样", "the procedure does not ask this separately", field="matter")
    return rule
