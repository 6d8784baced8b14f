"""De-identification of a case takes its messages, too: that something came, when and by which door stays; who wrote, and what, goes."""

from __future__ import annotations

from kesu.channels.models import Answer, Arrival, Call, Device, Outgoing, PaperPage
from kesu.channels.wechat import lettinggo as wechat
from kesu.complaints.models import Case


def let_go(case: Case) -> set[str]:
    """Empty the messages of this case and the answers to it; the SHA-256 of raw messages that no other case came by."""
    mine = Arrival.objects.filter(case=case)
    files = wechat.let_go(case)
    raw = set(mine.values_list("sha256", flat=True))
    pages = PaperPage.objects.filter(arrival__case=case)
    raw |= set(pages.values_list("sha256", flat=True))
    pages.update(name="", said=None)
    mine.update(sender="", sender_name="", subject="", message_id="", words="")
    Answer.objects.filter(case=case).update(address="", subject="", body="", replies_to="", error="")
    Call.objects.filter(case=case).update(number="", agent="", recording="")
    Device.objects.filter(case=case).update(last_words="", unnoted=0)
    Outgoing.objects.filter(case=case).update(address="", payload={}, error="", facts={}, words="")
    return files | raw - set(Arrival.objects.filter(sha256__in=raw).exclude(case=case).values_list("sha256", flat=True))
