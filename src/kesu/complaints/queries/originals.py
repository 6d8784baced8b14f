"""Which picture is shown to whom, once one was blacked out."""

from __future__ import annotations

from collections.abc import Sequence

from kesu.company.rights import Rights
from kesu.complaints.models import Attachment, Case
from kesu.complaints.queries.health import sees_health
from kesu.procedure.pack import Pack


def sees_originals(rights: Rights, pack: Pack, case: Case) -> bool:
    """Whether a role of this person may see pictures as they were before they were blacked out (pack: investigation.originals)."""
    roles = pack.investigation.originals if pack.investigation else []
    departments = [case.department_id] if case.department_id else []
    return any(rights.holds(role, site_id=case.site_id, departments=departments) for role in roles)


def may_see(rights: Rights, pack: Pack, case: Case, file: Attachment) -> bool:
    """Whether this file may be opened: always, unless a blacked-out copy of it was made, or it shows health data."""
    if file.health and not sees_health(rights, pack, case):
        return False
    return not file.redacted.exists() or sees_originals(rights, pack, case)


def shown(files: Sequence[Attachment], originals: bool) -> list[Attachment]:
    """The files to show: of a blacked-out picture its newest copy, and the original itself where `originals` is true."""
    newest = newest_copies(files)
    copies = {file.pk for file in newest.values()}
    return [
        file
        for file in files
        if (file.original_id is None and (originals or file.pk not in newest)) or (file.original_id and file.pk in copies)
    ]


def newest_copies(files: Sequence[Attachment]) -> dict[int, Attachment]:
    """Original's id → its newest blacked-out copy."""
    return {file.original_id: file for file in sorted(files, key=lambda file: file.pk) if file.original_id}
