"""Blacking out what others need not see in a picture; the original stays, for those whom the pack names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from kesu.company.models import Person
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.files import Upload, keep, stored
from kesu.complaints.models import Attachment, Case
from kesu.complaints.proofs import fault_on_disk
from kesu.complaints.queries.originals import may_see
from kesu.complaints.redaction import WHOLE, Box, blacked_out
from kesu.procedure.refused import Refused


def redact(person: Person, case_id: int, *, attachment_id: int, boxes: Sequence[Box], at: datetime) -> Case:
    """Make a blacked-out copy of a picture of the case. `boxes`: left, top, right, bottom in shares of 10 000 of width and height.

    From then on the picture is shown blacked out, and the original to those roles only that the pack names. Refused for what is
    no picture, for a file that is missing or altered, and when nothing is blacked out.
    """
    with begin(person, case_id, "redact", at) as road:
        road.moves_clocks = False
        row = _picture(road, attachment_id)
        wanted = [box for box in boxes if _inside(box)]
        if not wanted:
            raise Refused("nothing", "还没选要遮的地方", "nothing is chosen to be blacked out", field="cells")
        made = blacked_out(stored(row.sha256), row.kind, wanted)
        first = row.original or row
        name = PurePath(first.name)
        ending = ".png" if row.kind == "image/png" else ".jpg"
        copy = keep(Upload(f"{name.stem[:180]}（已遮盖）{ending}", len(made), [made]), road.case, person, at, health=row.health)
        copy.original, copy.boxes = first, [*row.boxes, *(list(box) for box in wanted)]
        if first.by_id is not None and first.for_customer:  # what we gave the customer is the blacked-out one now; their own stays theirs
            copy.for_customer, first.for_customer = True, False
            first.save(update_fields=["for_customer"])
        copy.save(update_fields=["original", "boxes", "for_customer"])
        road.journal(
            **({"health": True} if row.health else {"name": first.name}),
            file=copy.sha256,
            original=first.sha256,
            boxes=len(wanted),
            cells=copy.boxes,
        )
    return road.case


def _picture(road: Road, attachment_id: int) -> Attachment:
    row = Attachment.objects.filter(case=road.case, pk=attachment_id).select_related("original").first()
    rights = road.rights
    if row is None or (rights and not may_see(rights, road.pack, road.case, row)):
        raise Refused("file", "没有这张照片", "there is no such picture")
    if fault_on_disk(row, whole=True):
        said = "文件不见了或被改动过，不能遮盖", "the file is missing or has been changed and cannot be blacked out"
        raise Refused("file_fault", *said)
    return row


def _inside(box: Box) -> bool:
    left, top, right, bottom = box
    return 0 <= left < right <= WHOLE and 0 <= top < bottom <= WHOLE
