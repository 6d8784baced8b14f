"""The pack's complaint form as it is printed to be written on."""

from __future__ import annotations

from tests.cast import Cast

from kesu.channels.paper.fields import FORM
from kesu.config.now import now
from kesu.papers import forms, reading
from kesu.papers.typesetting import pictures


def blank_form(cast: Cast) -> bytes:
    """Its first page as PNG."""
    page = reading.empty(cast.company, cast.site, cast.pack, now(), "zh-hans")
    paper = forms.find(page.pack, FORM)
    assert paper is not None
    return pictures(forms.sheet(page, paper, forms.Occasion(link="")), ppi=130)[0]
