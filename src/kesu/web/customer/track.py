"""The page behind the customer's secret link: what we promised and how it goes, our reply, the offer, and what they want to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kesu.channels.out.reading import is_program, page_seen
from kesu.channels.out.writing import language_of, wish_of
from kesu.company.procedures import pack_of
from kesu.complaints import actions
from kesu.complaints.actions import links, wishes
from kesu.complaints.files import SHOWN_INLINE, stored
from kesu.complaints.models import Attachment, Case
from kesu.complaints.queries.customer_page import CustomerPage, by_token, open_page
from kesu.complaints.queries.health import visible
from kesu.complaints.queries.kept import granted, open_wishes
from kesu.config.now import now
from kesu.papers.datacopy import zipped
from kesu.procedure.privacy import GIVEN
from kesu.procedure.privacyacts import MATTERS, WISHES
from kesu.procedure.refused import Refused
from kesu.procedure.telling import ANYHOW
from kesu.procedure.telling import WISHES as WISHES_TO_BE_TOLD
from kesu.web.customer.arriving import sent_files
from kesu.web.customer.discreet import discreet
from kesu.web.customer.forms import MOST_FILES, asked_apart, check_count
from kesu.web.customer.links import qr_drawing, tracking_link
from kesu.web.wechat.followers import offered

REFUSED_STATUS = 422
CUSTOMER = "customer"
Doing = Callable[[HttpRequest, Case, datetime], object]


def _words(request: HttpRequest) -> str:
    return request.POST.get("words", "").strip()


def _agree(request: HttpRequest, case: Case, at: datetime) -> object:
    return actions.agree(None, case.pk, words=_words(request), actor=CUSTOMER, at=at)


def _decline(request: HttpRequest, case: Case, at: datetime) -> object:
    return actions.decline(None, case.pk, reason=_words(request), actor=CUSTOMER, at=at)


def _say(request: HttpRequest, case: Case, at: datetime) -> object:
    """A message, the answer to a question, photographs, or both."""
    files = sent_files(request)
    check_count(len(files))
    agreed = [matter for matter, _wording in asked_apart(pack_of(case.version_id)) if matter in request.POST.getlist("consent")]
    question = request.POST.get("question", "")
    for matter in agreed:
        if case.consents.get(matter) != GIVEN:
            actions.ask_consent(None, case.pk, matter=matter, given=True, actor=CUSTOMER, at=at)
    if _words(request) or not (files or agreed):
        answered = int(question) if question.isdecimal() else None
        actions.note(None, case.pk, words=_words(request), actor=CUSTOMER, question_id=answered, at=at)
    for upload in files:
        actions.attach(None, case.pk, upload=upload, health="health" in agreed, actor=CUSTOMER, at=at)
    return None


def _rate(request: HttpRequest, case: Case, at: datetime) -> object:
    chosen = ((name.removeprefix("rate_"), value) for name, value in request.POST.items() if name.startswith("rate_"))
    answers = {rating: int(value) for rating, value in chosen if value in ("0", "1", "2")}
    return actions.rate(case.pk, answers=answers, words=_words(request), at=at)


def _survey(request: HttpRequest, case: Case, at: datetime) -> object:
    chosen = ((name.removeprefix("survey_"), value) for name, value in request.POST.items() if name.startswith("survey_"))
    answers = {asked: int(str(value)) for asked, value in chosen if value in tuple("0123456789")}
    return actions.survey(case.pk, answers=answers, words=_words(request), at=at)


def _reopen(request: HttpRequest, case: Case, at: datetime) -> object:
    return actions.reopen(None, case.pk, reason=_words(request), actor=CUSTOMER, at=at)


def _withdraw(request: HttpRequest, case: Case, at: datetime) -> object:
    return actions.withdraw(None, case.pk, reason=_words(request), actor=CUSTOMER, at=at)


def _ask_data(request: HttpRequest, case: Case, at: datetime) -> object:
    return actions.ask_data(None, case.pk, wish=request.POST.get("wish", ""), words=_words(request), actor=CUSTOMER, at=at)


def _withdraw_consent(request: HttpRequest, case: Case, at: datetime) -> object:
    return actions.withdraw_consent(None, case.pk, matter=request.POST.get("matter", ""), actor=CUSTOMER, at=at)


def _tell_by(request: HttpRequest, case: Case, at: datetime) -> object:
    return wishes.wish(case.pk, tell_by=request.POST.get("tell_by", ""), language=request.POST.get("language", ""), at=at)


def _link_off(request: HttpRequest, case: Case, at: datetime) -> object:
    return links.switch_off(case.pk, at=at)


DOINGS: dict[str, Doing] = {
    "agree": _agree, "decline": _decline, "say": _say, "rate": _rate, "survey": _survey,
    "reopen": _reopen, "withdraw": _withdraw, "link_off": _link_off, "ask_data": _ask_data,
    "withdraw_consent": _withdraw_consent, "tell_by": _tell_by,
}  # fmt: skip


@discreet
def track(request: HttpRequest, token: str) -> HttpResponse:
    """See how it stands, and do what a customer may do: agree or not, answer, rate, complain again, withdraw, switch the link off."""
    at = now()
    if request.method != "POST":
        return _page(request, token, at)
    wish = request.POST.get("do", "")
    doing, case = DOINGS.get(wish), _case(token)
    if doing is None:
        return _page(request, token, at)
    _read(case, at)  # whoever does something here has the page before them
    try:
        doing(request, case, at)
    except Refused as refused:
        return _page(request, token, at, wish=wish, refused=refused)
    if wish == "link_off":
        return render(request, "web/customer/switched_off.html", {"house": case.site.company, "site": case.site, "phone": _phone(case)})
    return redirect(f"{reverse('track', args=[token])}?done={wish}#done")


def _read(case: Case, at: datetime, drawn_at: datetime | None = None) -> None:
    """They have seen what was told, in the language of the page."""
    page_seen(case.pk, at, drawn_at)
    if get_language() == "en":
        wishes.reads(case, "en")


@discreet
@require_POST
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """A person has the page before them: said by its script (with the second in which it was drawn), or by the button where none runs."""
    case, at, drawn = _case(token), now(), request.POST.get("at", "")[:12]
    if not is_program(request.headers.get("User-Agent", "")):
        _read(case, at, datetime.fromtimestamp(int(drawn), UTC) if drawn.isdecimal() else None)
    return HttpResponse(status=204) if drawn else redirect(f"{reverse('track', args=[token])}?done=seen#done")


@discreet
@require_GET
def filed(request: HttpRequest, token: str) -> HttpResponse:
    """Right after filing: the number, the link to keep, and its QR code."""
    page = _open(token, now())
    link = tracking_link(request, page.case)
    return render(request, "web/customer/filed.html", _context(page) | {"link": link, "qr": qr_drawing(link)})


@discreet
@require_GET
def photo(request: HttpRequest, token: str, file: int) -> FileResponse:
    """A file that the customer may see. Pictures open in the page, everything else is downloaded; nothing in it may run."""
    try:
        found = Attachment.objects.get(case=(case := by_token(token)), pk=file, for_customer=True)
        if not visible([found], case, pack_of(case.version_id)):
            raise Attachment.DoesNotExist
        opened = stored(found.sha256).open("rb")
    except (Case.DoesNotExist, Attachment.DoesNotExist, FileNotFoundError) as nowhere:
        raise Http404 from nowhere
    answer = FileResponse(opened, content_type=found.kind, as_attachment=found.kind not in SHOWN_INLINE, filename=found.name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _page(request: HttpRequest, token: str, at: datetime, *, wish: str = "", refused: Refused | None = None) -> HttpResponse:
    page = _open(token, at)
    typed = _words(request) if refused else ""
    told: dict[str, object] = {
        "in_wechat": offered(request, page.case),
        "drawn_at": int(at.timestamp()),
        "done": _thanks(request.GET.get("done", "")),
        "wish": wish,
        "refused": refused,
        "typed": typed,
    }
    if refused:
        told["reason"] = refused.reason(get_language() or "zh-hans")
        told["question_id"] = request.POST.get("question", "")
        told["rated_as"] = {name: value for name, value in request.POST.items() if name.startswith("rate_")}
        told["surveyed_as"] = {name: value for name, value in request.POST.items() if name.startswith("survey_")}
    return render(request, "web/customer/track.html", _context(page) | told, status=REFUSED_STATUS if refused else 200)


def _thanks(wish: str) -> str:
    said = {
        "agree": _("您已同意。下面是答应您的时间。"),
        "decline": _("知道了，我们重新商量，再答复您。"),
        "say": _("收到了，办这件事的人会看到。"),
        "seen": _("知道您看过了。"),
        "rate": _("谢谢您的评价。"),
        "survey": _("谢谢，您的回答收到了。不满意的，我们换人重新办。"),
        "reopen": _("收到了，我们重新办。"),
        "withdraw": _("已撤回。以后还有事，随时找我们。"),
        "tell_by": _("记住了，以后这样通知您。"),
        "withdraw_consent": _("已撤回同意。标为健康资料的，从现在起不再给人看。"),
        "ask_data": _("收到了，我们在时限内答复您。"),
        "followed": _("好了，有进展在微信里告诉您。"),
    }
    return said.get(wish, "")


def _context(page: CustomerPage) -> dict[str, object]:
    case = page.case
    wished = wish_of(case)
    zh = (get_language() or "zh-hans").startswith("zh")
    ratings = [
        {
            "id": row.id,
            "question": row.question if zh else row.question_en,
            "choices": list(enumerate(row.choices if zh else row.choices_en)),
            "given": page.rated.answers.get(row.id) if page.rated else None,
        }
        for row in page.pack.ratings
    ]
    return {
        "page": page,
        "case": case,
        "house": case.site.company,
        "site": case.site,
        "phone": _phone(case),
        "ratings": ratings,
        "survey": _asked(page, "zh-hans" if zh else "en"),
        "wishes": _wishes(page, zh),
        "consents": [(matter, words, False) for matter, words in asked_apart(page.pack, "zh-hans" if zh else "en")],
        "consented": [(key, said[0 if zh else 1]) for key, said in MATTERS.items() if case.consents.get(key) == GIVEN],
        "tell_by": [(key, said[0 if zh else 1], key == wished) for key, said in [("", ANYHOW), *WISHES_TO_BE_TOLD.items()]],
        "speaks": language_of(case),
        "has_copy": granted(case, "access"),
        "most_files": MOST_FILES,
        "shown_inline": SHOWN_INLINE,
    }


def _wishes(page: CustomerPage, zh: bool) -> list[tuple[str, str, bool]]:
    """(key, what it is, whether it was asked and waits for our answer)."""
    waiting = open_wishes(page.case)
    return [(key, said[0 if zh else 1], key in waiting) for key, said in WISHES.items()]


@discreet
@require_GET
def copy(request: HttpRequest, token: str) -> HttpResponse:
    """What is held about the customer of this complaint, once that was granted: one ZIP, of data and their own files."""
    case = _case(token)
    if not granted(case, "access"):
        raise Http404
    answer = HttpResponse(zipped(case), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{case.number}.zip"'
    return answer


def _asked(page: CustomerPage, language: str) -> list[dict[str, object]]:
    """The follow-up's questions with the scale, and what was answered."""
    rule, given = page.pack.follow_up.survey, page.surveyed.answers if page.surveyed else {}
    choices = list(enumerate(rule.choices(language)))
    return [{"id": row.id, "question": row.label(language), "choices": choices, "given": given.get(row.id)} for row in rule.questions]


def _phone(case: Case) -> str:
    return case.site.phone or case.site.company.phone


def _case(token: str) -> Case:
    try:
        return by_token(token)
    except Case.DoesNotExist as stranger:
        raise Http404 from stranger


def _open(token: str, at: datetime) -> CustomerPage:
    try:
        return open_page(token, at, get_language() or "zh-hans")
    except Case.DoesNotExist as stranger:
        raise Http404 from stranger
