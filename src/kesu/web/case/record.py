"""What has happened to a case, for its page: the stages, the journal in words, who is concerned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kesu.complaints.actions.steps import completed
from kesu.complaints.queries.case_page import CasePage
from kesu.papers.telling import Line, line
from kesu.procedure.acts import DONE, step_name

SHOWN = 8  # of the journal; the rest is folded


@dataclass(frozen=True)
class Stage:
    """One step of the strip: done, now or to do, with its time."""

    name: str
    state: str
    at: datetime | None = None
    tone: str = ""


def stages(page: CasePage, tone: str) -> list[Stage]:
    """Receiving, then the steps of the case's nature; `tone` colours the present one."""
    case, marks = page.case, page.case.marks
    nature = page.pack.find("natures", case.nature) or page.pack.nature_default()
    ready = completed(case)
    found = [Stage(_("受理"), "done", case.received_at)]
    for step in nature.steps:
        state = "now" if step == case.step else ("done" if step in ready else "todo")
        stamp = marks.get(f"step:{step}")
        at = datetime.fromisoformat(stamp[1]) if stamp and state == "done" else None
        found.append(Stage(step_name(step, page.language), state, at, tone if state == "now" else ""))
    return found


def stage_words(rows: list[Stage], step: str) -> str:
    """“进行到第 6 步，共 10 步”."""
    if step == DONE:
        return _("已走完 %(all)s 步") % {"all": len(rows)}
    here = next((n for n, row in enumerate(rows, 1) if row.state == "now"), len(rows))
    return _("进行到第 %(n)s 步，共 %(all)s 步") % {"n": here, "all": len(rows)}


def told(page: CasePage) -> list[Line]:
    """The journal's newest entries in words, by when they happened (some were written down later)."""
    newest = sorted(page.journal, key=lambda entry: (entry.at, entry.n), reverse=True)
    return [line(page, entry) for entry in newest]


def people(page: CasePage) -> list[tuple[str, str]]:
    """Who has to do with the case: (what they are, who they are)."""
    case = page.case
    found = [(_("首问负责"), case.received_by.name if case.received_by else _("客户自己提交"))]
    for part in page.situation.live():
        found.append(
            (_("主办") if part.lead else _("协办"), f"{part.department.name}　{part.handler.name if part.handler else _('还没签收')}")
        )
    found += [(_("批准"), row.decided_by.name) for row in page.proposals if row.decided_by and row.state != "refused"]
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Again:
    """Why the case is handled anew, and who handled it before."""

    reason: str
    at: datetime
    before: list[str]


def again(page: CasePage) -> Again | None:
    """What whoever dispatches or signs in a later round must know (M-7); None in the first round."""
    case = page.case
    entry = next((row for row in page.journal if row.act == "reopen" and row.round == case.round), None)
    if case.round == 1 or entry is None:
        return None
    names = [who.name for part in page.parts if part.round == case.round - 1 for who in (part.handler, part.signed_by) if who]
    return Again(str(entry.data.get("reason", "")), entry.at, list(dict.fromkeys(names)))
