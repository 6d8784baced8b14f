"""The archive package of a case (案卷): papers, evidence, journal, record, in one ZIP that proves itself (P-12).

The same case gives the same bytes on the same machine, whoever makes it and whenever (health data, which only some may
take out, apart): it tells up to the journal's last entry.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from io import BytesIO
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils import translation

from kesu.company.procedures import pack_of
from kesu.complaints import chain
from kesu.complaints.files import stored
from kesu.complaints.models import Attachment, Case
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.sentences import say
from kesu.papers import caseview, container, forms, reading, typesetting
from kesu.papers.checking import INDEX, JOURNAL, LAYOUT, MANIFEST, RECORD, SEAL, seal
from kesu.papers.filling import Filler

UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')  # in no file name, on no system
NAME_LENGTH = 80


@dataclass
class Packed:
    """What has gone into the package so far."""

    archive: zipfile.ZipFile
    files: list[dict[str, Any]] = field(default_factory=list)

    def put(self, path: str, source: IO[bytes], size: int) -> str:
        """Add a file and list it; its SHA-256."""
        sum_ = hashlib.sha256()
        container.put(self.archive, path, source, size, seen=sum_)
        self.files.append({"path": path, "sha256": sum_.hexdigest(), "size": size})
        return sum_.hexdigest()

    def text(self, path: str, words: str) -> None:
        """Add a text."""
        data = words.encode()
        self.put(path, BytesIO(data), len(data))


@dataclass(frozen=True)
class Enclosed:
    """A file of the case as it lies in the package; `path` is empty when it was gone from the disk."""

    row: Attachment
    path: str
    state: str  # whole, absent, altered

    def listed(self) -> dict[str, Any]:
        """For the manifest: what it was when it was registered."""
        return {"path": self.path, "name": self.row.name, "registered": self.row.sha256, "size": self.row.size}


def make(case: Case, target: IO[bytes], language: str = "zh-hans", *, health: bool = True) -> None:
    """Write the package of the case. Raises fonts.NoFont. `case` is loaded with reading.WITH. Without `health` health data are left out."""
    at, pack = reading.last_said(case), pack_of(case.version_id)
    with translation.override(language), zipfile.ZipFile(target, "w") as archive:
        page, packed = reading.audited(case, pack, at, language, health=health), Packed(archive)
        printed = list(_papers(page, packed))
        enclosed = list(_files(page, packed))
        packed.text(JOURNAL, "".join(_lines(page)))
        packed.text(RECORD, _json(caseview.whole(case, at, health=health)))
        packed.text(INDEX, _index(page, printed, enclosed))
        _seal(page, packed, enclosed)


def _papers(page: CasePage, packed: Packed) -> Iterator[tuple[str, str]]:
    """(path, title) of every paper."""
    for n, paper in enumerate(forms.offered(page.pack), 1):
        data = typesetting.pdf(forms.sheet(page, paper, forms.Occasion(reveals=True)))
        path = f"papers/{n:02}-{_fit(paper.title(page.language))}.pdf"
        packed.put(path, BytesIO(data), len(data))
        yield path, paper.title(page.language)


def _files(page: CasePage, packed: Packed) -> Iterator[Enclosed]:
    """Every file of the case, as it lies on the disk now."""
    for n, row in enumerate(page.attachments, 1):
        path, place = f"files/{n:02}-{_fit(row.name)}", stored(row.sha256)
        try:
            with place.open("rb") as source:
                found = packed.put(path, source, place.stat().st_size)
        except FileNotFoundError:
            yield Enclosed(row, "", "absent")
        else:
            yield Enclosed(row, path, "whole" if found == row.sha256 else "altered")


def _fit(name: str) -> str:
    """The name as every system can hold it; the ending stays."""
    name = UNFIT.sub("_", name).strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    if len(name) <= NAME_LENGTH:
        return name
    return stem[: NAME_LENGTH - len(ending) - 1] + dot + ending if stem else name[:NAME_LENGTH]


def _lines(page: CasePage) -> Iterator[str]:
    """The journal, one JSON object a line: what each hash covers, the hash, and the sentence in both languages. As it stands, whoever
    takes it out: what was covered could not be proved."""
    for entry in page.case.journal.order_by("n"):
        said = chain.said(entry, page.case.number) | {
            "hash": entry.hash,
            "sentence": say(entry, page.pack, "zh-hans", page.zone),
            "sentence_en": say(entry, page.pack, "en", page.zone),
        }
        yield json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _index(page: CasePage, printed: list[tuple[str, str]], enclosed: list[Enclosed]) -> str:
    """The page that opens the package for somebody who has none of our software."""
    filler = Filler(page, reveals=True)
    context = {
        "page": page,
        "case": page.case,
        "zh": filler.half == 0,
        "customer": filler.customer.capitalize(),
        "phone": filler.phone(),
        "home": filler.home(),
        "heard_at": filler.time(page.case.heard_at),
        "closed_at": filler.time(page.case.closed_at),
        "told_up_to": filler.time(page.at),
        "lines": [(filler.time(line.entry.at), line) for line in filler.journal],
        "printed": printed,
        "enclosed": enclosed,
    }
    return render_to_string("papers/package.html", context)


def _seal(page: CasePage, packed: Packed, enclosed: list[Enclosed]) -> None:
    case = page.case
    manifest = {
        "package": LAYOUT,
        "number": case.number,
        "company": case.site.company.name,
        "told_up_to": page.at.astimezone(UTC).isoformat(),
        "procedure": {"pack": case.version.pack_id, "version": case.version.version, "sha256": case.version.digest},
        "journal": {"n": case.journal_n, "head": case.journal_head},
        "files": packed.files,
        "absent": [row.listed() for row in enclosed if row.state == "absent"],
        "altered": [row.listed() for row in enclosed if row.state == "altered"],
    }
    data = _json(manifest).encode()
    container.put(packed.archive, MANIFEST, BytesIO(data), len(data))
    mark = seal(hashlib.sha256(data).hexdigest())
    container.put(packed.archive, SEAL, BytesIO(mark), len(mark))
