"""What the complaints of a warning have in common, in the reader's language, naming nobody where numbers are too small."""

from __future__ import annotations

from collections.abc import Mapping

from kesu.company.models import Person
from kesu.procedure.pack import Pack
from kesu.warnings.queries.history import OTHER, STAFF


def label(of: str, value: str, pack: Pack, people: Mapping[int, Person], language: str, customers: int) -> str:
    """电梯, 6 栋, 张师傅, 服务单 A-17; "" for a site as a whole. `customers`: of how many different ones the complaints are."""
    zh = language.startswith("zh")
    if of in ("category", "cause"):
        return pack.label("categories" if of == "category" else "causes", value, language)
    if of == "person":
        return _person(value, pack, people, zh, customers)
    if of == "customer":
        return "同一位客户" if zh else "the same customer"
    if of == "reference":
        kind, _, number = value.partition(":")
        return f"{pack.label('references', kind, language)} {number}"
    if of == "rank":
        return _grave(int(value), pack, language)
    if of == "text":
        return "说法相近的投诉" if zh else "complaints in like words"
    return value


def _grave(rank: int, pack: Pack, language: str) -> str:
    """The lowest grade that is so grave, and whether there are graver ones."""
    grades = sorted((grade for grade in pack.grades if grade.rank >= rank), key=lambda grade: grade.rank)
    if not grades:
        return "重的投诉" if language.startswith("zh") else "grave complaints"
    name, more = grades[0].label(language), len(grades) > 1
    return f"{name}{'以上' if more else ''}投诉" if language.startswith("zh") else f"complaints graded {name}{' or above' if more else ''}"


def _person(value: str, pack: Pack, people: Mapping[int, Person], zh: bool, customers: int) -> str:
    kind, _, name = value.partition(":")
    few = pack.warning is None or customers < pack.warning.named_from
    if few or not name or kind not in (STAFF, OTHER):
        return "一个人" if zh else "one person"
    if kind == STAFF:
        person = people.get(int(name))
        return person.name if person else ("已离职的一个人" if zh else "somebody who has left")
    return name
