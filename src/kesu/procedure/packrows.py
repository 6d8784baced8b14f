"""What every row of a pack is made of: ids, texts in both languages, the rule it comes from."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Strict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
FactId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Span = Annotated[tuple[int, int], Strict(False)]  # [10, 30]: from, to
Window = Annotated[tuple[str, str], Strict(False)]  # ["09:00", "12:00"]; a list of two, as TOML has no tuples


class Part(BaseModel):
    """Base of every table of a pack: unknown keys are refused, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)  # strict: "3" is not a number, "yes" is not true

    source: str = ""  # the rule it comes from ("P-14"); empty when the source says nothing


class Named(Part):
    """Something with an id and a name in both languages."""

    id: Id
    name: Text
    name_en: Text

    def label(self, language: str = "zh-hans") -> str:
        """The name in the reader's language."""
        return self.name if language.startswith("zh") else self.name_en
