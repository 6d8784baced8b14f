"""Pages are kept, and what came on them waits to be filed: once, however often the same pages are handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kesu.channels import telling
from kesu.channels.models import Arrival, PaperPage
from kesu.channels.reading import PAPER
from kesu.company.models import Person, Site
from kesu.company.rights import rights_of
from kesu.complaints.files import SHOWN_INLINE, Stored, Upload, store, stored
from kesu.procedure.refused import Refused

MOST = 20  # pages
MOST_PIXELS = 60_000_000  # of one picture: more would be a bomb for whoever's browser shows it
TAKEN = (*SHOWN_INLINE, "application/pdf")


def keep_paper(person: Person, site_id: int, channel: str, uploads: Sequence[Upload], at: datetime) -> Arrival:
    """The arrival, or the one that these pages came as before. Raises Refused, Site.DoesNotExist for a site not theirs."""
    rights = rights_of(person, at)
    site = next((one for one in rights.sites() if one.pk == site_id and rights.by_role("receive", site_id=one.pk)), None)
    if site is None:
        raise Site.DoesNotExist
    if not rights.pack.find("channels", channel):
        raise Refused("channel", "规程里没有这个来路", "the procedure has no such channel", field="channel")
    if not uploads:
        raise Refused("missing", "拍一张，或选一个文件", "take a picture or choose a file", field="files")
    if len(uploads) > MOST:
        raise Refused("files", f"一次最多 {MOST} 页", f"at most {MOST} pages", field="files")
    files = [_checked(store(upload)) for upload in uploads]
    key = f"{person.company_id}:paper:{hashlib.sha256(' '.join(file.sha256 for file in files).encode()).hexdigest()}"
    with transaction.atomic():
        Site.objects.select_for_update(of=("self",)).get(pk=site.pk)  # the same pages handed in twice at once
        if known := Arrival.objects.filter(key=key).first():
            return known
        return _new(person, site, channel, key, files, at)


def _checked(file: Stored) -> Stored:
    """Raises Refused for what is no page: another kind, or a picture that would fill the memory of whoever looks at it."""
    if file.kind not in TAKEN:
        raise Refused("file_kind", f"“{file.name}”不是照片或 PDF", f"“{file.name}” is no photograph or PDF", field="files")
    if file.kind in SHOWN_INLINE and not 0 < _pixels(file) <= MOST_PIXELS:
        raise Refused("picture", f"“{file.name}”打不开，或者太大", f"“{file.name}” cannot be opened or is too large", field="files")
    return file


def _pixels(file: Stored) -> int:
    """Of its head alone: nothing is unpacked."""
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(stored(file.sha256), formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
                return picture.width * picture.height
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 0


def _new(person: Person, site: Site, channel: str, key: str, files: list[Stored], at: datetime) -> Arrival:
    row = Arrival(
        company_id=person.company_id,
        site=site,
        door=PAPER,
        channel=channel,
        key=key,
        sha256=files[0].sha256,
        size=sum(file.size for file in files),
        received_at=at,
        heard_at=at,
        subject=files[0].name[:300],
        state="waiting",
        why="paper",
    )
    row.save()
    telling.owe(row, site.company, at, tell=False)
    row.save(update_fields=["due_at"])
    PaperPage.objects.bulk_create(
        PaperPage(arrival=row, n=n, name=file.name, kind=file.kind, sha256=file.sha256, size=file.size) for n, file in enumerate(files)
    )
    return row


def proposals(row: Arrival) -> dict[str, str]:
    """What was read on all pages: of each field the first words, of the story all."""
    found: dict[str, str] = {}
    for said in row.pages.order_by("n").values_list("said", flat=True):
        for field, words in (said or {}).items():
            if field == "story" and field in found:
                found[field] += f"\n{words}"
            else:
                found.setdefault(field, words)
    return found
