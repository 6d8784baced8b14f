"""Set-up: drafts of the procedure, changed in place with lint beside the field, compared with what is in force, approved and published."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesu.company import actions
from kesu.company.actions.drafting import approvers
from kesu.company.models import ProcedureDraft
from kesu.company.procedures import beside_shipped
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.procedure.comparing import changes
from kesu.procedure.drafting import Raw
from kesu.procedure.pack import Pack
from kesu.procedure.packfaults import PackError
from kesu.procedure.packfile import Checked, examine
from kesu.procedure.packtext import parsed
from kesu.procedure.refused import Refused
from kesu.web.forms_kit import Form, attempt
from kesu.web.setup.draftforms import LABELS, DraftRow, draft_rows
from kesu.web.setup.frame import setup_page, show, today
from kesu.web.setup.picture import picture
from kesu.web.setup.replay import show_replay
from kesu.web.setup.trying import show_trial
from kesu.web.staff import StaffRequest


class TextForm(Form):
    """The whole text at once."""

    text = forms.CharField(label=gettext_lazy("整份文字"), strip=False, widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}))


class ApproveForm(Form):
    """The day from which it counts."""

    effective = forms.DateField(
        label=gettext_lazy("从哪天起用"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("这天起受理的按新版本办，之前的不变"),
    )


@lru_cache(maxsize=16)
def _checked(text: str, name: str) -> Checked:
    """What lint says of a text: the same for the same text, and asked at every look at the page."""
    return examine(text, name, beside_shipped())


def _raw(text: str) -> Raw:
    return parsed(text, "")[0]


def _draft(request: StaffRequest, draft: int) -> ProcedureDraft:
    rows = ProcedureDraft.objects.select_related("changed_by", "created_by", "based_on")
    return rows.get(pk=draft, company=request.rights.company)


@setup_page
@require_POST
def start(request: StaffRequest, version: int) -> HttpResponse:
    """A new draft from a version."""
    made = actions.start_draft(request.user, version, request.POST.get("name", ""), now())
    return redirect("setup_draft", made.pk)


@setup_page
def draft(request: StaffRequest, draft: int) -> HttpResponse:
    """The draft in words, every value in a form in place; what lint says; what differs; publishing."""
    row = _draft(request, draft)
    which = request.POST.get("which", "")
    posted = request.POST if request.method == "POST" else None
    text = TextForm(posted if which == "text" else None, initial={"text": row.text})
    approve = ApproveForm(posted if which == "publish" else None, initial={"effective": today(request.rights)})
    tables, loose = draft_rows(_raw(row.text), _checked(row.text, row.name), _language(), posted if which == "row" else None)
    sent = next((one for _heading, found in tables for one in found if one.form.is_bound), None)
    done = _done(request, row, which, text, approve, sent)
    if done is not None:
        return done
    row = _draft(request, draft)  # somebody else may have changed it meanwhile: what was typed is shown with what stands there now
    return show(request, "draft", _context(request, row, text, approve, sent), "procedure")


def _language() -> str:
    return get_language() or "zh-hans"


def _done(
    request: StaffRequest, row: ProcedureDraft, which: str, text: TextForm, approve: ApproveForm, sent: DraftRow | None
) -> HttpResponse | None:
    """The answer when what was posted is done; None when the page is to be shown (again)."""
    by, at = request.user, now()
    seen = int(request.POST["seen"]) if request.POST.get("seen", "").isdecimal() else 0
    if which == "drop":
        actions.drop_draft(by, row.pk, at)
        messages.success(request, _("草稿丢掉了"))
        return redirect("setup_procedure")
    if which == "publish" and approve.is_valid() and _published(request, row, approve, seen):
        return redirect("setup_procedure")
    if which == "text" and _saved(text, lambda: actions.replace_draft(by, row.pk, text.cleaned_data["text"], seen=seen, at=at)):
        messages.success(request, _("存好了"))
        return redirect("setup_draft", row.pk)
    if sent and _saved(sent.form, lambda: actions.change_draft(by, row.pk, sent.form.edits(), seen=seen, at=at)):
        messages.success(request, _("存好了"))
        return redirect(f"{reverse('setup_draft', args=[row.pk])}#{sent.anchor}")
    return None


def _saved(form: Form, act: Callable[[], None]) -> bool:
    return form.is_valid() and attempt(form, act)


def _published(request: StaffRequest, row: ProcedureDraft, form: ApproveForm, seen: int) -> bool:
    def publish() -> None:
        actions.publish_draft(request.user, row.pk, effective=form.cleaned_data["effective"], seen=seen, at=now())

    try:
        done = attempt(form, publish)
    except PackError as error:
        form.add_error(None, _("还有 {n} 处要改，改好才能发布").format(n=len(error.problems)))
        return False
    if done:
        messages.success(request, _("发布好了"))
    return done


def _context(request: StaffRequest, row: ProcedureDraft, text: TextForm, approve: ApproveForm, sent: DraftRow | None) -> dict[str, Any]:
    rights, language, checked = request.rights, _language(), _checked(row.text, row.name)
    tables, loose = draft_rows(_raw(row.text), checked, language)
    if sent:
        for found in (found for _heading, found in tables):
            found[:] = [_kept(one, sent) for one in found]
    sound = checked.pack if checked.pack and not checked.problems else None
    others = approvers(rights, row.changed_by)
    return {
        "draft": row,
        "tables": tables,
        "loose": [problem.words(language) for problem in loose],
        "wrong": len(checked.problems),
        "sound": sound is not None,
        "differences": _differences(rights.pack, sound, language) if sound else [],
        "text": text,
        "approve": approve,
        "ask": "、".join(one.name for one in others) if others and row.changed_by_id == request.user.pk else "",
        "written": sound,
        "picture": picture(sound, next(iter(standing(rights.company).sites.values())), request.GET, today(rights), language)
        if sound
        else None,
    }


def _kept(row: DraftRow, sent: DraftRow) -> DraftRow:
    """The row with the form that was sent, when it is the one: its words and errors stay."""
    if row.anchor == sent.anchor:
        row.form = sent.form
    return row


def _differences(old: Pack, new: Pack, language: str) -> list[dict[str, Any]]:
    zh = language.startswith("zh")
    return [
        {"kind": one.kind, "name": one.name[0 if zh else 1], "key": LABELS.get(one.key, one.key), "before": one.before, "after": one.after}
        for one in changes(old, new, language)
    ]


def _sound(row: ProcedureDraft) -> Pack:
    """The draft's pack. Raises Refused while there is none."""
    checked = _checked(row.text, row.name)
    if checked.pack is None or checked.problems:
        raise Refused("draft_wrong", "草稿里还有要改的，改好才能试", "the draft has things to mend first")
    return checked.pack


@setup_page
def trial(request: StaffRequest, draft: int) -> HttpResponse:
    """The test bench with the draft."""
    row = _draft(request, draft)
    return show_trial(request, _sound(row), {"draft": row})


@setup_page
def replay(request: StaffRequest, draft: int) -> HttpResponse:
    """Past cases under the draft."""
    row = _draft(request, draft)
    return show_replay(request, _sound(row), {"draft": row})
