"""What can be wrong with a pack, said so that its author knows what to do: file, line, key and a sentence in both languages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Protocol, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from kesu.procedure.pack import Pack
from kesu.procedure.packlines import Lines, Path


def spelt(path: Path) -> str:
    """("obligations", 2, "limit") → "obligations[3].limit": positions are counted from 1, as people do."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else str(part)
    return words


@dataclass(frozen=True)
class Problem:
    """One fault of a pack's file. `line` counts from 1; `key` is empty when the file as a whole is meant."""

    file: str
    line: int
    key: str
    zh: str
    en: str

    def words(self, language: str = "zh-hans") -> str:
        """The whole sentence, with file, line and key."""
        if language.startswith("zh"):
            return f"{self.file} 第 {self.line} 行 {self.key}：{self.zh}" if self.key else f"{self.file} 第 {self.line} 行：{self.zh}"
        return f"{self.file}, line {self.line}, {self.key}: {self.en}" if self.key else f"{self.file}, line {self.line}: {self.en}"


class PackError(ValueError):
    """A pack that cannot be used; `problems` holds every fault found, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(problem.words("en") for problem in problems))
        self.problems = problems

    def words(self, language: str = "zh-hans") -> str:
        """Every fault on a line of its own."""
        return "\n".join(problem.words(language) for problem in self.problems)


@dataclass(frozen=True)
class Fault:
    """A fault whose place is still a path; packfile finds the line."""

    path: Path
    zh: str
    en: str


class Placeable(Protocol):
    """Something to be said about a path of a file: a Fault, or a Finding of lint."""

    @property
    def path(self) -> Path: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


def placed(faults: Iterable[Placeable], lines: Lines, file: str) -> list[Problem]:
    """Each with its line, in the order of the file."""
    found = [Problem(file, lines.line(fault.path), spelt(fault.path), fault.zh, fault.en) for fault in faults]
    return sorted(found, key=lambda problem: problem.line)


def did_you_mean(written: str, known: Iterable[str]) -> tuple[str, str]:
    """("，是不是 x", ", did you mean x") for the nearest known word, or empty strings."""
    near = difflib.get_close_matches(written, list(known), 1, 0.6)
    return (f"，是不是 {near[0]}", f"; did you mean {near[0]}?") if near else ("", "")


_KINDS: Mapping[str, tuple[str, str]] = {
    "string_type": ("要写成文字，加引号", "write text in quotes"),
    "int_type": ("要写成整数，不加引号", "write a whole number without quotes"),
    "int_from_float": ("要写成整数", "write a whole number"),
    "bool_type": ("要写 true 或 false，不加引号", "write true or false without quotes"),
    "date_type": ("要写成日期，如 2026-01-01，不加引号", "write a date like 2026-01-01 without quotes"),
    "list_type": ("要写成列表，放在 [ ] 里（表用 [[…]]）", "write a list in [ ] (tables as [[…]])"),
    "tuple_type": ('要写成两个时刻，如 ["09:00", "12:00"]', 'write two times of day like ["09:00", "12:00"]'),
    "dict_type": ("要写成一张表", "write a table"),
    "model_type": ("要写成一张表", "write a table"),
    "model_attributes_type": ("要写成一张表", "write a table"),
    "string_too_short": ("不能空着", "must not be empty"),
    "too_short": ("项数不够", "has too few entries"),
    "too_long": ("项数太多", "has too many entries"),
}


def fault_of(error: ErrorDetails, shape: type[BaseModel] = Pack) -> Fault:
    """A complaint of pydantic about a file of this shape in our own words."""
    path, kind, context, value = error["loc"], error["type"], error.get("ctx", {}), error["input"]
    if kind == "extra_forbidden":
        zh, en = did_you_mean(str(path[-1]), _fields_at(path[:-1], shape))
        return Fault(path, f"不认识这个键{zh}；改正或删掉", f"unknown key{en or '; correct or delete it'}")
    if kind == "missing" and isinstance(path[-1], int):
        return Fault(path[:-1], *_KINDS["tuple_type"])
    if kind == "missing":
        return Fault(path, f"缺这一项，请写上 {path[-1]} = …", f"is missing; write {path[-1]} = …")
    if path[-1:] == ("[key]",):
        zh, en = did_you_mean(str(value), _choices(context))
        return Fault(
            path[:-1],
            f"“{path[-2]}”不能用作键{zh}；可以写 {'、'.join(_choices(context))}",
            f"{path[-2]!r} is no key here{en}; use one of {', '.join(_choices(context))}",
        )
    return Fault(path, *_value_words(kind, context, value))


def _value_words(kind: str, context: Mapping[str, Any], value: object) -> tuple[str, str]:
    if kind == "literal_error":
        known = _choices(context)
        zh, en = did_you_mean(str(value), known)
        return f"不能写“{value}”{zh}；可以写 {'、'.join(known)}", f"{value!r} is not possible{en}; write one of {', '.join(known)}"
    if kind == "string_pattern_mismatch":
        return (
            f"“{value}”不能作标识，只用小写字母、数字和下划线，字母开头",
            f"{value!r} cannot be an id; use lower-case letters, digits and _, a letter first",
        )
    if kind == "string_too_long":
        return f"太长，最多 {context['max_length']} 个字", f"too long; at most {context['max_length']} characters"
    if kind in ("greater_than_equal", "less_than_equal"):
        least, most = context.get("ge"), context.get("le")
        return (
            (f"{value} 太小，至少 {least}", f"{value} is too small; at least {least}")
            if least is not None
            else (f"{value} 太大，最多 {most}", f"{value} is too big; at most {most}")
        )
    zh, en = _KINDS.get(kind, ("写得不对", "is not right"))
    return (zh, en) if isinstance(value, (dict, list)) or value == "" else (f"“{value}”不对，{zh}", f"{value!r} is not right; {en}")


def _choices(context: Mapping[str, Any]) -> list[str]:
    return [word.strip("' ") for word in str(context.get("expected", "")).replace(" or ", ", ").split(", ")]


def _fields_at(path: Path, shape: type[BaseModel]) -> list[str]:
    """The keys that the table at this path may have."""
    kind: Any = shape
    for part in path:
        kind = (
            _model_in(kind.model_fields[part].annotation)
            if isinstance(part, str) and _is_model(kind) and part in kind.model_fields
            else kind
        )
    return list(kind.model_fields) if _is_model(kind) else []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _model_in(kind: Any) -> Any:
    """list[Rung] → Rung, Extension | None → Extension."""
    if get_origin(kind) in (list, Union, UnionType, Annotated):
        return next((found for part in get_args(kind) if _is_model(found := _model_in(part))), None)
    return None if get_origin(kind) is Literal else kind
