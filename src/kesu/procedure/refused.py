"""The one way an act says no: a code for machines, a reason for people, in both languages."""

from __future__ import annotations


class Refused(Exception):
    """An act that the procedure or the person's rights do not allow; nothing has been changed.

    `code` is stable and goes to the API; `zh`/`en` tell the person what, why and what now;
    `field` names the form field the reason belongs beside, if there is one.
    """

    def __init__(self, code: str, zh: str, en: str, *, field: str | None = None, **data: object) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.zh, self.en, self.field, self.data = code, zh, en, field, data

    def reason(self, language: str = "zh-hans") -> str:
        """The reason in the reader's language."""
        return self.zh if language.startswith("zh") else self.en
