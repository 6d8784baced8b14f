"""The legal rows as the command line reads and prints them. What they mean is in `procedure.law`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from kesu.config.installation import PACKS
from kesu.procedure.law import KINDS, Law, Row, read


def shipped() -> Law:
    """The rows that come with the product. Raises PackError when a file is wrong."""
    return read(sorted((PACKS / "law").glob("*.toml")))


def as_json(row: Row) -> str:
    """One row for machines: as it is written, with its limit in words."""
    data: dict[str, Any] = row.model_dump(mode="json")
    return json.dumps(data | {"limit_words": row.limit_words("zh"), "limit_words_en": row.limit_words("en")}, ensure_ascii=False)


def lines(row: Row, zh: bool) -> Iterator[str]:
    """One row for people."""
    kind = KINDS[row.kind][0 if zh else 1]
    place = row.province + "、".join(city for city in row.cities if city != row.province) if zh else row.place_en
    force = _force(row.since, row.through, zh)
    note = (f"说明 {row.note}" if zh else f"note {row.note_en}") if row.note else ""
    yield row.title("zh" if zh else "en") + (f"  [{row.id}  {row.source}]")
    yield f"    {row.duty if zh else row.duty_en}{'：' if zh else ': '}{row.limit_words('zh' if zh else 'en')}"
    yield f"    {row.when if zh else row.when_en}"
    yield "    " + ("  ".join(word for word in (kind, place or ("全国" if zh else "nationwide"), force, _compared(row, zh)) if word))
    if note:
        yield f"    {note}"


def _force(since: date | None, through: date | None, zh: bool) -> str:
    if zh:
        return f"{since or ''}{' 起' if since else ''}{f' 到 {through}' if through else ''}".strip()
    return f"{f'from {since}' if since else ''}{f' to {through}' if through else ''}".strip()


def _compared(row: Row, zh: bool) -> str:
    if not row.compare:
        return ""
    return "和规程自动比" if zh else "compared with every procedure"
