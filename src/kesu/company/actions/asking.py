"""The questions that every act of setting up asks first."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.procedure.refused import Refused


def allowed(person: Person, at: datetime) -> Rights:
    """The person's rights when a role of theirs opens the set-up page. Raises Refused otherwise."""
    rights = rights_of(person, at)
    if not rights.page("setup"):
        raise Refused("not_allowed", "您的岗位不能改设置", "your role may not change the set-up")
    return rights


def needed(words: str, field: str, zh: str, en: str, longest: int = 120) -> str:
    """The words without spaces at both ends. Raises Refused beside the field when there are none or too many."""
    words = " ".join(words.split())
    if not words:
        raise Refused("missing", zh, en, field=field)
    if len(words) > longest:
        raise Refused("too_long", f"太长，最多 {longest} 个字", f"too long: at most {longest} characters", field=field)
    return words
