"""A finding for each thing the customer named: substantiated or not, why, and on which evidence it stands (STANDARDS 7.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.models import Case, CaseItem, Evidence
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused

FINDINGS: dict[str, tuple[str, str]] = {
    "found": ("属实", "substantiated"),
    "partly": ("部分属实", "partly substantiated"),
    "not_found": ("不属实", "not substantiated"),
    "unclear": ("无法查清", "cannot be said"),
}


def find(
    person: Person,
    case_id: int,
    *,
    item: int,
    finding: str,
    reason: str,
    evidence: Iterable[int] = (),
    seen: int | None = None,
    at: datetime,
) -> Case:
    """Record the finding on item number `item`; a later one corrects it, and the earlier one stays in the journal.

    `evidence`: ids of what it stands on. `seen`: how many findings the item had when the person looked at it; Refused when
    somebody else has recorded one meanwhile (None: whatever there is).
    """
    with begin(person, case_id, "find", at) as road:
        row = CaseItem.objects.filter(case=road.case, n=item).select_related("found_by").first()
        if row is None:
            raise Refused("item", "没有这一件", "there is no such item", field="item")
        if finding not in FINDINGS:
            said = "请选属实、部分属实、不属实或无法查清", "choose a finding"
            raise Refused("finding", *said, field=f"finding_{item}")
        reason = road.needs(reason, f"reason_{item}", "写清凭什么这样认定", "say on what grounds")
        if seen is not None and seen != row.found_n:
            raise _meanwhile(row)
        put_finding(road, row, finding, reason, _known(road, item, evidence))
    return road.case


def _meanwhile(row: CaseItem) -> Refused:
    who = row.found_by.name if row.found_by else ""
    zh, en = FINDINGS.get(row.finding, ("", ""))
    return Refused(
        "found_meanwhile",
        f"{who}刚把第 {row.n} 件定为“{zh}”；重新打开这一页，看过再改",
        f"{who} has just found item {row.n} {en}; open this page again and look before you change it",
        item=row.n,
    )


def _known(road: Road, item: int, evidence: Iterable[int]) -> list[int]:
    """The ids, in order; Refused for evidence that this case does not have."""
    wanted = sorted(set(evidence))
    if Evidence.objects.filter(case=road.case, pk__in=wanted).count() != len(wanted):
        raise Refused("evidence", "请选这件投诉里的证据", "choose evidence of this case", field=f"evidence_{item}")
    return wanted


def put_finding(road: Road, row: CaseItem, finding: str, reason: str, evidence: list[int]) -> None:
    """Write the finding and its entry in the journal."""
    if finding not in FINDINGS:
        said = "请选属实、部分属实、不属实或无法查清", "choose a finding"
        raise Refused("finding", *said, field=f"finding_{row.n}")
    before = row.finding
    row.finding, row.reason, row.rests_on = finding, reason, evidence
    row.found_by, row.found_at, row.found_n = road.person, road.at, row.found_n + 1
    row.save(update_fields=["finding", "reason", "rests_on", "found_by", "found_at", "found_n"])
    road.mark("find")
    road.journal("find", item=row.n, finding=finding, before=before, reason=reason, evidence=evidence)


def without_finding(pack: Pack, case: Case, items: Sequence[CaseItem]) -> list[int]:
    """The numbers of the items whose finding the pack wants before the cause of this case."""
    rules = pack.investigation
    if rules is None or not rules.wants_findings(case.nature, case.grade):
        return []
    return [item.n for item in items if not item.finding]
