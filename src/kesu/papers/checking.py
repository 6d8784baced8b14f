"""The proof of an archive package where there is no database: every byte of every file, every entry of the journal, and nothing else in it.

Standard library only. What the proof cannot say by itself is whether the whole package was made anew by somebody else: for that the
head of the chain is shown, which also stands in the foot of every paper that was printed and in the company's own database.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kesu.complaints.spelling import COVERED, ERASING, NOT_ANSWERED, NOT_AS_LEFT, Remains, digest
from kesu.papers import container

MANIFEST, SEAL, JOURNAL, RECORD, INDEX = "manifest.json", "manifest.sha256", "journal.jsonl", "record.json", "index.html"
LAYOUT = 1  # of the package; another one is made by another version
UNREADABLE = (zipfile.BadZipFile, ValueError, KeyError, TypeError, AttributeError, NotImplementedError, EOFError, RuntimeError, OSError)


@dataclass(frozen=True)
class Fault:
    """What does not hold: the file inside the package (with the entry of the journal), and what is wrong."""

    where: str
    zh: str
    en: str


@dataclass
class Report:
    """What was looked at. `absent` are files that were gone already when the package was made, `altered` those that had been changed."""

    number: str = ""
    company: str = ""
    entries: int = 0
    files: int = 0
    head: str = ""
    absent: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, where: str, zh: str, en: str) -> None:
        """One more thing that does not hold."""
        self.faults.append(Fault(where, zh, en))

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        faults = [{"where": row.where, "zh": row.zh, "en": row.en} for row in self.faults]
        return {
            "ok": not faults, "number": self.number, "company": self.company, "entries": self.entries, "files": self.files,
            "head": self.head, "absent": self.absent, "altered": self.altered, "faults": faults,
        }  # fmt: skip


def check(path: Path) -> Report:
    """Looks at everything in the package. Raises OSError when the file cannot be read at all."""
    report = Report()
    with path.open("rb"):  # what is no file, or not ours to read, is the caller's mistake and no fault of the package
        pass
    try:
        with zipfile.ZipFile(path) as archive:
            _look(report, archive)
            if not any(row.where in archive.namelist() for row in report.faults):
                _container(report, path, archive)
    except UNREADABLE as problem:
        report.fault("ZIP", f"压缩包损坏，读不了：{problem}", f"the ZIP is damaged and cannot be read: {problem}")
    return report


def _look(report: Report, archive: zipfile.ZipFile) -> None:
    hashes = dict(_hashes(report, archive))
    manifest = _manifest(report, archive, hashes)
    if manifest is None:
        return
    listed = {str(row["path"]): str(row["sha256"]) for row in manifest["files"]}
    report.number, report.company = str(manifest["number"]), str(manifest["company"])
    report.absent = [str(row["name"]) for row in manifest["absent"]]
    report.altered = [str(row["name"]) for row in manifest["altered"]]
    report.files = len(listed)
    present = set(archive.namelist())
    for name, wanted in listed.items():
        if name not in present:
            report.fault(name, "这个文件不见了", "this file is missing")
        elif name in hashes and hashes[name] != wanted:
            report.fault(name, "这个文件被改动过", "this file has been changed")
    for name in sorted(present - set(listed) - {MANIFEST, SEAL}):
        report.fault(name, "这个文件是后加的", "this file has been added")
    for name, times in Counter(archive.namelist()).items():
        if times > 1:
            report.fault(name, f"这个文件有 {times} 份", f"this file is in it {times} times")
    _journal(report, archive, manifest, hashes)


def _hashes(report: Report, archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for info in archive.infolist():
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            report.fault(info.filename, "这个文件被压缩过：不是打包时的样子", "this file has been compressed: it is not as it was packed")
            continue  # nor is it unpacked: it may be made to fill the disk
        sum_ = hashlib.sha256()
        try:
            with archive.open(info) as member:
                while block := member.read(container.BLOCK):
                    sum_.update(block)
        except UNREADABLE:
            report.fault(info.filename, "这个文件被改动过，读不全", "this file has been changed and cannot be read to its end")
            continue
        yield info.filename, sum_.hexdigest()


def _manifest(report: Report, archive: zipfile.ZipFile, hashes: dict[str, str]) -> dict[str, Any] | None:
    """The list of what belongs in; None when there is none that can be read."""
    for name in (MANIFEST, SEAL):
        if name not in archive.namelist():
            report.fault(name, "这个文件不见了", "this file is missing")
    if MANIFEST not in hashes:
        return None
    if SEAL in hashes and archive.read(SEAL) != seal(hashes[MANIFEST]):
        report.fault(
            MANIFEST, f"清单与它的校验码（{SEAL}）对不上，其中之一被改动过", f"it does not fit {SEAL}: one of the two has been changed"
        )
    try:
        manifest = json.loads(archive.read(MANIFEST))
        layout, _ = manifest["package"], manifest["journal"]["head"]
        list(map(_listed, manifest["files"]))
    except UNREADABLE:
        report.fault(MANIFEST, "清单读不懂", "the list cannot be understood")
        return None
    if layout != LAYOUT:
        report.fault(
            MANIFEST,
            f"这是第 {layout} 种格式的包，这个版本只认第 {LAYOUT} 种",
            f"a package of layout {layout}; this version reads {LAYOUT}",
        )
        return None
    return dict(manifest)


def _listed(row: dict[str, Any]) -> tuple[str, str]:
    return row["path"], row["sha256"]


def seal(manifest_hash: str) -> bytes:
    """The content of the file that seals the list, as `sha256sum -c` reads it."""
    return f"{manifest_hash}  {MANIFEST}\n".encode()


def _journal(report: Report, archive: zipfile.ZipFile, manifest: dict[str, Any], readable: dict[str, str]) -> None:
    if JOURNAL not in readable:
        return
    before, n, remains = "", 0, Remains()
    for line in archive.read(JOURNAL).decode("utf-8", "replace").splitlines():
        n += 1
        entry = _entry(line)
        if entry is None:
            report.fault(f"{JOURNAL} #{n}", f"第 {n} 条读不懂", f"entry {n} cannot be understood")
            return
        n = _follows(report, entry, n, before)
        if entry.get("erased"):
            remains.take(entry, str(entry["hash"]))
        elif digest(entry) != entry["hash"]:
            report.fault(f"{JOURNAL} #{n}", f"第 {n} 条被改动过", f"entry {n} has been changed")
        elif entry["act"] == ERASING and not remains.answered_by(entry["data"]):
            report.fault(f"{JOURNAL} #{n}", *NOT_AS_LEFT)
        _letter(report, entry, manifest)
        before = str(entry["hash"])
    if remains.unanswered:
        report.fault(JOURNAL, *NOT_ANSWERED)
    report.entries, report.head = n, before
    if (n, before) != (manifest["journal"]["n"], manifest["journal"]["head"]):
        report.fault(
            JOURNAL,
            "过程的末尾与清单对不上：有增减或改动",
            "the end of the journal does not fit the list: something was added, cut off or changed",
        )


def _letter(report: Report, entry: dict[str, Any], manifest: dict[str, Any]) -> None:
    """A letter that was sent lies in the package as it was sent, or the list says that it was lost before."""
    if entry["act"] != "send_letter":
        return
    there = {str(row["sha256"]) for row in manifest["files"]}
    there |= {str(row["registered"]) for name in ("absent", "altered") for row in manifest[name]}
    if str(entry["data"].get("sha256")) not in there:
        n, named = entry["n"], entry["data"].get("letter", "")
        report.fault(
            f"{JOURNAL} #{n}", f"第 {n} 条发出的信“{named}”不在包里", f"the letter “{named}” sent in entry {n} is not in the package"
        )


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
        return entry if isinstance(entry["n"], int) and {*COVERED, "hash"} <= set(entry) else None
    except UNREADABLE:
        return None


def _follows(report: Report, entry: dict[str, Any], n: int, before: str) -> int:
    """The entry's own number, after saying whether it follows the one before."""
    if entry["n"] != n:
        report.fault(f"{JOURNAL} #{n}", f"缺第 {n} 条", f"entry {n} is missing")
    elif entry["before"] != before:
        report.fault(f"{JOURNAL} #{n}", f"第 {n} 条与前一条接不上", f"entry {n} does not follow the one before")
    elif entry["case"] != report.number:
        report.fault(f"{JOURNAL} #{n}", f"第 {n} 条属于另一件投诉", f"entry {n} belongs to another case")
    return int(entry["n"])


def _container(report: Report, path: Path, archive: zipfile.ZipFile) -> None:
    """Bytes between and around the members: names, dates, sizes, the directory."""
    where = container.difference(path, archive)
    if where is not None:
        place = where or "ZIP"
        what = "压缩包的目录被改动过" if not where else "压缩包里这个文件的抬头被改动过"
        report.fault(
            place, what, "the directory of the ZIP has been changed" if not where else "the header of this file in the ZIP has been changed"
        )
