"""The form of a routine duty."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kesu.complaints.actions.routines import LONGEST
from kesu.web.forms_kit import Form


class DutyForm(Form):
    """What was done, in words. Empty and too long are refused by the act itself."""

    words = forms.CharField(
        label=_("做了什么，结果怎样"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST, "aria-required": "true"}),
    )
