"""What is marked as health data: shown to the pack's roles alone, and only while consent stands (PIPL arts 28, 29, 15)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kesu.company.rights import Rights
from kesu.complaints.models import Attachment, Case, Complained, Evidence, JournalEntry
from kesu.complaints.queries.veil import COVERED
from kesu.procedure.pack import Pack

if TYPE_CHECKING:
    from kesu.complaints.queries.case_page import CasePage


def stands(pack: Pack, case: Case) -> bool:
    """Whether health data may be used in this case now."""
    return pack.privacy is not None and pack.privacy.health_allowed(case.consents, case.facts, case.categories)


def sees_health(rights: Rights, pack: Pack, case: Case) -> bool:
    """Whether a role of this person may see it (pack: privacy.health.roles). Whoever is complained of never does."""
    rule = pack.privacy.health if pack.privacy else None
    if rule is None or not stands(pack, case):
        return False
    departments = [case.department_id] if case.department_id else []
    if not any(rights.holds(role, site_id=case.site_id, departments=departments) for role in rule.roles):
        return False
    return not Complained.objects.filter(case=case, person=rights.person, dropped_at__isnull=True).exists()


def cover_health(page: CasePage, sees: bool | None = None) -> None:
    """Leave out files and words that this reader may not see. `sees`: for whoever reads as the company, None asks the person's rights."""
    said = "mark_health" in page.case.whole_marks
    if not (said or any(row.health for row in page.evidence) or any(row.health for row in page.attachments)):
        return
    if sees_health(page.rights, page.pack, page.case) if sees is None else sees:
        return
    page.attachments = [row for row in page.attachments if not row.health]
    page.proofs = [row for row in page.proofs if not row.attachment.health]
    for row in page.evidence:
        if row.health:
            cover_row(row)
    cover_entries(page.case, page.journal)


def cover_entries(case: Case, entries: Iterable[JournalEntry]) -> None:
    """Cover the words of entries that were marked afterwards (act mark_health). One query where something was, else none."""
    if "mark_health" not in case.whole_marks:
        return
    rows = JournalEntry.objects.filter(case=case, act="mark_health").values_list("data", flat=True)
    marked = {n for data in rows for n in data.get("entries", ())}
    for entry in entries:
        if entry.n in marked:
            entry.data = {"words": _("健康资料"), "health": True}
            setattr(entry, COVERED, True)


def cover_row(row: Evidence) -> None:
    """That there is evidence from this side stays, so that nobody asks again; what it says goes. Cannot be saved."""
    row.words, row.who, row.origin, row.attachment = _("健康资料：只给规程指定的岗位看；客户撤回同意的，谁也看不到"), "", "", None
    row.digest = ""  # over what is not shown here: nobody could check it
    setattr(row, COVERED, True)


def visible(files: list[Attachment], case: Case, pack: Pack) -> list[Attachment]:
    """The customer's own files as their page shows them: health data only while their consent stands."""
    return [row for row in files if not row.health or stands(pack, case)]
