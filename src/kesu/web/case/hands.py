"""Several hands on a case's page, and the page of a group."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kesu.complaints.models import Membership, Part
from kesu.complaints.queries.case_page import CasePage
from kesu.procedure.limits import Within, parse_limit
from kesu.web.case.hero import button

DAY = 86_400  # seconds
GROUP_ACTS = ("tell_all", "share_finding", "leave_group")


def shown(page: CasePage) -> dict[str, Any]:
    """What the section needs: each department's part with what it said on returning, and one line that says it all."""
    parts = page.situation.live()
    return {
        "co_parts": _with_words(page, parts) if len(parts) > 1 else [],
        "hands_words": _in_a_line(page, parts),
        "repeats_within": _length(page),
    }


def stage_words(page: CasePage) -> str:
    """What stands for the steps of a merged case, which goes through no more of them; "" for every other."""
    return _("已并入另一张单") if page.case.outcome == "merged" else ""


def _length(page: CasePage) -> str:
    """“90 天”: the time within which complaints about the same matter count as repeated."""
    limit = parse_limit(page.pack.hands.repeats)
    days, rest = divmod(limit.seconds, DAY) if isinstance(limit, Within) else (0, 1)
    if rest:
        return limit.words(page.language)
    return f"{days} 天" if page.language.startswith("zh") else f"{days} days"


def _with_words(page: CasePage, parts: list[Part]) -> list[tuple[Part, str]]:
    said = {entry.data.get("part"): str(entry.data.get("words", "")) for entry in reversed(page.journal) if entry.act == "return"}
    return [(part, said.get(part.pk, "")) for part in parts]


def _in_a_line(page: CasePage, parts: list[Part]) -> str:
    """“2 个部门　1 件交办没办好　在 12315”: what a folded section still says."""
    hands, found = page.hands, []
    if len(parts) > 1:
        found.append(_("%(n)s 个部门，%(done)s 个交回") % {"n": len(parts), "done": sum(bool(part.returned_at) for part in parts)})
    if hands.tasks:
        found.append(_("%(n)s 件交办，%(open)s 件没办好") % {"n": len(hands.tasks), "open": sum(task.open for task in hands.tasks)})
    found += [page.pack.label("outside", row.body, page.language) for row in hands.waiting]
    if hands.into:
        found.append(_("并入 %(number)s") % {"number": hands.into.number})
    if hands.taken_in:
        found.append(_("并进来 %(n)s 张") % {"n": len(hands.taken_in)})
    if hands.group:
        found.append(_("群诉 %(n)s 张") % {"n": len(hands.members)})
    if hands.repeats > 1:
        found.append(_("同一件事 %(n)s 次") % {"n": hands.repeats})
    return ("　" if page.language.startswith("zh") else ", ").join(found)


def group_context(page: CasePage) -> dict[str, Any]:
    """The group that the case leads or belongs to, as far as this person sees its cases."""
    hands = page.hands
    assert hands.group is not None  # asked by the view
    lead = next((row for row in hands.members if row.pk == hands.group.lead_id), page.case)
    whole = Membership.objects.filter(group=hands.group).count() + 1
    return {
        "group": hands.group,
        "lead": lead,
        "rows": hands.members,
        "told": sum(bool(row.told_at) for row in hands.members),
        "unseen": whole - len(hands.members),
        "cause": page.pack.label("causes", page.case.cause, page.language) if page.case.cause else "",
        "acts": [button(page, act) for act in GROUP_ACTS if act in page.next.others],
    }
