"""Kinds of values in requests, and the schema of an act's body made from the act's own signature."""

from __future__ import annotations

import base64
import binascii
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Union

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, create_model

from kesu.complaints.actions import Promise
from kesu.complaints.files import Upload

LARGEST = 2**31 - 1
NO_NUL = r"^[^\x00]*$"
Words = Annotated[str, Field(max_length=20_000, pattern=NO_NUL)]
Short = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Number = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
Whole = Annotated[int, Field(ge=0, le=LARGEST)]
Share = Annotated[int, Field(ge=0, le=10_000)]
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _sensible(at: datetime) -> datetime:
    if not FIRST <= at < LAST:
        raise ValueError("between 2000 and 2100")
    return at.replace(microsecond=0)


def _sensible_day(day: date) -> date:
    if not FIRST.date() <= day < LAST.date():
        raise ValueError("between 2000 and 2100")
    return day


Moment = Annotated[AwareDatetime, AfterValidator(_sensible)]
Day = Annotated[date, AfterValidator(_sensible_day)]


class Body(Schema):
    """A request body: a name that is not known is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class File(Body):
    """A small file inside a request (5 MB with everything else); large ones go to …/files."""

    name: Short
    content: Annotated[str, Field(description="Base64", pattern=r"^[A-Za-z0-9+/]*={0,2}$")]

    def upload(self) -> Upload:
        """The file as an act takes it. Raises Failed 422 for what is no Base64."""
        from kesu.api.answers import Failed

        try:
            data = base64.b64decode(self.content, validate=True)
        except (binascii.Error, ValueError) as problem:
            raise Failed(422, "base64", "文件内容不是 Base64", "the content is not Base64", field="content") from problem
        return Upload(self.name or "file", len(data), [data])


class ProofFile(Body):
    """What proves that something was done: receipt, photograph, signature."""

    kind: Short
    file: File


class PromiseIn(Body):
    """One thing that is offered; `cost` in fen."""

    what: Words
    due_at: Moment | None = None
    remedy: Short = ""
    cost: Whole = 0
    department_id: Whole | None = None
    payer: Short = "company"
    basis: Words = ""
    ground: Short = ""
    owner_id: Whole | None = None
    effect: Words = ""


KINDS: dict[Any, Any] = {
    str: Words, int: Whole, bool: bool, datetime: Moment, date: Day, Upload: File, Promise: PromiseIn, tuple[str, Upload]: ProofFile,
    tuple[int, int, int, int]: tuple[Share, Share, Share, Share],
}  # fmt: skip
IDS = {"person", "case_id", "capa_id", "warning_id", "report", "review", "at", "actor"}


def kind_of(hint: Any) -> Any:
    """The kind of value in a request for a parameter of an act. Raises KeyError for a type that has no spelling in JSON yet."""
    if hint in KINDS:
        return KINDS[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return Union[tuple(type(None) if one is type(None) else kind_of(one) for one in inner)]  # noqa: UP007 – made at run time
    if origin in (Iterable, Sequence, list):
        return Annotated[list[kind_of(inner[0])], Field(max_length=500)]  # type: ignore[misc]
    if origin in (Mapping, dict):
        return dict[kind_of(inner[0]), kind_of(inner[1])]  # type: ignore[misc]
    return KINDS[hint]


def body_of(name: str, act: Callable[..., Any], without: Sequence[str] = ()) -> type[BaseModel]:
    """The body that this act takes: its keyword parameters, with their defaults; `without` those that stand in the address."""
    hints = typing.get_type_hints(act)
    fields: dict[str, Any] = {}
    for word, parameter in inspect.signature(act).parameters.items():
        if word not in IDS and word not in without:
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            fields[word] = (kind_of(hints[word]), [] if default == () else default)
    return create_model(f"{name[:1].upper()}{name[1:]}", __base__=Body, **fields)


def given(body: BaseModel) -> dict[str, Any]:
    """What was sent, as the act takes it: files, proofs and promises in their own types."""
    return {word: _own(getattr(body, word)) for word in type(body).model_fields}


def _own(value: Any) -> Any:
    if isinstance(value, File):
        return value.upload()
    if isinstance(value, ProofFile):
        return (value.kind, value.file.upload())
    if isinstance(value, PromiseIn):
        return Promise(**{name: getattr(value, name) for name in PromiseIn.model_fields})
    if isinstance(value, list):
        return [_own(one) for one in value]
    return value
