"""Reading, where it can be known: the customer has their page before them, so what was told there has been read.

Fetching the page proves nothing: chats fetch it for a preview, mail scanners to look for harm, browsers before anybody has touched the
link. A sign of a person does: the page's own script says that it has been in sight for a while or was touched; an act on it; a button.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.db.models import Exists

from kesu.channels.models import Answer, Outgoing
from kesu.complaints.models import Case

# Programs that run pages with their scripts and no person: previews of chats, mail scanners, search engines. No chat that people read in.
PROGRAMS = re.compile(
    r"bot\b|bot/|crawl|spider|preview|scanner|proofpoint|mimecast|barracuda|safelinks|googleimageproxy|facebookexternalhit|whatsapp/"
    r"|headlesschrome|phantomjs|curl/|wget/|python-|okhttp/|go-http-client|java/",
    re.IGNORECASE,
)


def is_program(agent: str) -> bool:
    """Whether this User-Agent is that of a known program (or none at all): nobody reads by it."""
    return not agent.strip() or bool(PROGRAMS.search(agent))


def page_seen(case_id: int, at: datetime, drawn_at: datetime | None = None) -> int:
    """The customer has their page before them as it was drawn at `drawn_at`: what was told before is read. Returns how many messages;
    writes only when there are any."""
    until = min(at, drawn_at or at)
    rows = Outgoing.objects.filter(case_id=case_id, person=None, read_at=None, at__lte=until, state__in=["sent", "delivered"])
    answers = Answer.objects.filter(case_id=case_id, read_at=None, at__lte=until, state="sent")
    if not Case.objects.filter(Exists(rows) | Exists(answers), pk=case_id).exists():
        return 0
    return rows.update(read_at=at) + answers.update(read_at=at)
