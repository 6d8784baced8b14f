"""The board of records put together: a column for each stage, what falls due first on top, filters that stand in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from kesu.company.models import Person
from kesu.improvement.calls import owing
from kesu.improvement.models import Capa, CapaClock
from kesu.improvement.queries import listing
from kesu.improvement.queries.listing import Filters
from kesu.improvement.words import duty_names
from kesu.procedure.improving import STAGES, stage_name
from kesu.web.work.page import reader_of
from kesu.web.work.rows import Reader, TimeLeft, bar

SHOWN = 8  # records of a column; the rest is folded


@dataclass(frozen=True)
class Card:
    """A record on the board."""

    capa: Capa
    url: str
    view: TimeLeft | None
    owes: str  # who owes what
    about: str
    ended: int
    of: int
    again: int  # the same complaint after it was judged effective
    due: datetime | None  # when what is owed, or the watch, ends

    @property
    def rank(self) -> tuple[bool, float]:
        """What falls due first comes first, so late ones lead; closed ones by their closing."""
        if self.capa.closed_at:
            return True, -self.capa.closed_at.timestamp()
        return self.due is None, self.due.timestamp() if self.due else 0.0

    @property
    def late(self) -> bool:
        """Whether something owed on it is late."""
        return self.view is not None and self.view.tone == "late"


@dataclass(frozen=True)
class Column:
    """A stage with its records."""

    stage: str
    name: str
    cards: list[Card]

    @property
    def shown(self) -> list[Card]:
        """The first ones."""
        return self.cards[:SHOWN]

    @property
    def folded(self) -> list[Card]:
        """The rest."""
        return self.cards[SHOWN:]


@dataclass(frozen=True)
class Choice:
    """One value of a filter."""

    value: str
    name: str
    chosen: bool


def read(query: QueryDict) -> Filters:
    """What the address narrows the board to; unknown words narrow nothing."""
    return Filters(_number(query.get("site", "")), query.get("cause", "")[:60], _number(query.get("owner", "")))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def context(person: Person, at: datetime, language: str, filters: Filters) -> dict[str, Any]:
    """Everything the board shows."""
    reader = reader_of(person, at, language)
    cards = sorted((_card(capa, reader) for capa in listing.on_board(person, at, filters)), key=lambda card: card.rank)
    columns = [Column(stage, stage_name(stage, language), [card for card in cards if card.capa.stage == stage]) for stage in STAGES]
    open_ones = [card for card in cards if card.capa.is_open]
    return {
        "columns": columns[:-1],
        "closed": columns[-1].cards,
        "n": len(open_ones),
        "late": sum(card.late for card in open_ones),
        "again": sum(bool(card.again) for card in cards),
        "filters": filters,
        "selects": _selects(person, at, reader, filters),
        "may_open": reader.rights.ever("put_right") and reader.rights.pack.improvement is not None,
    }


def _card(capa: Capa, reader: Reader) -> Card:
    running: list[CapaClock] = capa.running  # type: ignore[attr-defined]  # prefetched
    owed = [clock for clock in running if clock.opens_at <= reader.at]
    clock = next(iter(owed), None)
    kept = [row for row in capa.kept if row.round == capa.round]  # type: ignore[attr-defined]
    view = bar(clock.opens_at, clock.due_at, reader) if clock else None
    if view is None and capa.stage == "watch" and capa.carried_at and capa.watch_until:
        view = bar(capa.carried_at, capa.watch_until, reader)
    sites = [site.name for site in capa.sites.all()]
    counted = _("%(n)s 件投诉") % {"n": capa.complaints}  # type: ignore[attr-defined]
    return Card(
        capa=capa,
        url=reverse("capa", args=[capa.number]),
        view=view,
        owes=_owes(capa, clock, reader),
        about="　".join([*sites, counted]),
        ended=sum(row.ended_at is not None for row in kept),
        of=len(kept),
        again=len(capa.again),  # type: ignore[attr-defined]
        due=clock.due_at if clock else capa.watch_until,
    )


def _owes(capa: Capa, clock: CapaClock | None, reader: Reader) -> str:
    if clock is None:
        return _("看同样的投诉还来不来") if capa.stage == "watch" else ""
    what = duty_names(clock)[0 if reader.zh else 1]
    if clock.department_id and clock.department:
        who = clock.department.name
    else:
        clock.capa = capa
        people = owing(reader.standing, clock, [site.pk for site in capa.sites.all()])
        who = people[0].name if len(people) == 1 else reader.rights.pack.label("roles", clock.role, reader.language)
    return f"{who}　{what}" if reader.zh else f"{who}: {what}"


def _selects(person: Person, at: datetime, reader: Reader, filters: Filters) -> list[tuple[str, str, list[Choice]]]:
    """(name of the field, its label, its choices): sites, causes and owners that there are."""
    causes, owners = listing.choices(person, at)
    pack = reader.rights.pack
    rows = {
        "site": (_("管理处"), [(str(site.pk), site.name) for site in reader.rights.sites()], str(filters.site or "")),
        "cause": (_("原因"), [(cause, pack.label("causes", cause, reader.language)) for cause in sorted(causes)], filters.cause),
        "owner": (_("负责人"), [(str(pk), name) for pk, name in sorted(owners.items(), key=lambda row: row[1])], str(filters.owner or "")),
    }
    return [
        (name, label, [Choice(value, shown, value == chosen) for value, shown in values])
        for name, (label, values, chosen) in rows.items()
        if len(values) > 1 or chosen
    ]
