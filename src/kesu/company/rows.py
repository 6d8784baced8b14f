"""What every stored thing is: a row read from the database without being built up field by field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class Row(models.Model):
    """A model whose stored rows are taken as they come.

    Django sends each value of each row through `__init__`, which sets it as if a stranger had handed it in; a page reads
    hundreds of rows. Nothing here listens to the signals of building one, so the values go straight to their places.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_: Any) -> Self:
        row = cls.__new__(cls)
        state = ModelState()
        state.adding, state.db = False, db
        row.__dict__.update(zip(field_names, values, strict=False), _state=state)
        return row
