"""The sheet on which reception writes: what was typed, kept as typed, and read into an Intake."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import QueryDict

from kesu.complaints.queries.callers import TAIL
from kesu.customers.models import Customer
from kesu.customers.phones import clean_phone
from kesu.procedure.refused import Refused

TEXTS = (
    "channel", "phone", "name", "home", "reach", "place", "happened", "against", "wants", "wanted_day", "wanted_time", "heard_at",
    "nature", "lead", "same_as", "raw", "arrival", "tell_by", "language",
)  # fmt: skip
FEWEST_LINES, MOST_LINES = 1, 60
ROOM = {"name": 60, "reach": 200, "place": 200, "happened": 120, "against": 200, "home": 120}  # characters that the record has room for
NAMES = {
    "name": ("姓名", "The name"),
    "reach": ("其他联系办法", "The other way to reach them"),
    "place": ("地点", "The place"),
    "happened": ("什么时候的事", "When it happened"),
    "against": ("投诉谁", "Whom it is about"),
    "home": ("住处", "The home"),
}


@dataclass
class Line:
    """One matter the caller named (M-3); `category` is "" until somebody chooses."""

    words: str = ""
    category: str = ""


@dataclass
class Sheet:
    """Everything on the reception page, as typed."""

    text: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    facts: dict[str, bool] = field(default_factory=dict)
    co: list[int] = field(default_factory=list)
    co_chosen: bool = False  # a person has chosen the co-departments; until then they follow from the categories
    confidential: bool = False
    consents: dict[str, bool] = field(default_factory=dict)  # asked aloud and answered; what was not asked is absent
    site_id: int | None = None
    filed_key: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def blank(cls, **text: str) -> Sheet:
        """An empty sheet with a key of its own, so that sending it twice files once."""
        return cls(text={name: text.get(name, "") for name in TEXTS}, lines=[Line()], filed_key=uuid.uuid4().hex)

    @classmethod
    def read(cls, data: QueryDict) -> Sheet:
        """What was sent, nothing judged yet."""
        words, categories = data.getlist("item"), data.getlist("category")
        categories += [""] * (len(words) - len(categories))
        return cls(
            text={name: data.get(name, "").strip() for name in TEXTS},
            lines=[Line(said, category) for said, category in zip(words, categories, strict=False)][:MOST_LINES] or [Line()],
            facts=_answers(data, "fact_"),
            consents=_answers(data, "consent_"),
            co=[int(value) for value in data.getlist("co") if value.isdecimal()],
            co_chosen=data.get("co_by") == "me",
            confidential=bool(data.get("confidential")),
            site_id=_number(data.get("site", "")),
            filed_key=data.get("filed_key", "")[:64] or uuid.uuid4().hex,
        )

    @property
    def said(self) -> list[Line]:
        """The lines that say something."""
        return [line for line in self.lines if line.words.strip()]

    @property
    def wording(self) -> str:
        """All the customer's words, for the reading aid."""
        return "\n".join([*(line.words for line in self.said), self.text["wants"], self.text["happened"]])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed that could be lost."""
        return not self.said and not self.text["phone"] and not self.text["name"]

    def fill(self, customer: Customer | None) -> None:
        """What we know of the caller where nothing was typed, and the whole number where its end was; never over what was typed."""
        if customer is None:
            return
        if len(clean_phone(self.text["phone"])) == TAIL and customer.phone:
            self.text["phone"] = customer.phone  # the last four digits were typed to find them
        self.text["name"] = self.text["name"] or customer.name
        self.text["home"] = self.text["home"] or (customer.home.label if customer.home else "")
        self.text["reach"] = self.text["reach"] or customer.good_time

    def split(self, n: int, parts: list[str]) -> None:
        """Line n (from 0) becomes several; the whole text is kept as the customer's own words."""
        whole = self.lines[n]
        self.text["raw"] = "\n\n".join(part for part in (self.text["raw"], whole.words) if part)
        self.lines[n : n + 1] = [Line(part) for part in parts]

    def heard_at(self, zone: str) -> datetime | None:
        """When it was heard; None means now. Refused when it cannot be read."""
        typed = self.text["heard_at"]
        return _moment(typed, zone, "heard_at") if typed else None

    def wanted_by(self, zone: str) -> datetime | None:
        """The date the customer asks for; a date without a time means its end, 24:00."""
        day, clock = self.text["wanted_day"], self.text["wanted_time"]
        if not day:
            if clock:
                raise Refused("no_day", "写了几点，还没写哪一天", "a time without a day", field="wanted_by")
            return None
        if clock:
            return _moment(f"{day}T{clock}", zone, "wanted_by")
        return _moment(f"{day}T00:00", zone, "wanted_by") + timedelta(days=1)

    def check_lengths(self) -> None:
        """Refused for the first field whose text is longer than the record can hold: nothing is cut off silently."""
        for name, most in ROOM.items():
            if len(self.text[name]) > most:
                zh, en = NAMES[name]
                over = len(self.text[name]) - most
                said = f"{zh}最多 {most} 字，多了 {over} 字", f"{en} has room for {most} characters; {over} too many"
                raise Refused("too_long", *said, field=name)

    def blame(self, refused: Refused, language: str) -> None:
        """Put a refusal beside its field, or above the form when it has none."""
        field = {"items": "item"}.get(refused.field or "form", refused.field or "form")  # a template reads `errors.items` as the method
        self.errors[field] = refused.reason(language)

    @property
    def wrongs(self) -> list[tuple[str, str]]:
        """(field, reason) of everything that was refused."""
        return list(self.errors.items())


def _answers(data: Mapping[str, str], prefix: str) -> dict[str, bool]:
    said = {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}
    return {fact: value == "yes" for fact, value in said.items() if value in ("yes", "no")}


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _moment(text: str, zone: str, field: str) -> datetime:
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        said = "看不懂这个时间，请写成 2026-11-20 14:30", "cannot read that time; write 2026-11-20 14:30"
        raise Refused("unreadable", *said, field=field) from None
    return typed.replace(tzinfo=ZoneInfo(zone)) if typed.tzinfo is None else typed


def local_stamp(at: datetime, zone: str) -> str:
    """A moment as the browser's date-and-time field takes it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
