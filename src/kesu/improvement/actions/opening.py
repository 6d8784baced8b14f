"""Opening a record from one complaint or from many, and taking a further complaint into it (P-13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kesu.company.models import Company, Person
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints import actions as complaints
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import visible_to
from kesu.complaints.queries.veil import discreet_title
from kesu.improvement.actions.numbers import next_number
from kesu.improvement.actions.road import CapaRoad, begin
from kesu.improvement.models import Capa, Origin
from kesu.improvement.rules import rules_in
from kesu.procedure.improving import RECORD_ACTS
from kesu.procedure.refused import Refused

LONGEST_TITLE = 120


@dataclass(frozen=True)
class Same:
    """Which traits that the complaints share make a later one the same again."""

    sites: bool = True
    cause: bool = True
    category: bool = True
    against: bool = False


def open_capa(
    person: Person,
    case_ids: Sequence[int],
    *,
    title: str = "",
    problem: str,
    same: Same = Same(),
    key: str = "",
    at: datetime,  # noqa: B008
) -> Capa:
    """Open a record from these complaints; each is marked as put right (act `put_right`, whose right is the right to open).

    `key`: the same form sent twice opens once. Raises Case.DoesNotExist for a complaint that the person may not see; Refused.
    """
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=person.company_id)
        if key and (found := Capa.objects.filter(company=company, opened_key=key).first()):
            return found
        rules = rules_in(pack_of(version := standing(company).version_at(at)))
        cases = _seen(person, case_ids, at)
        if not problem.strip():
            raise Refused("missing", "写清要解决什么问题", "say which problem is to be put right", field="problem")
        capa = Capa(company=company, version_id=version, opened_at=at, opened_by=person, opened_key=key or None, problem=problem.strip())
        capa.title = (title.strip() or discreet_title(cases[0]))[:LONGEST_TITLE]
        _watch_for(capa, cases, same)
        capa.number = next_number(company, rules.number, at)
        capa.save()
        capa.sites.set({case.site_id for case in cases})
        road = CapaRoad(person, capa, RECORD_ACTS["open"], at)
        for case in cases:
            _join(road, case)
        road.journal(cases=[case.number for case in cases], words=capa.problem)
        road.owe("plan", road.after(rules.plan), role=rules.leads)
        road.tell(road.holders(rules.leads), "capa_open")
        road.finish()
    return capa


def include(person: Person, capa_id: int, *, case_id: int, words: str = "", at: datetime) -> Capa:
    """Take a further complaint into an open record. Raises Case.DoesNotExist and Capa.DoesNotExist for what the person may not see."""
    with begin(person, capa_id, "include", at) as road:
        case = _seen(person, [case_id], at)[0]
        if Origin.objects.filter(capa=road.capa, case=case).exists():
            raise Refused("included", f"{case.number} 已经在这项整改里", f"{case.number} is in this record already", field="case")
        _join(road, case, words.strip() or road.capa.problem)
        road.capa.sites.add(case.site_id)
        road.journal(cases=[case.number], words=words.strip() or discreet_title(case))
    return road.capa


def _seen(person: Person, case_ids: Sequence[int], at: datetime) -> list[Case]:
    wanted = sorted(set(case_ids))  # always in this order: two who open at once never wait for each other in a circle
    if not wanted:
        raise Refused("cases", "至少选一件投诉", "choose at least one complaint", field="cases")
    cases = list(visible_to(person, at).filter(pk__in=wanted).order_by("pk"))
    if len(cases) != len(wanted):
        raise Case.DoesNotExist
    return cases


def _join(road: CapaRoad, case: Case, words: str = "") -> None:
    assert road.person is not None  # only people open records
    Origin.objects.create(capa=road.capa, case=case, by=road.person, at=road.at)
    complaints.put_right(road.person, case.pk, record=road.capa.number, words=words or road.capa.problem, at=road.at)


def _watch_for(capa: Capa, cases: Sequence[Case], same: Same) -> None:
    """What all of them share, as far as it is wanted. Something beside the place must be left to look for."""
    capa.cause = _shared([case.cause for case in cases])
    capa.same_sites = same.sites
    capa.same_cause = capa.cause if same.cause else ""
    capa.same_category = _shared([case.category for case in cases]) if same.category else ""
    capa.same_against = _shared([case.against for case in cases]) if same.against else ""
    if not (capa.same_cause or capa.same_category or capa.same_against):
        raise Refused(
            "same",
            "这些投诉的原因、类别、被投诉的人没有一样相同或没有选，以后看不出是不是又发生；换一批投诉，或多选一样",
            "these complaints share none of the chosen traits (cause, category, person), so nobody could see whether it comes back; "
            "choose other complaints or one more trait",
            field="same",
        )


def _shared(values: Sequence[str]) -> str:
    return values[0] if len(set(values)) == 1 else ""
