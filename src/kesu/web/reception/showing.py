"""The procedure's rows as the reception page shows them, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from kesu.procedure.pack import Fact, Pack
from kesu.procedure.privacyacts import MATTERS
from kesu.web.reception.advice import Advice, Desk
from kesu.web.reception.forms import Sheet


@dataclass(frozen=True)
class Ask:
    """A yes/no question: what was answered ("yes", "no", ""), which words suggest it, whether the answer could raise the grade."""

    id: str
    question: str
    hint: str
    answer: str
    heard: str
    open: bool


@dataclass(frozen=True)
class ScriptStep:
    """One step of the reception script, ready to be said."""

    title: str
    say: SafeString
    never: str


@dataclass
class Choices:
    """A group of categories under their root."""

    label: str
    rows: list[tuple[str, str]] = field(default_factory=list)


def asks(pack: Pack, answers: dict[str, bool], advice: Advice, language: str) -> dict[str, list[Ask]]:
    """The pack's questions in two groups: what cannot wait, and what decides how grave it is."""
    zh = language.startswith("zh")
    rows = [(fact, _ask(fact, answers, advice, zh)) for fact in pack.facts]
    return {"urgent": [row for fact, row in rows if fact.urgency], "grave": [row for fact, row in rows if not fact.urgency]}


def _ask(fact: Fact, answers: dict[str, bool], advice: Advice, zh: bool) -> Ask:
    answer = ("yes" if answers[fact.id] else "no") if fact.id in answers else ""
    heard = advice.heard.get(fact.id, [])
    return Ask(
        fact.id,
        fact.question if zh else fact.question_en,
        fact.hint if zh else fact.hint_en,
        answer,
        "、".join(f"“{word}”" for word in heard[:3]),
        not answer and fact.id in advice.graded.unknown,
    )


def category_choices(pack: Pack, language: str) -> list[Choices]:
    """The category tree as groups: each root with itself first, then everything below it."""
    groups: dict[str, Choices] = {}
    for row in pack.categories:
        root = row
        while root.parent and (above := pack.find("categories", root.parent)):
            root = above
        groups.setdefault(root.id, Choices(root.label(language))).rows.append((row.id, row.label(language)))
    return list(groups.values())


def script(desk: Desk) -> list[ScriptStep]:
    """The pack's reception script; {department} and {due} are filled in while the page is used (ids say-department, say-due)."""
    steps = desk.pack.scripts.reception
    if desk.zh:
        return [ScriptStep(step.title, _sayable(step.say), step.never) for step in steps]
    return [ScriptStep(step.title_en, _sayable(step.say_en), step.never_en) for step in steps]


def _sayable(words: str) -> SafeString:
    said = str(conditional_escape(words))
    for name in ("department", "due"):
        said = said.replace("{" + name + "}", f'<span data-say="{name}"></span>', 1)
    return mark_safe(said)  # noqa: S308  # the pack's words are escaped above


def receipt_text(pack: Pack, number: str, link: str, promise: str, language: str) -> str:
    """The text to send to the customer after filing (pack: scripts.receipt); `promise` is the first one that runs, if any."""
    zh = language.startswith("zh")
    said = (f"{promise}。" if zh else f"{promise}.") if promise else ""
    return (pack.scripts.receipt if zh else pack.scripts.receipt_en).format(number=number, link=link, promise=said)


def consents(pack: Pack, sheet: Sheet, categories: Sequence[str], language: str) -> list[dict[str, object]]:
    """What is asked separately: the words to read aloud, what was answered, and whether the complaint comes near it."""
    rules = pack.privacy.consents() if pack.privacy else {}
    return [
        {
            "matter": matter,
            "name": MATTERS[matter][0 if language.startswith("zh") else 1],
            "words": rule.words(language),
            "given": sheet.consents.get(matter),
            "near": rule.touched(sheet.facts, categories),
        }
        for matter, rule in rules.items()
    ]
