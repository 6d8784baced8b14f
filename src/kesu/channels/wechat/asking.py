"""The conversation as a plain machine: what a message adds to what has been gathered, and what is asked next. No database.

Nothing said is ever refused: what is no answer to the question belongs to the matter. No question is asked twice.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from kesu.channels.wechat.message import Message
from kesu.procedure.conversation import Conversation
from kesu.procedure.pack import Fact, Pack
from kesu.procedure.suggest import suggest

WHAT, DANGER, WHERE, PICTURE = "what", "danger", "where", "picture"
SHORT = 30  # letters: a longer answer to "where" says more than the place, and is kept as part of the matter, too
PLACE_ROOM = 200
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_NUMBERS = re.compile(r"\d+")
_ONLY_NUMBERS = re.compile(r"[\d\s,，、.。和]+")


@dataclass
class Gathered:
    """What is known so far. `over`: nothing more is asked."""

    words: str = ""
    place: str = ""
    phone: str = ""
    facts: list[str] = field(default_factory=list)
    pictures: int = 0
    asked: str = ""
    done: list[str] = field(default_factory=list)
    person: bool = False
    over: bool = False

    @property
    def something(self) -> bool:
        """Whether there is a matter to file."""
        return bool(self.words or self.pictures or self.place)


def doors(pack: Pack) -> list[Fact]:
    """The pack's questions about danger that customers are asked."""
    return [fact for fact in pack.facts if fact.door]


def hear(found: Gathered, message: Message, pack: Pack, rule: Conversation) -> None:
    """Add what a message says."""
    if message.place:
        found.place, found.asked = message.place[:PLACE_ROOM], "" if found.asked == WHERE else found.asked
    if message.media_id and message.kind != "voice":
        found.pictures += 1
    if message.media_id and message.kind == "voice" and not message.words:
        _add(found, "[语音留言]")
    if message.words:
        _hear_words(found, message.words, pack, rule)


def take(found: Gathered, message: Message) -> None:
    """Add what a message says where nothing is asked: the procedure has no conversation."""
    found.place = message.place[:PLACE_ROOM] or found.place
    found.pictures += bool(message.media_id)
    _add(found, message.words)


def _hear_words(found: Gathered, text: str, pack: Pack, rule: Conversation) -> None:
    if phone := _MOBILE.search(text.replace(" ", "").replace("-", "")):
        found.phone = phone.group()
    if rule.says("person", text):
        found.person = found.over = True
    elif found.asked == DANGER and _answers_danger(found, text, pack, rule):
        found.asked = ""
    elif (found.asked == PICTURE and rule.says("none", text)) or (rule.says("enough", text) and found.something):
        found.over = True
    elif rule.says("hello", text) or rule.says("again", text):
        return
    elif found.asked == WHERE and not found.place:
        found.place, found.asked = text[:PLACE_ROOM], ""
        if len(text) > SHORT:
            _add(found, text)
    elif found.something and (rule.says("thanks", text) or rule.says("none", text)):
        return
    else:
        _add(found, text)


def _add(found: Gathered, text: str) -> None:
    found.words = f"{found.words}\n{text}".strip()


def _answers_danger(found: Gathered, text: str, pack: Pack, rule: Conversation) -> bool:
    """Numbers, "none of these", or words that sound like one of them again; else it is no answer."""
    asked = doors(pack)
    plain = unicodedata.normalize("NFKC", text)
    if rule.says("none", text):
        return True
    if _ONLY_NUMBERS.fullmatch(plain):
        chosen = [int(number) for number in _NUMBERS.findall(plain)]
        if not chosen or not all(1 <= number <= len(asked) + 1 for number in chosen):
            return False  # a flat, a telephone number
        found.facts = [fact.id for n, fact in enumerate(asked, 1) if n in chosen]
        found.over = found.over or bool(found.facts)
        return True
    heard = sounding(text, pack)
    if heard:
        found.facts, found.over = heard, True
        _add(found, text)
    return bool(heard)


def sounding(text: str, pack: Pack) -> list[str]:
    """The questions about danger that the words sound like."""
    said = dict(suggest(pack, text).facts)
    return [fact.id for fact in doors(pack) if fact.id in said]


def unanswered_danger(found: Gathered, pack: Pack) -> list[str]:
    """What sounded like danger while the question for it was never answered: unclear counts as yes."""
    return sounding(found.words, pack) if found.asked == DANGER and not found.facts else []


def next_question(found: Gathered, pack: Pack, rule: Conversation, *, knows_place: bool = False) -> str:
    """What to ask now; "" when it is to be filed."""
    if found.over and found.something:
        return ""
    if found.person and not found.something:
        return ""
    if not found.words and WHAT not in found.done:
        return WHAT
    if not found.something:
        return ""
    needless = {
        DANGER: not doors(pack) or bool(found.facts),
        WHERE: bool(found.place) or knows_place,
        PICTURE: found.pictures > 0,
    }
    return next((name for name in rule.ask if name not in found.done and not needless[name]), "")
