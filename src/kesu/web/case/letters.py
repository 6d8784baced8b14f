"""A case's letters: which there are, writing one with its preview, reviewing it on one screen, sending it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kesu.channels.out.writing import language_of
from kesu.complaints import actions
from kesu.complaints.actions.lettering import LANGUAGES
from kesu.complaints.files import Upload
from kesu.complaints.models import Case, Letter
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.queries.letters import facts, mine_to_review, ready
from kesu.complaints.queries.next_step import obstacle
from kesu.complaints.queries.veil import veil_for
from kesu.config.now import now
from kesu.papers import lettersheet
from kesu.papers.fonts import NoFont
from kesu.procedure.letterrows import LetterRow
from kesu.procedure.letterwords import CUSTOMER, called, filled, open_places, reviewer, words_of
from kesu.procedure.refused import Refused
from kesu.web.case.letterforms import DropForm, ReviewForm, SendForm, WordsForm
from kesu.web.case.views import CONFLICT, FORBIDDEN, REFUSED, in_company_time, opened, signed_in

Doing = Callable[[HttpRequest, CasePage, Letter, dict[str, Any], datetime], object]
SEEN = "seen"
CHANGING = ("draft", "review", "passed")  # states in which its words may change


@in_company_time
@require_GET
def listed(request: HttpRequest, number: str) -> HttpResponse:
    """Every letter of the case and which may be written; who comes to review or send the only one is led to it."""
    page = opened(request, number, now())
    review = request.GET.get("review", "")
    wanted = next((row.letter_id for row in page.letters.reviews if str(row.pk) == review), None)
    if wanted:
        return HttpResponseRedirect(reverse("case_letter", args=[number, wanted]))
    context = _common(page) | {"hindrance": obstacle(page.situation, "draft_letter")}
    return render(request, "web/case/letters_all.html", context)


@in_company_time
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    """A new letter: its words filled from the case, to be changed and kept."""
    at = now()
    page = opened(request, number, at)
    hindrance = obstacle(page.situation, "draft_letter")
    if hindrance:
        return _writing(request, page, None, None, refused=hindrance, status=_status(hindrance))
    if request.method == "POST":
        return _write(request, page, None, at)
    row = _row(page, request.GET.get("kind", ""))
    language = request.GET.get("language", "") if request.GET.get("language") in LANGUAGES else language_of(page.case)
    title, text = words_of(row, language)
    known = facts(page.case, page.pack, at, language)
    if not page.sight.whole:  # what is filled in comes from rows that the page has not covered
        veil = veil_for(_uncovered(page.case), page.rights)
        known = {name: veil.words(words) for name, words in known.items()}
        if not page.sight.name:
            known[CUSTOMER] = ""  # stays open: the name is put in when the letter is sent
    form = WordsForm(
        initial={"kind": row.id, "language": language, "title": filled(title, known), "text": filled(text, known)}, label_suffix=""
    )
    return _writing(request, page, None, form)


def _row(page: CasePage, kind: str) -> LetterRow:
    row: LetterRow | None = page.pack.find("letters", kind)
    if row is None:
        raise Http404
    return row


def _status(refused: Refused) -> int:
    return FORBIDDEN if refused.code == "not_allowed" else CONFLICT


@in_company_time
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, number: str, letter: int) -> HttpResponse:
    """One letter: as it stands, and what may be done with it now."""
    at = now()
    page = opened(request, number, at)
    found = _found(page, letter)
    if request.method != "POST":
        return _writing(request, page, found, None)
    doing = request.POST.get("doing", "")
    if doing in ("keep", "preview", "submit"):
        return _write(request, page, found, at)
    if doing not in DOINGS:
        raise Http404
    return _do(request, page, found, doing, at)


def _found(page: CasePage, letter: int) -> Letter:
    row = next((row for row in page.letters.rows if row.pk == letter), None)
    if row is None:
        raise Http404
    row.case = page.case
    return row


def _write(request: HttpRequest, page: CasePage, letter: Letter | None, at: datetime) -> HttpResponse:
    """Keep the words; hand them in when that was asked; or only show how they look. What was typed is never lost."""
    form = WordsForm(request.POST, label_suffix="")
    doing, person = request.POST.get("doing", "keep"), signed_in(request)
    if not form.is_valid():
        return _writing(request, page, letter, form, status=REFUSED)
    said = form.cleaned_data
    if doing == "preview":
        return _writing(request, page, letter, form, shown=_as_typed(page, letter, said))
    kept = letter
    try:
        with transaction.atomic():
            typed = {"title": said["title"], "text": said["text"], "at": at}
            if letter is None:
                kept = actions.draft_letter(person, page.case.pk, kind=said["kind"], language=said["language"], **typed)
            else:
                kept = actions.draft_letter(person, page.case.pk, letter_id=letter.pk, seen=_number(said["seen"]), **typed)
    except Case.DoesNotExist:
        raise Http404 from None
    except Refused as error:
        return _again(request, page, letter, form, error)
    where = HttpResponseRedirect(reverse("case_letter", args=[page.case.number, kept.pk]))
    if doing != "submit":
        messages.success(request, _("存好了"))
        return where
    try:  # the words are kept already; whatever stands in the way of handing them in is said beside them
        actions.submit_letter(person, page.case.pk, letter_id=kept.pk, revision=kept.revision, at=at)
    except Refused as error:
        fresh = opened(request, page.case.number, at)
        found = _found(fresh, kept.pk)
        form = _words_form(found)
        form.is_valid()
        messages.success(request, _("存好了，还没送审"))
        return _again(request, fresh, found, form, error)
    messages.success(request, _("已送审"))
    return where


def _words_form(letter: Letter) -> WordsForm:
    """The form bound to what is kept."""
    return WordsForm({"seen": letter.revision, "title": letter.title, "text": letter.text}, label_suffix="")


def _again(request: HttpRequest, page: CasePage, letter: Letter | None, form: WordsForm, error: Refused) -> HttpResponse:
    inside = error.field in form.fields
    form.add_error(error.field if inside else None, error.reason(page.language))
    return _writing(request, page, letter, form, refused=None if inside else error, status=REFUSED)


def _as_typed(page: CasePage, letter: Letter | None, said: dict[str, Any]) -> Letter:
    language = letter.language if letter else said["language"] or page.language
    return Letter(case=page.case, language=language, title=said["title"][:100], text=said["text"], at=page.at)


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _pass(request: HttpRequest, page: CasePage, letter: Letter, said: dict[str, Any], at: datetime) -> object:
    return actions.pass_letter(
        signed_in(request), page.case.pk, letter_id=letter.pk, revision=_number(said[SEEN]), words=said["words"], at=at
    )


def _return(request: HttpRequest, page: CasePage, letter: Letter, said: dict[str, Any], at: datetime) -> object:
    return actions.return_letter(
        signed_in(request), page.case.pk, letter_id=letter.pk, revision=_number(said[SEEN]), reason=said["words"], at=at
    )


def _drop(request: HttpRequest, page: CasePage, letter: Letter, said: dict[str, Any], at: datetime) -> object:
    return actions.drop_letter(signed_in(request), page.case.pk, letter_id=letter.pk, reason=said["reason"], at=at)


def _uncovered(case: Case) -> Case:
    """The case as the customer knows it: what goes to them is not masked, whoever sends it."""
    return Case.objects.select_related("site__company", "customer", "home").get(pk=case.pk)


def _send(request: HttpRequest, page: CasePage, letter: Letter, said: dict[str, Any], at: datetime) -> object:
    proofs = [Upload(file.name or "", file.size or 0, file.chunks()) for file in said["files"]]
    return actions.send_letter(
        signed_in(request),
        page.case.pk,
        letter_id=letter.pk,
        revision=_number(said[SEEN]),
        way=said["way"],
        to=said["to"],
        words=said["words"],
        pdf=lettersheet.as_pdf(_uncovered(page.case), letter),
        proofs=proofs,
        at=at,
    )


DOINGS: dict[str, tuple[str, Doing, Any]] = {
    "pass": ("review", _pass, lambda: _("可以发了，写信的人已收到")),
    "return": ("review", _return, lambda: _("退回了，写信的人已收到")),
    "drop": ("drop", _drop, lambda: _("这封信作废了")),
    "send": ("send", _send, lambda: _("发出了，存了一份，不会再变")),
}


def _form_of(name: str, page: CasePage, letter: Letter, typed: HttpRequest | None = None) -> forms.Form:
    """A fresh form, or one with what was typed."""
    given: dict[str, Any] = {"data": typed.POST, "files": typed.FILES} if typed else {}
    if name == "send":
        return SendForm(page, letter, **given, label_suffix="")
    if name == "drop":
        return DropForm(**given, label_suffix="")
    return ReviewForm(**given, initial={SEEN: letter.revision}, label_suffix="")


def _do(request: HttpRequest, page: CasePage, letter: Letter, doing: str, at: datetime) -> HttpResponse:
    name, act, done = DOINGS[doing]
    form, refused = _form_of(name, page, letter, request), None
    if form.is_valid():
        try:
            with transaction.atomic():
                act(request, page, letter, form.cleaned_data, at)
            messages.success(request, done())
            leads = reverse("work") if name == "review" else reverse("case_letter", args=[page.case.number, letter.pk])
            return HttpResponseRedirect(leads)
        except Case.DoesNotExist:
            raise Http404 from None
        except NoFont as missing:
            form.add_error(None, missing.reason(page.language))
        except Refused as error:
            inside = error.field in form.fields
            form.add_error(error.field if inside else None, error.reason(page.language))
            refused = None if inside else error
    fresh = opened(request, page.case.number, at)
    return _writing(request, fresh, _found(fresh, letter.pk), None, refused=refused, status=REFUSED, given={name: form})


def _writing(
    request: HttpRequest,
    page: CasePage,
    letter: Letter | None,
    form: WordsForm | None,
    *,
    shown: Letter | None = None,
    refused: Refused | None = None,
    status: int = 200,
    given: dict[str, forms.Form] | None = None,
) -> HttpResponse:
    """The page of a letter: its words to write or to read, beside them how it looks, below what may be done."""
    may = {act: page.situation.role_for(act) is not None and not page.situation.concerned for act in ("draft_letter", "send_letter")}
    given = given or {}
    changing = letter is None or letter.state in CHANGING
    if form is None and letter and may["draft_letter"] and changing:
        form = WordsForm(initial={"seen": letter.revision, "title": letter.title, "text": letter.text}, label_suffix="")
    typed = shown or letter or (_as_typed(page, None, _typed(form)) if form else None)
    said = f"{typed.title}\n{typed.text}" if typed else ""
    row = page.pack.find("letters", letter.kind if letter else _typed(form)["kind"] if form else "")
    context = _common(page) | {
        "letter": letter,
        "kind": row,
        "form": form if changing and may["draft_letter"] else None,
        "refused": refused,
        "sheet": lettersheet.sheet(page.case, typed) if typed else None,
        "preview": shown is not None,
        "lacking": [called(name, page.language) for name in open_places(said, named=bool(page.case.contact_name))],
        "unnamed": f"{{{CUSTOMER}}}" if CUSTOMER in open_places(said) and page.case.contact_name else "",
        "unshown": _unshown(typed) if typed and changing else [],
        "by": page.pack.label("roles", reviewer(row, page.case.grade), page.language) if row else "",
    }
    if letter:
        context |= _doable(page, letter, may["draft_letter"], may["send_letter"], given)
    return render(request, "web/case/letter.html", context, status=status)


def _typed(form: WordsForm | None) -> dict[str, Any]:
    names = ("kind", "language", "title", "text")
    return {name: str((form[name].value() if form else "") or "") for name in names}


def _unshown(letter: Letter) -> list[str]:
    """Characters that no font here has, with their numbers; nothing where there is no font at all (sending says so)."""
    try:
        return [f"{letter_} U+{ord(letter_):04X}" for letter_ in lettersheet.not_shown(letter)]
    except NoFont:
        return []


def _doable(page: CasePage, letter: Letter, drafts: bool, sends: bool, given: dict[str, forms.Form]) -> dict[str, Any]:
    last = next((row for row in reversed(page.letters.reviews) if row.letter_id == letter.pk), None)
    reviewing = any(row.pk == letter.pk for row in mine_to_review(page.situation))
    may_send = sends and ready(page.pack, page.case, letter)
    return {
        "returned": last if last and last.answer == "returned" and letter.state == "draft" else None,
        "reviews": [row for row in page.letters.reviews if row.letter_id == letter.pk],
        "review_form": given.get("review") or _form_of("review", page, letter) if reviewing else None,
        "send_form": given.get("send") or _form_of("send", page, letter) if may_send else None,
        "drop_form": given.get("drop") or _form_of("drop", page, letter)
        if drafts and letter.state in ("draft", "review", "passed")
        else None,
    }


def _common(page: CasePage) -> dict[str, Any]:
    return {"page": page, "case": page.case, "pack": page.pack, "phone": ""}


@in_company_time
@require_GET
def paper(request: HttpRequest, number: str, letter: int) -> HttpResponseBase:
    """The letter as PDF: once sent only ever the bytes that were sent, at the file's own address."""
    page = opened(request, number, now())
    found = _found(page, letter)
    if found.attachment_id:
        return HttpResponseRedirect(reverse("case_file", args=[number, found.attachment_id]))
    try:
        data = lettersheet.as_pdf(page.case, found)
    except NoFont as missing:
        messages.error(request, missing.reason(page.language))
        return HttpResponseRedirect(reverse("case_letter", args=[number, letter]))
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{number} {found.title}.pdf") or ""
    response["Cache-Control"] = "private, no-store"
    return response
