"""A case's page, its act forms and files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kesu.channels.calls.listening import may_hear
from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.files import SHOWN_INLINE, stored
from kesu.complaints.models import Case
from kesu.complaints.proofs import fault_on_disk
from kesu.complaints.queries import cases
from kesu.complaints.queries.case_page import CasePage, open_page
from kesu.complaints.queries.next_step import obstacle, on_the_spot
from kesu.complaints.queries.past_remedies import past_remedies
from kesu.config.now import now
from kesu.customers.phones import spaced
from kesu.improvement.queries.listing import of_case
from kesu.papers.forms import offered
from kesu.papers.telling import because
from kesu.procedure.acts import STEPS
from kesu.procedure.refused import Refused
from kesu.web.case import hands, record
from kesu.web.case.actforms import ACT_FORMS, WITH, DeskForm
from kesu.web.case.clockrows import rows
from kesu.web.case.desk import Desk
from kesu.web.case.findingforms import IN_SECTIONS
from kesu.web.case.findings import findings
from kesu.web.case.findingsviews import openable
from kesu.web.case.hero import ONE_CLICK, button, hero, verb
from kesu.web.case.ledger import balance, ledger
from kesu.web.case.tableform import ActForm
from kesu.web.urgent import urgent
from kesu.web.visits.views import after_saving

View = Callable[..., HttpResponseBase]
REFUSED, FORBIDDEN, CONFLICT = 422, 403, 409
SETTLE = "settle"
UNTIL_HANDLED = [*STEPS][: [*STEPS].index("report")]  # while a danger may still stand
REVEALED = "revealed"  # session key: the case whose number was asked for, shown once


def signed_in(request: HttpRequest) -> Person:
    """Who asks."""
    person = request.user
    assert isinstance(person, Person)  # login_required stands before every view
    return person


def in_company_time(view: View) -> View:
    """Times are read and written on the company's own clock; only for those who are signed in."""

    @login_required
    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(ZoneInfo(signed_in(request).company.zone)):
            return view(request, *args, **kwargs)

    return within


def opened(request: HttpRequest, number: str, at: datetime, *, revealed: bool = False) -> CasePage:
    """The case's page, or 404: a stranger learns nothing. `revealed`: they have just asked for the contact data on record."""
    try:
        return open_page(signed_in(request), number, at, get_language() or "zh-hans", revealed=revealed)
    except Case.DoesNotExist:
        raise Http404 from None


@in_company_time
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The case: what happened, what is mine now, what comes next, what if I don't; below it everything that is known."""
    page = opened(request, number, now(), revealed=request.session.get(REVEALED) == number)
    if request.session.get(REVEALED):
        del request.session[REVEALED]
    head = hero(page)
    return render(request, "web/case/case.html", _shown(request, page) | {"hero": head, "stages": record.stages(page, head.tone)})


def _shown(request: HttpRequest, page: CasePage) -> dict[str, Any]:
    stages, lines = record.stages(page, ""), record.told(page)
    return _common(request, page) | {
        "stage_words": hands.stage_words(page) or record.stage_words(stages, page.case.step),
        "others": [button(page, act) for act in page.next.others if (act in ACT_FORMS or act == "draft_letter") and act not in IN_SECTIONS],
        "found": findings(page),
        "clocks": rows(page),
        "past": page.past,
        "lines": lines[: record.SHOWN],
        "folded": lines[record.SHOWN :],
        "unseen": max(0, page.case.journal_n - len(lines)),
        **hands.shown(page),
        "letters_open": sum(row.open for row in page.letters.rows),
        "offers": (offers := ledger(page)),
        "money": balance(page, offers),
        "people": record.people(page),
        "improvement": of_case(signed_in(request), page.case, page.at),
        "hears": may_hear(signed_in(request), page.case.site_id, page.at),
        "papers": offered(page.pack),
        "may_package": obstacle(page.situation, "package") is None,
        "urgent": urgent(page.pack, page.case.facts, zh=page.language.startswith("zh")) if page.case.step in UNTIL_HANDLED else [],
        "facts": [(fact, page.case.facts[fact.id]) for fact in page.pack.facts if fact.id in page.case.facts],
        "cause_words": next((str(line.entry.data.get("words", "")) for line in lines if line.entry.act == "find_cause"), ""),
        "pause_name": page.pack.label("pauses", page.pause.reason, page.language) if page.pause else "",
        "pack_name": page.pack.pack.name if page.language.startswith("zh") else page.pack.pack.name_en,
        "inline_kinds": SHOWN_INLINE,
    }


def _common(request: HttpRequest, page: CasePage) -> dict[str, Any]:
    """What the page, the act forms and the papers all show."""
    return {
        "page": page,
        "case": page.case,
        "pack": page.pack,
        "phone": spaced(page.case.contact_phone) if page.sight.phone else "",
        "may_reveal": may_reveal(page),
        "because": because(page),
    }


def may_reveal(page: CasePage) -> bool:
    """Whether something of the customer is covered that this person may ask for, on record and with a reason."""
    given = page.case.contact_name or page.case.contact_phone or page.case.home_id
    return bool(given) and not page.sight.whole and not page.sight.secret and obstacle(page.situation, "reveal") is None


@in_company_time
@require_GET
def group(request: HttpRequest, number: str) -> HttpResponse:
    """The group that the case leads or belongs to: its cases and how far each is."""
    page = opened(request, number, now())
    if page.hands.group is None:
        raise Http404
    return render(request, "web/case/group.html", hands.group_context(page) | {"page": page, "case": page.case, "pack": page.pack})


@in_company_time
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the whole contact data once; the journal says who looked, and why."""
    at = now()
    page = opened(request, number, at)
    actions.reveal(signed_in(request), page.case.pk, why=request.POST.get("why", ""), at=at)
    request.session[REVEALED] = page.case.number
    return HttpResponseRedirect(reverse("case", args=[number]))


@in_company_time
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """The form of one act: shown, refused with what was typed kept, or done and back to the case."""
    row, at = ACT_FORMS.get(act), now()
    page = opened(request, number, at)
    if row is None:
        raise Http404
    return _do(request, page, row, at) if request.method == "POST" else _show(request, page, row)


def _show(request: HttpRequest, page: CasePage, row: ActForm) -> HttpResponse:
    hindrance = _hindrance(page, row.act)
    if hindrance:
        status = FORBIDDEN if hindrance.code == "not_allowed" else CONFLICT
        return render(request, "web/case/act.html", _act_context(request, page, row, None) | {"refused": hindrance}, status=status)
    return render(request, "web/case/act.html", _act_context(request, page, row, _form(request, page, row)))


def _hindrance(page: CasePage, act: str) -> Refused | None:
    if act != SETTLE:
        return obstacle(page.situation, act)
    if on_the_spot(page.situation):
        return None
    return Refused("not_now", "这件投诉不能当场办结，要一步一步办", "this cannot be settled on the spot; go step by step")


def _form(request: HttpRequest, page: CasePage, row: ActForm, *, bound: bool = False) -> DeskForm:
    """A fresh form, or one with what was typed."""
    groups = row.groups(Desk(page, signed_in(request), {key: str(value) for key, value in request.GET.items()}))
    form = DeskForm(groups, request.POST, request.FILES, label_suffix="") if bound else DeskForm(groups, label_suffix="")
    form.auto_id = f"{row.act}_%s"
    return form


def _do(request: HttpRequest, page: CasePage, row: ActForm, at: datetime) -> HttpResponse:
    form = _form(request, page, row, bound=True)
    if form.is_valid():
        try:
            with transaction.atomic():
                row.do(signed_in(request), page.case.pk, form.cleaned_data, at)
        except Case.DoesNotExist:
            raise Http404 from None
        except Refused as error:
            form.wrong(error.field, error.reason(page.language))
            refused = None if error.field in form.fields else error
            return _again(request, page, row, form, refused)
        messages.success(request, _("%(act)s：已记下") % {"act": verb(page, row.act)})
        return HttpResponseRedirect(_after(request, page, row.act))
    return _again(request, page, row, form, None)


def _again(request: HttpRequest, page: CasePage, row: ActForm, form: DeskForm, refused: Refused | None) -> HttpResponse:
    """The form once more, with what was typed and why not."""
    fresh = opened(request, page.case.number, page.at)
    return render(request, "web/case/act.html", _act_context(request, fresh, row, form) | {"refused": refused}, status=REFUSED)


def _after(request: HttpRequest, page: CasePage, act: str) -> str:
    """Back to the case; an act that takes it out of sight (sent back) leads to the person's work, a call from the list to the next one."""
    if act == "visit" and request.GET.get("list") == "visits":
        return after_saving(signed_in(request), request.GET, page.case.number, page.at)
    try:
        cases.get(signed_in(request), page.case.number, page.at)
    except Case.DoesNotExist:
        return reverse("work")
    return reverse("case", args=[page.case.number])


def _act_context(request: HttpRequest, page: CasePage, row: ActForm, form: DeskForm | None) -> dict[str, Any]:
    turn = page.next.mine
    binding = turn.clock if turn and turn.act == row.act else None
    other = WITH.get(row.act)
    with_other = other if other and form and _hindrance(page, other) is None else None
    second = _form(request, page, ACT_FORMS[with_other]) if with_other else None
    return _common(request, page) | {
        "act": row.act,
        "verb": verb(page, row.act),
        "hint": row.hint,
        "form": form,
        "has_files": bool(form and form.is_multipart()),
        "clock": page.view(binding),
        "offers": ledger(page)[:1],
        "second": second,
        "second_act": with_other,
        "second_verb": verb(page, with_other) if with_other else "",
        "extensions": [item for item in page.extensions if item.state == "asked"] if "extension" in row.act else [],
        "script": (page.pack.follow_up.script if page.language.startswith("zh") else page.pack.follow_up.script_en)
        if row.act == "visit"
        else [],
        "again": record.again(page) if row.act in ("dispatch", "sign") else None,
        "one_click": row.act in ONE_CLICK,
        "similar_got": past_remedies(signed_in(request), page.case, page.at) if row.act == "propose" else [],
        "prepaid": page.pack.prepaid if row.act == "propose" else None,
    }


@in_company_time
@require_GET
def attachment(request: HttpRequest, number: str, attachment: int) -> HttpResponseBase:
    """A file of the case. Pictures may be shown; everything else is only ever downloaded, and nothing in it runs."""
    found = openable(signed_in(request), number, attachment, now())
    fault = fault_on_disk(found, whole=True)
    if fault:
        return render(request, "web/case/findings_fault.html", {"number": number, "file": found, "fault": fault}, status=CONFLICT)
    content = stored(found.sha256).open("rb")
    response = FileResponse(content, as_attachment=found.kind not in SHOWN_INLINE, filename=found.name, content_type=found.kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400"
    return response
