"""What a pack says in words: paper forms, sayings at hand, questions to the customer, and how words are read."""

from __future__ import annotations

from pydantic import Field

from kesu.procedure.packrows import Id, Named, Part, Text


class FormField(Part):
    """A field of a paper form: where its value comes from and whether reception may file without it."""

    id: Id
    name: Text
    name_en: Text
    needed: bool = False
    lines: int = Field(default=0, ge=0, le=20)  # a row of its own with so many lines for the pen; 0: half a row, or as is usual for it


class Form(Named):
    """A paper of the trade and its fields (P-1, P-6)."""

    source: str = ""
    fields: list[FormField]


class ScriptStep(Part):
    """One step of the reception script: what to do, what to say (our own wording)."""

    title: Text
    title_en: Text
    say: Text
    say_en: Text
    never: str = ""  # what not to promise
    never_en: str = ""


class Scripts(Part):
    """[scripts]: sayings at hand."""

    reception: list[ScriptStep] = []
    unfounded: list[Text] = []  # tactful answers when a complaint does not stand (S-21)
    unfounded_en: list[Text] = []
    receipt: Text = "{number} {link}"  # text to the customer after filing; {number} {link} {promise}
    receipt_en: Text = "{number} {link}"


class Ratings(Part):
    """One question the customer answers with three choices, best first."""

    id: Id
    question: Text
    question_en: Text
    choices: list[Text] = Field(min_length=3, max_length=3)
    choices_en: list[Text] = Field(min_length=3, max_length=3)


class Reading(Part):
    """[reading]: what takes a word's suggestion back, whatever the word (see procedure.suggest)."""

    denials: list[str] = []  # right before the word: 没, 没有 …
    elsewhere: list[str] = []  # in the same clause: long past, hearsay, conditionals
    same: dict[str, str] = {}  # other spellings → the one used in the word lists (traditional characters)
