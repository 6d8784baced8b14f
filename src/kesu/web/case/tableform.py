"""One row of the table of act forms, and reading what was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from kesu.company.models import Person
from kesu.procedure.refused import Refused
from kesu.web.case.desk import Desk
from kesu.web.case.fields import Group

Values = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class ActForm:
    """An act's form: which fields it has for a case, what it does with them, and a line said above it."""

    act: str
    groups: Callable[[Desk], list[Group]]
    do: Callable[[Person, int, Values, datetime], Any]
    hint: Any = ""


def number(typed: str) -> int:
    """An id that was chosen; 0 (which no row has) when nothing was."""
    return int(typed) if typed and typed.isdecimal() else 0


def need(value: T | None, field: str, zh: str, en: str) -> T:
    """The value; Refused beside the field when there is none."""
    if not value:
        raise Refused("missing", zh, en, field=field)
    return value
