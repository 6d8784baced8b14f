"""Changing one value in a procedure's text so that everything else stays as it was written: comments, order, spacing. Pure.

What is typed goes into the text as it stands and lint judges it there: a draft may be wrong for a while. Refused is only what cannot be
written down at all (a number that is none, a name nobody has), and what would change more than the value that is meant.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from kesu.procedure.packtables import tables_of, together
from kesu.procedure.packtext import parsed
from kesu.procedure.refused import Refused

Raw = Mapping[str, Any]
"""A procedure as the TOML reader gives it, right or not yet."""

# table → key → how it is typed
KINDS: dict[str, dict[str, str]] = {
    "obligations": {
        "limit": "text", "time": "text", "role": "role", "warn": "moments", "ladder": "ladder", "pauses": "pauses",
        "extension": "extension",
    },
    "channels": {"acknowledge": "text?"},
    "approvals": {"above": "yuan", "up_to": "yuan", "by": "role"},
    "follow_up": {"attempts": "count", "apart": "text"},
    "dispatching": {"max_bounces": "count"},
    "pack": {"version": "text"},
}  # fmt: skip
NUMBERED = ("approvals",)  # rows without an id go by their place, from 1
SAID = ("approver", "longest", "times")  # of an extension
LONGEST = 2000  # characters of one value


@dataclass(frozen=True)
class Edit:
    """One value that is to be another. `id` is the row's id, its place (approvals), or "" for a table that stands alone."""

    table: str
    id: str
    key: str
    typed: str


def rows(data: Raw, table: str) -> list[tuple[str, Raw]]:
    """(id, row) of a table of the raw data; what is no table of rows has none."""
    found = data.get(table)
    if isinstance(found, dict):
        return [("", found)]
    known = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return [(str(n) if table in NUMBERED else str(row.get("id", "")), row) for n, row in enumerate(known, 1)]


def typed(data: Raw, edit_table: str, row: Raw, key: str, language: str = "zh") -> str:
    """The present value as people type it; `put` of the same words changes nothing."""
    value = row.get(key)
    if value is None:
        return ""
    return _SHOWN.get(KINDS[edit_table][key], lambda data, value, language: str(value))(data, value, language)


def put(text: str, edit: Edit) -> str:
    """The text with this one value changed. Raises Refused beside `edit.key`, ValueError for a text that is no TOML at all."""
    data, faults = parsed(text, "")
    if faults:
        raise ValueError(faults[0].en)
    place = _place(data, edit)
    value = _value(data, edit)
    row = data[edit.table] if place is None else data[edit.table][place]
    if isinstance(value, dict) and isinstance(row.get(edit.key), dict):
        value = {key: kept for key, kept in row[edit.key].items() if key not in SAID} | value  # what the line does not say stays
    if row.get(edit.key) == value or (value is None and not row.get(edit.key)):
        return text
    wanted = {key: kept for key, kept in row.items() if key != edit.key} | ({} if value is None else {edit.key: value})
    changed = _written(text, edit, place, value)
    if _read(changed) != {**data, edit.table: wanted if place is None else _replaced(data[edit.table], place, wanted)}:
        raise _only_by_hand(edit)
    return changed


def _read(text: str) -> Raw:
    found = together(tables_of(text))
    return tomllib.loads(text) if found is None else found


def _replaced(rows: list[Any], place: int, row: Raw) -> list[Any]:
    return [*rows[:place], row, *rows[place + 1 :]]


def _place(data: Raw, edit: Edit) -> int | None:
    if edit.key not in KINDS.get(edit.table, {}):
        raise Refused("key", f"{edit.table} 的 {edit.key} 不能在这里改", f"{edit.key} of {edit.table} cannot be changed here")
    for n, (id, _row) in enumerate(rows(data, edit.table)):
        if id == edit.id:
            return n if isinstance(data[edit.table], list) else None
    raise Refused("row", f"{edit.table} 里没有“{edit.id}”了", f"{edit.table} has no {edit.id!r} any more")


def _written(text: str, edit: Edit, place: int | None, value: Any) -> str:
    """The text with the value in it. Only the row is taken apart where the text can be cut: a whole text takes its time."""
    tables = tables_of(text)
    own = [table for table in tables if table.name == edit.table]
    if not own or together(tables) is None:
        return _rewritten(text, edit, place, value)
    piece = own[place or 0]
    written = _rewritten(piece.text, edit, None if place is None else 0, value)
    return text[: piece.start] + written + text[piece.start + len(piece.text) :]


def _rewritten(text: str, edit: Edit, place: int | None, value: Any) -> str:
    try:
        document = tomlkit.parse(text)
        table: Any = document[edit.table] if place is None else document[edit.table][place]
        if value is None:
            table.remove(edit.key)
        elif edit.key in table or not isinstance(table, Table):
            table[edit.key] = _item(value)
        else:
            _insert(table, edit.key, _item(value))
        return tomlkit.dumps(document)
    except (TOMLKitError, IndexError) as wrong:
        raise _only_by_hand(edit) from wrong


def _only_by_hand(edit: Edit) -> Refused:
    return Refused(
        "by_hand",
        "这一处的写法特别，这里改不了，请改整份文字",
        "this is written in a way that cannot be changed here; change the whole text",
        field=edit.key,
    )


def _insert(table: Table, key: str, item: Any) -> None:
    """After the row's last key: at the end of the table it would stand below the comment that belongs to the next row."""
    last = [known for known, _item in table.value.body if known is not None]
    table.value._insert_after(last[-1], key, item)  # the library has no public word for it


def _item(value: Any) -> Any:
    if not isinstance(value, list):
        return _inline(value) if isinstance(value, dict) else tomlkit.item(value)
    array = tomlkit.array()
    for part in value:
        array.append(_inline(part) if isinstance(part, dict) else part)
    if len(value) > 1 and isinstance(value[0], dict):
        array.multiline(True)
    return array


def _inline(value: Raw) -> Any:
    table = tomlkit.inline_table()
    table.update(value)
    return table


# What is typed → what is written


def _value(data: Raw, edit: Edit) -> Any:
    words = edit.typed.strip()
    if len(words) > LONGEST:
        raise Refused("too_long", f"太长，最多 {LONGEST} 个字", f"too long: at most {LONGEST} characters", field=edit.key)
    return _READ[KINDS[edit.table][edit.key]](data, words, edit.key)


def _text(_data: Raw, words: str, _key: str) -> str:
    return " ".join(words.split())


def _text_or_none(data: Raw, words: str, key: str) -> str | None:
    return _text(data, words, key) or None


def _count(_data: Raw, words: str, key: str) -> int:
    if not (words.isascii() and words.isdecimal() and len(words) < 6):
        raise Refused("number", "写一个整数", "write a whole number", field=key)
    return int(words)


def _yuan(_data: Raw, words: str, key: str) -> int | None:
    """Yuan as typed, fen as written; empty: no bound."""
    if not words:
        return None
    try:
        fen = Decimal(words.replace(",", "").replace("，", "")) * 100
        amount = int(fen) if abs(fen) < 10**13 else -1
    except (DecimalException, OverflowError, ValueError) as wrong:
        raise _no_amount(key) from wrong
    if amount != fen or amount < 0:
        raise _no_amount(key)
    return amount


def _no_amount(key: str) -> Refused:
    return Refused("amount", "写金额，如 2000 或 99.50", "write an amount, such as 2000 or 99.50", field=key)


def _role(data: Raw, words: str, key: str) -> str:
    return _known(data, "roles", words, key)


def _moments(_data: Raw, words: str, _key: str) -> list[str] | None:
    return _listed(words) or None


def _pauses(data: Raw, words: str, key: str) -> list[str] | None:
    return [_known(data, "pauses", word, key) for word in _listed(words)] or None


def _ladder(data: Raw, words: str, key: str) -> list[dict[str, Any]] | None:
    """A line a rung: 4h after：管理处主任、总经理."""
    found = []
    for line in filter(None, map(str.strip, words.splitlines())):
        when, colon, who = line.replace("：", ":").partition(":")
        tell = [_known(data, "roles", word, key) for word in _listed(who)]
        if not colon or not tell:
            raise Refused("ladder", f"“{line}”要写成 4h after：岗位", f"write “{line}” as 4h after: role", field=key)
        found.append({"at": " ".join(when.split()), "tell": tell})
    return found or None


def _extension(data: Raw, words: str, key: str) -> dict[str, Any] | None:
    """管理处主任：3d × 2, or without how many times; empty: none."""
    if not words:
        return None
    who, colon, rest = words.replace("：", ":").partition(":")
    longest, cross, times = rest.replace("×", "x").partition("x")
    if not colon or not longest.strip():
        raise Refused("extension", "写成 岗位：3d，可以加 × 2（次）", "write role: 3d, with × 2 for twice", field=key)
    found: dict[str, Any] = {"approver": _known(data, "roles", who, key), "longest": " ".join(longest.split())}
    if cross and _count(data, times.strip(), key) != 1:
        found["times"] = _count(data, times.strip(), key)
    return found


def _listed(words: str) -> list[str]:
    for sign in "、，；;\n":
        words = words.replace(sign, ",")
    return [" ".join(word.split()) for word in words.split(",") if word.strip()]


def _known(data: Raw, table: str, word: str, key: str) -> str:
    """The id of the row that is called so, by id or by its name in either language. Raises Refused when there is none."""
    word = " ".join(word.split())
    for id, row in rows(data, table):
        if word and word.lower() in {str(row.get(name, "")).lower() for name in ("id", "name", "name_en")}:
            return id
    known = "、".join(str(row.get("name") or id) for id, row in rows(data, table))
    known_en = ", ".join(str(row.get("name_en") or id) for id, row in rows(data, table))
    raise Refused("unknown", f"没有“{word}”，可以写：{known}", f"there is no {word!r}; you may write {known_en}", field=key)


_READ: dict[str, Callable[[Raw, str, str], Any]] = {
    "text": _text, "text?": _text_or_none, "count": _count, "yuan": _yuan, "role": _role, "moments": _moments, "ladder": _ladder,
    "pauses": _pauses, "extension": _extension,
}  # fmt: skip


# What is written → how it is typed


def _name(data: Raw, table: str, id: object, language: str) -> str:
    row = dict(rows(data, table)).get(str(id), {})
    return str(row.get("name" if language.startswith("zh") else "name_en") or id)


def _joined(words: Sequence[str], language: str) -> str:
    return ("、" if language.startswith("zh") else ", ").join(words)


def _shown_ladder(data: Raw, value: Any, language: str) -> str:
    rungs = [rung for rung in value if isinstance(rung, dict)] if isinstance(value, list) else []
    sign = "：" if language.startswith("zh") else ": "
    return "\n".join(
        f"{rung.get('at', '')}{sign}{_joined([_name(data, 'roles', id, language) for id in rung.get('tell') or []], language)}"
        for rung in rungs
    )


def _shown_extension(data: Raw, value: Any, language: str) -> str:
    if not isinstance(value, dict):
        return ""
    sign = "：" if language.startswith("zh") else ": "
    times = f" × {value['times']}" if value.get("times", 1) != 1 else ""
    return f"{_name(data, 'roles', value.get('approver', ''), language)}{sign}{value.get('longest', '')}{times}"


def _shown_yuan(_data: Raw, value: Any, _language: str) -> str:
    return f"{Decimal(value) / 100:f}" if isinstance(value, int) else ""


_SHOWN: dict[str, Callable[[Raw, Any, str], str]] = {
    "moments": lambda _data, value, language: _joined([str(part) for part in value], language) if isinstance(value, list) else "",
    "pauses": lambda _data, value, _language: "、".join(map(str, value)) if isinstance(value, list) else "",
    "ladder": _shown_ladder,
    "extension": _shown_extension,
    "yuan": _shown_yuan,
}  # fmt: skip
