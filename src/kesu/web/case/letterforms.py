"""The forms of a letter: its words, the answer of who reviews it, how it goes out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from kesu.complaints.actions.lettering import LONGEST_TEXT, WAYS
from kesu.complaints.models import Letter
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.queries.letters import address_of
from kesu.web.case import fields

ROWS = 18  # lines of the letter that are seen while it is written


class WordsForm(forms.Form):
    """A letter's title and words. `kind` and `language` say which new letter; `seen` which version lay before the writer."""

    kind = fields.hidden("")
    language = fields.hidden("")
    seen = fields.hidden("")
    title = fields.line(later("标题"), needed=True, longest=200)
    text = fields.words(
        later("信的内容"),
        rows=ROWS,
        hint=format_lazy(later("空一行是一段；花括号里的是案卷里还没有的，换成要写的话。最多 {n} 字"), n=LONGEST_TEXT),
    )


class ReviewForm(forms.Form):
    """What the reviewer says."""

    seen = fields.hidden("")
    words = fields.words(later("意见；退回的写清要改什么"), rows=2, needed=False)


class DropForm(forms.Form):
    """Why the letter is not needed."""

    reason = fields.line(later("为什么不用了"), needed=True)


class SendForm(forms.Form):
    """How the letter goes out, to whom, and what proves it."""

    seen = fields.hidden("")

    def __init__(self, page: CasePage, letter: Letter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zh, address = page.language.startswith("zh"), address_of(page.case)
        ways = [(way, names[0 if zh else 1]) for way, names in WAYS.items()]
        none = _("没有记下客户的邮箱；要发邮件先写上")
        self.fields["seen"].initial = letter.revision
        self.fields["way"] = fields.choose(_("怎么发"), ways, initial="mail" if address else "hand", needed=True)
        self.fields["to"] = fields.line(
            _("发到哪里、交给谁"), initial=letter.to or address or page.case.contact_name, longest=200, hint="" if address else none
        )
        self.fields["words"] = fields.line(_("凭据"), hint=_("邮件不用写；当面交写谁签收，邮寄写快递单号，微信写对方怎么回的"))
        self.fields["files"] = fields.files(_("签收单或截图"), hint=_("可以不传"))
