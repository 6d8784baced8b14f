"""No page asks the database more than 25 questions, with a thousand complaints of the same customer and matter beside it (issue 4)."""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast
from tests.complaints.story import answer, fresh, hours, investigate, minutes, walk
from tests.complaints.test_findings import name
from tests.improvement.capas import planned
from tests.web.case_hands import Clock, clock

from kesu.complaints import actions
from kesu.complaints.actions import Promise
from kesu.complaints.models import Case, CaseItem
from kesu.insights.actions.rebuilding import rebuild
from kesu.web.figures.looking import OVERVIEW, VIEWS

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
MANY, MOST = 1_000, 25


def _crowd(case: Case, many: int) -> None:
    """So many more like it, closed and open."""
    rows = []
    for n in range(many):
        row = copy(case)
        row.pk, row.number, row.token, row.filed_key = None, f"RY-250101-{n:04}", f"token-{n}", None
        row.received_at = row.heard_at = case.received_at - timedelta(hours=n)
        row._state = copy(case._state)
        row._state.adding = True
        rows.append(row)
    made = Case.objects.bulk_create(rows)
    CaseItem.objects.bulk_create(CaseItem(case=row, n=1, words="电梯停了", category="lift") for row in made)


def _furnished(cast: Cast, at: datetime) -> tuple[Case, Case, Case]:
    """One that everything happened to and waits for a decision, one that leads a group, one taken into a record."""
    case = cast.judged(cast.complaint(at=at), at=at, facts={"company_fault": True})
    other = cast.judged(cast.complaint(at=at), at=at)
    for row in (case, other):
        actions.sign(cast.zhou_hai, row.pk, at=at + minutes(1))
    actions.join_group(cast.lin_xiao, other.pk, lead=case.number, name="6 栋电梯", at=at + minutes(2))
    given = {"due_at": at + hours(9), "department_id": cast.security.pk}
    actions.assign_task(cast.zhou_hai, case.pk, what="调监控", **given, at=at + minutes(3))  # type: ignore[arg-type]
    named = name(cast, case, cast.ma_qiang, at + minutes(3))
    actions.ask_statement(cast.he_wei, case.pk, complained_id=named.pk, words="谁当班", at=at + minutes(3))
    actions.hand_outside(cast.lin_xiao, case.pk, body="court", words="可以等判决", at=at + minutes(4))
    investigate(cast, case, at + minutes(5))
    actions.propose(cast.zhou_hai, case.pk, words="换", promises=[Promise("免一月", remedy="fee_cut", cost=90_000)], at=at + minutes(6))
    done = cast.complaint(at=at)
    walk(cast, done, "answer", at)
    answer(cast, done, at + minutes(9))
    return fresh(case), fresh(other), fresh(done)


def test_case_decision_group_task_and_record_ask_little_with_a_thousand_beside(cast: Cast, at: datetime, clock: Clock) -> None:
    case, other, done = _furnished(cast, at)
    capa, row = planned(cast, at + hours(1), fresh(done))
    _crowd(case, MANY)
    clock.to(hours=2)
    rebuild(cast.company, clock.at)  # else whoever reads figures counts a few cases first
    pages = [
        (cast.he_wei, reverse("case", args=[case.number])),
        (cast.he_wei, reverse("case", args=[other.number])),
        (cast.he_wei, reverse("approve", args=[case.number])),
        (cast.he_wei, reverse("case_group", args=[case.number])),
        (cast.chen_li, reverse("case_act", args=[case.number, "do_task"])),
        (cast.zhou_hai, reverse("case_act", args=[case.number, "assign_task"])),
        (cast.zhou_hai, reverse("case_act", args=[done.number, "execute"])),
        (cast.ma_qiang, reverse("asked")),
        (cast.su_min, reverse("visits")),
        (cast.luo_qing, reverse("visit_report")),
        *((cast.luo_qing, reverse("figures_view", args=[view])) for view in VIEWS if view != OVERVIEW),
        (cast.luo_qing, reverse("figures")),
        (cast.luo_qing, f"{reverse('figures_cases')}?kpi=in_time&side=rest"),
        (cast.luo_qing, reverse("figures_entered")),
        (cast.luo_qing, reverse("improvement")),
        (cast.luo_qing, reverse("capa", args=[capa.number])),
        (cast.luo_qing, reverse("capa_new")),
        (cast.luo_qing, reverse("warnings")),
        (cast.zhou_hai, reverse("people")),
        (cast.zhou_hai, reverse("people_recognise") + f"?case={case.number}"),
        (cast.luo_qing, reverse("people_cases") + f"?fair=handling&of=person&unit={cast.zhou_hai.pk}&side=below"),
        (cast.luo_qing, reverse("effects")),
        (cast.luo_qing, reverse("did_it_work", args=["capa", capa.number])),
        (cast.luo_qing, reverse("capa_act", args=[capa.number, "hand"]) + f"?measure={row.pk}"),
    ]
    asked = {}
    for who, address in pages:
        client = Client()
        client.force_login(who)
        client.get(reverse("me"))  # what the process and the session remember
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, address
        asked[address] = len(queries)
    assert {address: n for address, n in asked.items() if n > MOST} == {}
