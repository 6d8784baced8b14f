"""De-identification of a case takes what WeChat brought to it; a follower of whom nothing else is left goes, too."""

from __future__ import annotations

from kesu.channels.models import Arrival, Followed, Follower, Saying, SentFile
from kesu.complaints.models import Case


def let_go(case: Case) -> set[str]:
    """Take out files, what was said, and followers without another case; the SHA-256 of files that no other message needs."""
    theirs = Follower.objects.filter(pk__in=_ids(case))
    mine = SentFile.objects.filter(arrival__case=case)
    hashes = set(mine.exclude(sha256="").values_list("sha256", flat=True))
    mine.delete()
    Saying.objects.filter(follower__in=theirs).exclude(state="waiting").delete()
    Followed.objects.filter(case=case).delete()
    for follower in theirs.filter(talk=None):
        if not _still_needed(follower, case):
            follower.delete()  # what they sent stays where it belongs, and names nobody any more
    return hashes - set(SentFile.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))


def _ids(case: Case) -> list[int]:
    told = Followed.objects.filter(case=case).values_list("follower_id", flat=True)
    sent = Arrival.objects.filter(case=case, follower__isnull=False).values_list("follower_id", flat=True)
    return [pk for pk in {*told, *sent} if pk]


def _still_needed(follower: Follower, case: Case) -> bool:
    others = Case.objects.filter(erased_at=None).exclude(pk=case.pk)
    if others.filter(followed__follower=follower).exists():
        return True
    return others.filter(customer__followers=follower).exists()
