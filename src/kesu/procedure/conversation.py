"""[conversation]: how a complaint is gathered in a chat: few questions, a person on request at any time, nothing lost (H-1, M-1)."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from kesu.procedure.packrows import Part, Text

Question = Literal["danger", "where", "picture"]


Words = Literal["person", "enough", "none", "hello", "thanks", "again"]


class Conversation(Part):
    """The table. Words are compared whole, whatever the width, spaces and signs around them."""

    ask: list[Question] = []  # after what it is about, in this order; each at most once
    silence: Text  # a limit: after so long without a word it is filed as it stands
    danger_silence: Text  # … when the words sound like danger and the question for it has no answer
    person: list[Text]  # asks for a person
    enough: list[Text] = []  # that is all: file it
    none: list[Text] = []  # no; none of these
    hello: list[Text] = []  # says nothing yet
    thanks: list[Text] = []  # needs no answer and opens nothing
    again: list[Text] = []  # another matter, though one is open

    def says(self, list_name: Words, text: str) -> bool:
        """Whether this is all that the text says."""
        said = bare(text)
        return bool(said) and said in {bare(word) for word in getattr(self, list_name)}


def bare(text: str) -> str:
    """Without width, case, spaces, signs and pictures: ０。 → 0, 谢谢！🙏 → 谢谢."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()
