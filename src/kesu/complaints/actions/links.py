"""The customer's secret link."""

from __future__ import annotations

from datetime import datetime

from kesu.complaints.actions.road import CUSTOMER, begin
from kesu.complaints.models import Case


def switch_off(case_id: int, *, at: datetime) -> Case:
    """The customer switches their link off: from then on it leads nowhere, like a wrong one."""
    with begin(None, case_id, "link_off", at, actor=CUSTOMER) as road:
        road.moves_clocks = False
        road.case.token_off = True
        road.journal()
    return road.case
