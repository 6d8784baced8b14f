"""The kinds of fields that act forms are made of. Whether something must be said is for the act to refuse, beside its field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Choices = Sequence[tuple[str, Any]]
MOST_FEN = 10**13  # a hundred thousand million yuan: beyond it somebody leaned on the keyboard
YES, NO = "yes", "no"
MOMENT = "%Y-%m-%dT%H:%M"


class YuanField(forms.CharField):
    """An amount as people write it (“1,200.50”, “８６元”) ⇄ exact fen. Never rounds: more than two decimals is refused."""

    default_error_messages = {
        "amount": _("写成数字，比如 86 或 1200.50"),
        "negative": _("金额不能是负数"),
        "decimals": _("最多两位小数"),
        "much": _("金额太大，请核对"),
    }

    def clean(self, value: Any) -> int:
        """The amount in fen, 0 for nothing. Raises ValidationError."""
        return yuan_to_fen(super().clean(value) or "", self)

    def prepare_value(self, value: Any) -> Any:
        """Fen as yuan, without needless decimals; what was typed stays as typed."""
        return fen_to_yuan(value) if isinstance(value, int) else value


def yuan_to_fen(typed: str, field: YuanField) -> int:
    """Exact fen of a typed amount in yuan; 0 for blank."""
    text = unicodedata.normalize("NFKC", typed).replace(",", "").replace(" ", "").removeprefix("¥").removesuffix("元")
    if not text:
        return 0
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise _wrong(field, "amount") from None
    if not amount.is_finite():
        raise _wrong(field, "amount")
    if amount < 0:
        raise _wrong(field, "negative")
    fen = amount * 100
    if fen > MOST_FEN:
        raise _wrong(field, "much")
    if fen != fen.to_integral_value():
        raise _wrong(field, "decimals")
    return int(fen)


def fen_to_yuan(fen: int) -> str:
    """86 for 8600, 86.50 for 8650, blank for 0."""
    if not fen:
        return ""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _wrong(field: YuanField, code: str) -> forms.ValidationError:
    return forms.ValidationError(field.error_messages[code], code=code)


class FilesField(forms.FileField):
    """Any number of files; clean() gives a list."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files as a list, checked one by one."""
        rows = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(row, initial) for row in rows]


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


@dataclass(frozen=True)
class Group:
    """Fields that belong together. `folded`: shown only on demand; `title` may be empty."""

    fields: dict[str, forms.Field]
    title: Any = ""
    folded: bool = False
    hint: Any = ""
    more: dict[str, forms.Field] = field(default_factory=dict)  # beside them, shown only on demand
    more_title: Any = ""


def _kind(field: forms.Field, kind: str) -> forms.Field:
    field.kind = kind  # type: ignore[attr-defined]  # read by web/case/field.html
    return field


def _attrs(needed: bool, **attrs: Any) -> dict[str, Any]:
    return {"class": "input", **({"required": True} if needed else {}), **attrs}


def words(label: Any, *, hint: Any = "", needed: bool = True, initial: str = "", rows: int = 3) -> forms.Field:
    """Several lines of text."""
    widget = forms.Textarea(attrs=_attrs(needed, rows=rows))
    return _kind(forms.CharField(label=label, help_text=hint, required=False, initial=initial, widget=widget, max_length=8000), "words")


def line(label: Any, *, hint: Any = "", needed: bool = False, initial: str = "", longest: int = 400) -> forms.Field:
    """One line of text."""
    widget = forms.TextInput(attrs=_attrs(needed))
    return _kind(forms.CharField(label=label, help_text=hint, required=False, initial=initial, widget=widget, max_length=longest), "line")


def choose(label: Any, choices: Choices, *, hint: Any = "", needed: bool = True, initial: str = "") -> forms.Field:
    """One of many, from a list."""
    rows: Iterable[tuple[str, Any]] = choices if needed and initial else [("", _("请选择") if needed else _("不选")), *choices]
    widget = forms.Select(attrs=_attrs(needed))
    return _kind(
        forms.ChoiceField(label=label, help_text=hint, required=False, choices=list(rows), initial=initial, widget=widget), "select"
    )


def pick(label: Any, choices: Choices, *, hint: Any = "", initial: str = "") -> forms.Field:
    """One of two or three, side by side; unanswered is allowed and visible."""
    return _kind(
        forms.ChoiceField(label=label, help_text=hint, required=False, choices=list(choices), initial=initial, widget=forms.RadioSelect),
        "pick",
    )


def ask(label: Any, *, hint: Any = "", initial: str = "") -> forms.Field:
    """A yes/no question; unanswered is an answer too."""
    choices = [(YES, _("是")), (NO, _("否"))]
    return _kind(
        forms.ChoiceField(label=label, help_text=hint, required=False, choices=choices, initial=initial, widget=forms.RadioSelect), "ask"
    )


def several(label: Any, choices: Choices, *, hint: Any = "", initial: Sequence[str] = ()) -> forms.Field:
    """Any number of several."""
    field = forms.MultipleChoiceField(
        label=label, help_text=hint, required=False, choices=list(choices), initial=list(initial), widget=forms.CheckboxSelectMultiple
    )
    return _kind(field, "several")


def moment(label: Any, *, hint: Any = "", needed: bool = False, initial: Any = None) -> forms.Field:
    """A date and time on the site's own clock."""
    widget = forms.DateTimeInput(attrs=_attrs(needed, type="datetime-local"), format=MOMENT)
    field = forms.DateTimeField(
        label=label, help_text=hint, required=False, initial=initial, widget=widget, input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"]
    )
    return _kind(field, "moment")


def yuan(label: Any, *, hint: Any = "", initial: int = 0) -> forms.Field:
    """An amount of money in yuan."""
    widget = forms.TextInput(attrs=_attrs(False, inputmode="decimal"))
    return _kind(YuanField(label=label, help_text=hint, required=False, initial=initial, widget=widget, max_length=30), "yuan")


def tick(label: Any, *, hint: Any = "", initial: bool = False) -> forms.Field:
    """Yes or not said."""
    return _kind(forms.BooleanField(label=label, help_text=hint, required=False, initial=initial), "tick")


def hidden(initial: Any) -> forms.Field:
    """What the page must hand back unseen."""
    return _kind(forms.CharField(label="", required=False, initial=initial, widget=forms.HiddenInput(), max_length=64), "hidden")


@dataclass(frozen=True)
class Branch:
    """One row of a tree of choices, with what hangs below it."""

    id: str
    name: str
    below: tuple[Branch, ...] = ()

    def ids(self) -> list[str]:
        """Its own id and all below."""
        return [self.id, *(id for row in self.below for id in row.ids())]


def tree(label: Any, branches: Sequence[Branch], *, hint: Any = "", initial: str = "") -> forms.Field:
    """One of a tree: its classes stand folded, so that nobody reads a long list."""
    choices = [(id, id) for row in branches for id in row.ids()]
    field = forms.ChoiceField(label=label, help_text=hint, required=False, choices=choices, initial=initial, widget=forms.RadioSelect)
    field.branches = branches  # type: ignore[attr-defined]  # read by web/case/field.html
    return _kind(field, "tree")


def files(label: Any, *, hint: Any = "") -> forms.Field:
    """Photographs, recordings, documents."""
    widget = ManyFiles(attrs={"class": "input", "accept": "image/*,audio/*,video/*,application/pdf", "multiple": True})
    return _kind(FilesField(label=label, help_text=hint, required=False, widget=widget, max_length=200), "files")


def signature(label: Any, *, hint: Any = "") -> forms.Field:
    """A signature drawn with the finger; static/js/sign.js puts the paper there."""
    widget = forms.HiddenInput(attrs={"data-sign": ""})
    return _kind(forms.CharField(label=label, help_text=hint, required=False, widget=widget, max_length=400_000), "signature")
