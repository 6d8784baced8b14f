"""Two versions of a procedure side by side: what was added, taken out, changed, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from kesu.procedure.duties import Obligation
from kesu.procedure.pack import Pack
from kesu.procedure.packwords import Reader

# Tables in the order in which a reader wants to know of them; what has no id is compared by its place.
TABLES = (
    "obligations", "roles", "grades", "natures", "categories", "channels", "approvals", "closing", "pauses", "procedures", "events",
    "stages", "fast_paths", "facts", "tell", "causes", "remedies", "departments", "routines", "forms", "ratings",
    "grounds", "payment_methods", "prepaid", "reports",
)  # fmt: skip
SINGLE = (
    *("pack", "hours", "dispatching", "follow_up", "telling", "scripts", "reading", "customer_date", "improvement", "warning"),
    "conversation",
    "performance",
)
Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """One thing that differs. `key` is the field that changed, empty when the whole row came or went; values are as people read them."""

    kind: Kind
    table: str
    id: str
    name: tuple[str, str]  # zh, en
    key: str = ""
    before: str = ""
    after: str = ""

    def words(self, language: str = "zh") -> str:
        """The change as one line."""
        zh = language.startswith("zh")
        what = f"{self.table}「{self.name[0]}」" if zh else f"{self.table} “{self.name[1]}”"
        if self.kind != "changed":
            done = {"added": ("新增", "added"), "removed": ("删去", "removed")}[self.kind]
            return f"{done[0]} {what}" if zh else f"{what} {done[1]}"
        before, after = self.before or ("（空）" if zh else "(nothing)"), self.after or ("（空）" if zh else "(nothing)")
        return f"{what} {self.key}：{before} → {after}" if zh else f"{what} {self.key}: {before} → {after}"


def changes(old: Pack, new: Pack, language: str = "zh") -> list[Change]:
    """Everything that differs, obligations first. Nothing for packs that say the same, whatever their comments and order of keys."""
    found = [change for table in SINGLE for change in _fields(table, table, getattr(old, table), getattr(new, table), old, new, language)]
    return [*(change for table in TABLES for change in _rows(table, old, new, language)), *found]


def _rows(table: str, old: Pack, new: Pack, language: str) -> Iterator[Change]:
    was, now = _by_id(_listed(old, table)), _by_id(_listed(new, table))
    for id in {**was, **now}:
        before, after = was.get(id), now.get(id)
        if before is None or after is None:
            yield Change("added" if before is None else "removed", table, id, _name(after or before, id))
        else:
            yield from _fields(table, id, before, after, old, new, language)


def _listed(pack: Pack, table: str) -> list[Any]:
    """The rows of a table; one that may be left out and stands alone counts as one row."""
    found = getattr(pack, table)
    return found if isinstance(found, list) else [found] if found is not None else []


def _by_id(rows: list[Any]) -> dict[str, Any]:
    return {str(getattr(row, "id", "") or n): row for n, row in enumerate(rows, 1)}


def _name(row: Any, id: str) -> tuple[str, str]:
    if getattr(row, "question", ""):
        return row.question, row.question_en
    return getattr(row, "name", "") or id, getattr(row, "name_en", "") or id


def _fields(
    table: str, id: str, before: BaseModel | None, after: BaseModel | None, old: Pack, new: Pack, language: str
) -> Iterator[Change]:
    if before is None or after is None:
        if before is not after:
            yield Change("added" if before is None else "removed", table, id, _name(after or before, id))
        return
    for key in type(before).model_fields:
        was, now = getattr(before, key), getattr(after, key)
        if was != now:
            shown = [_shown(key, value, row, pack, language) for value, row, pack in ((was, before, old), (now, after, new))]
            yield Change("changed", table, id, _name(after, id), key, *shown)


def _shown(key: str, value: Any, row: BaseModel, pack: Pack, language: str) -> str:
    """A value as people read it: limits, roles and acts of obligations by name, the rest as it is written."""
    reader = Reader(pack, language)
    if isinstance(row, Obligation):
        duty = reader.duty(row)
        ladder = reader.joined([f"{at} {who}" for at, who in duty.ladder])
        words = {"limit": duty.limit, "role": duty.role, "begins": duty.begins, "until": duty.until, "warn": duty.warnings}
        words |= {"pauses": duty.pauses, "extension": duty.extension, "ladder": ladder}
        if key in words:
            return words[key]
    if key == "may":
        return reader.joined([reader.act(act) for act in value])
    return _plain(value, language)


def _plain(value: Any, language: str) -> str:
    joint = "、" if language.startswith("zh") else ", "
    if isinstance(value, BaseModel):
        return joint.join(f"{key} {_plain(part, language)}" for key, part in value.model_dump(exclude_defaults=True).items())
    if isinstance(value, dict):
        return joint.join(f"{key} {_plain(part, language)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return joint.join(_plain(part, language) for part in value)
    if isinstance(value, bool):
        return {True: ("是", "yes"), False: ("否", "no")}[value][0 if language.startswith("zh") else 1]
    return "" if value is None else str(value)
