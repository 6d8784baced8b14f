"""Forms in the design language, and how a refusal finds its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kesu.procedure.refused import Refused

PLAIN = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.HiddenInput)


class Form(forms.Form):
    """A form whose inputs have the class of the design language and whose empty fields say what to do."""

    required_css_class = "needed"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)

    def refuse(self, error: Refused) -> None:
        """Put the reason beside its field, or above the form when it has none here."""
        refusal(self, error)


def dress(field: forms.Field) -> None:
    """The class of the design language; what an empty field says."""
    if not isinstance(field.widget, PLAIN):
        field.widget.attrs["class"] = f"input {field.widget.attrs.get('class', '')}".strip()
    field.error_messages["required"] = _("这里要填")
    if isinstance(field, forms.ChoiceField):
        field.error_messages["invalid_choice"] = _("请从列出的里面选")


def refusal(target: forms.Form | dict[str, Any], error: Refused) -> Any:
    """Show a refusal where it belongs: beside the field of a form, or as `refused` in a context. Returns the target."""
    if isinstance(target, dict):
        return target | {"refused": error}
    if not (target.errors or hasattr(target, "cleaned_data")):  # asking for errors makes room for them
        target.cleaned_data = {}
    target.add_error(error.field if error.field in target.fields else None, error.reason(get_language() or "zh-hans"))
    return target


def attempt(form: Form, act: Callable[[], Any]) -> bool:
    """Do the act of a valid form; False when it was refused, with the reason put into the form."""
    try:
        act()
    except Refused as error:
        refusal(form, error)
        return False
    return True


def offer(form: forms.Form, name: str, choices: Any) -> None:
    """Give a choice field its choices, where they come from the pack or the company."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
