"""Complaints that may be about the same matter, shown before a new one is filed; each says why it is suspected.

Same telephone, home or place; or words in common: pairs of characters (bigrams) need no dictionary and suit Chinese.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from kesu.company.models import Person
from kesu.complaints.models import Case, CaseItem
from kesu.complaints.queries.cases import visible_to
from kesu.customers.models import Home
from kesu.customers.phones import clean_phone, home_key

RECENT = timedelta(days=30)
SHORTEST_PHONE = 5
READ_TEXTS = 200  # the newest complaints of the site whose words are compared
SHOWN = 5
ALIKE = 0.3  # share of the shorter text's character pairs that both texts have
FEWEST_PAIRS = 3
WEIGHT_PHONE, WEIGHT_HOME, WEIGHT_PLACE, WEIGHT_OPEN, ENOUGH = 0.5, 0.5, 0.4, 0.1, 0.3
_NOT_WORDS = re.compile(r"[\W_\d]+")


@dataclass(frozen=True)
class Suspect:
    """A complaint that may be the same matter: how sure (0 … about 2) and why, (zh, en) each."""

    case: Case
    score: float
    because: list[tuple[str, str]]
    alike: bool  # by words or place, not only by who it was


def similar(
    person: Person,
    at: datetime,
    *,
    site_id: int,
    words: Iterable[str] = (),
    phone: str = "",
    home: str = "",
    place: str = "",
    categories: Iterable[str] = (),
) -> list[Suspect]:
    """The most suspect complaints first, open or received in the last 30 days, among those the person may see. Five queries at most."""
    text = pairs(" ".join(words))
    cases = {case.pk: case for case in _candidates(person, at, site_id, clean_phone(phone), home_key(home), list(categories))}
    if not cases:
        return []
    theirs = _words_of(cases) if len(text) >= FEWEST_PAIRS else {}
    asked = _Asked(clean_phone(phone), home_key(home), home_key(place), text)
    found = [suspect for case in cases.values() if (suspect := _compare(asked, case, theirs.get(case.pk, "")))]
    return sorted(found, key=lambda suspect: (-suspect.score, -suspect.case.pk))[:SHOWN]


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters of a text, without punctuation, digits and emoji."""
    return {run[n : n + 2] for run in _runs(text) for n in range(len(run) - 1)}


def alike(ours: set[str], theirs: set[str]) -> float:
    """How much of the shorter text both have in common, 0 … 1; 0 for texts too short to say."""
    shorter = min(len(ours), len(theirs))
    return len(ours & theirs) / shorter if shorter >= FEWEST_PAIRS else 0.0


def common_words(text: str, common: set[str], most: int = 3) -> list[str]:
    """The longest stretches of a text made of common pairs, in the order of their length: what to show as the reason."""
    found: list[str] = []
    for run in _runs(text):
        stretch = ""
        for n in range(len(run)):
            if run[n : n + 2] in common:
                stretch = stretch + run[n + 1] if stretch else run[n : n + 2]
            elif stretch:
                found, stretch = [*found, stretch], ""
    return sorted(dict.fromkeys(found), key=len, reverse=True)[:most]


def _runs(text: str) -> list[str]:
    return [run for run in _NOT_WORDS.split(unicodedata.normalize("NFKC", text).lower()) if run]


@dataclass(frozen=True)
class _Asked:
    phone: str
    home: str
    place: str
    text: set[str]


def _candidates(person: Person, at: datetime, site_id: int, phone: str, home: str, categories: list[str]) -> list[Case]:
    """By telephone and by home, each along its own index, and the newest of the site, whose words are compared."""
    rows = visible_to(person, at).filter(site_id=site_id).select_related("home", "department")
    fresh = Q(closed_at__isnull=True) | Q(received_at__gte=at - RECENT)
    found: list[Case] = []
    if len(phone) >= SHORTEST_PHONE:
        found += rows.filter(fresh, contact_phone=phone).order_by("-received_at")[:READ_TEXTS]
    if home and (place := Home.objects.filter(site_id=site_id, key=home).first()):
        found += rows.filter(fresh, home=place).order_by("-received_at")[:READ_TEXTS]
    return [*found, *_newest(rows.filter(received_at__gte=at - RECENT), categories)]


def _newest(rows: QuerySet[Case], categories: list[str]) -> QuerySet[Case]:
    """The newest of these categories, or the newest of all while nothing is known of the category."""
    return (rows.filter(category__in=categories) if categories else rows).order_by("-received_at")[:READ_TEXTS]


def _words_of(cases: Iterable[int]) -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    for case_id, words in CaseItem.objects.filter(case__in=list(cases)).order_by("case_id", "n").values_list("case_id", "words"):
        found[case_id].append(words)
    return {case_id: " ".join(words) for case_id, words in found.items()}


def _compare(asked: _Asked, case: Case, words: str) -> Suspect | None:
    because: list[tuple[str, str]] = []
    score = 0.0
    if asked.phone and len(asked.phone) >= SHORTEST_PHONE and case.contact_phone == asked.phone:
        score, because = score + WEIGHT_PHONE, [*because, ("同一个电话", "the same telephone")]
    if asked.home and case.home and case.home.key == asked.home:
        score, because = score + WEIGHT_HOME, [*because, ("同一户", "the same home")]
    here = bool(asked.place) and home_key(case.place) == asked.place
    if here:
        score, because = score + WEIGHT_PLACE, [*because, ("同一个地点", "the same place")]
    theirs = pairs(words)
    share = alike(asked.text, theirs)
    if share >= ALIKE:
        shown = common_words(words, asked.text & theirs)
        score += share
        because.append((f"都说到{'、'.join(f'“{part}”' for part in shown)}", f"both say {', '.join(f'“{part}”' for part in shown)}"))
    if score < ENOUGH:
        return None
    return Suspect(case, score + (WEIGHT_OPEN if case.is_open else 0), because, share >= ALIKE or here)
