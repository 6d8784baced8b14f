"""A copy of what is held about the customer of one complaint, for the customer: data as JSON, and their own files (PIPL art. 45)."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from kesu.complaints.files import stored
from kesu.complaints.models import Attachment, Case, JournalEntry

TOLD = ("acknowledge", "reply", "report_back", "unfound", "contact", "answer_data", "refuse_data")  # whose words were said to them
SAID = ("note", "agree", "decline", "reopen", "withdraw", "ask_data")  # whose words were theirs


def held(case: Case) -> dict[str, Any]:
    """What the customer gave, what they said, what they were told, what was promised and paid. No notes among ourselves."""
    zone = ZoneInfo(case.site.company.zone)
    entries = list(JournalEntry.objects.filter(case=case).order_by("n"))
    mine = [entry for entry in entries if entry.actor == "customer" and entry.act in SAID]
    ours = [entry for entry in entries if entry.actor != "customer" and entry.act in TOLD]
    return {
        "company": case.site.company.name,
        "number": case.number,
        "received_at": case.received_at.astimezone(zone).isoformat(),
        "closed_at": case.closed_at.astimezone(zone).isoformat() if case.closed_at else None,
        "name": case.contact_name,
        "phone": case.contact_phone,
        "address": case.home.label if case.home else "",
        "reach": case.reach,
        "confidential": case.confidential,
        "tell_by": case.tell_by,
        "language": case.language,
        "words": case.raw,
        "wants": case.wants,
        "items": [row.words for row in case.items.all()],
        "you_said": [_line(entry, zone) for entry in mine],
        "you_were_told": [_line(entry, zone) for entry in ours],
        "promised": list(case.agreed_actions.filter(agreed_at__isnull=False).values("what", "cost", "done_words")),
        "paid": list(case.payments.values("amount", "method")),
        "ratings": list(case.ratings.values("answers", "words")),
    }


def _line(entry: JournalEntry, zone: ZoneInfo) -> dict[str, Any]:
    said = entry.data.get("words") or entry.data.get("reason") or ""
    return {"at": entry.at.astimezone(zone).isoformat(), "act": entry.act, "channel": entry.data.get("channel", ""), "words": said}


def zipped(case: Case) -> bytes:
    """The copy as a ZIP: data.json, and the files that they sent or were shown; a file gone from the disk is left out."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(held(case), ensure_ascii=False, indent=1))
        for row in Attachment.objects.filter(case=case):
            place = stored(row.sha256)
            if (row.by_id is None or row.for_customer) and place.exists():
                archive.write(place, f"files/{row.pk}-{row.name.replace('/', '_')}")
    return target.getvalue()
