"""What a customer would be told in a real case: by which means, in both languages, in the very words, and what a text message costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kesu.channels import answering
from kesu.channels.out import means, news, sms, texts
from kesu.channels.out.means import Told
from kesu.channels.out.writing import MUST_ANSWER, language_of, order, quiet_until
from kesu.company.procedures import pack_of
from kesu.complaints.models import Case
from kesu.procedure.telling import CALL, KINDS, PAGE

LANGUAGES = ("zh-hans", "en")
EXAMPLE = ("（要说的话写在这里）", "(what is to be said)")


@dataclass(frozen=True)
class Shown:
    """One message: by `means`, to somebody it reaches or not, in one language; `text` "" where it cannot say this (`lacks`)."""

    means: str
    language: str
    text: str
    reaches: bool
    length: int = 0
    parts: int = 0
    lacks: str = ""


@dataclass(frozen=True)
class Preview:
    """One kind: what would go out first, when, and how each means would put it."""

    kind: str
    first: str
    leaves: datetime
    messages: list[Shown]


def previews(case: Case, at: datetime) -> list[Preview]:
    """All kinds for this case, as they would be written now. Nothing is stored; the secret of the page is covered, as long as it is."""
    return [_kind(case, kind, at) for kind in KINDS]


def _kind(case: Case, kind: str, at: datetime) -> Preview:
    pack, told = pack_of(case.version_id), _told(case, kind, at)
    shown = [one for id in order(case, kind, pack) for language in LANGUAGES if (one := _shown(id, told, language, at))]
    goes = [one.means for one in shown if one.reaches and not one.lacks and one.language == _spoken(case)]
    wished = next((id for id in order(case, kind, pack) if id in (CALL, PAGE)), "")
    nobody = CALL if wished == CALL or (kind in MUST_ANSWER and case.contact_phone) else PAGE
    first = PAGE if pack.telling.silent(kind) or wished == PAGE else (goes[0] if goes else nobody)
    leaves = at if pack.telling.urgent(kind) or first in (CALL, PAGE, "mail") else quiet_until(pack, at)
    return Preview(kind, first, leaves, shown)


def _spoken(case: Case) -> str:
    return LANGUAGES[0] if language_of(case).startswith("zh") else LANGUAGES[1]


def _told(case: Case, kind: str, at: datetime) -> Told:
    """The last real thing of this kind; else its frame with an example."""
    link = _covered(case, news.link_of(case))
    if kind in ("received", "told"):
        pair = news.RECEIVED if kind == "received" else news.RESULT
    elif kind == "notice":
        row = case.customer_notices.order_by("-id").first()
        pair = (row.words, row.words_en) if row else EXAMPLE
    else:
        asked = case.questions.order_by("-id").first()
        pair = tuple(text.replace("{words}", asked.words if asked else own) for text, own in zip(news.ASKED, EXAMPLE, strict=True))  # type: ignore[assignment]
    return Told("preview", case, kind, pair[0], pair[1], at, link)


def _covered(case: Case, text: str) -> str:
    return text.replace(case.token, "•" * len(case.token))


def _reaches(id: str, case: Case, kind: str, at: datetime) -> bool:
    found = means.find(id)
    if found is None:
        return False
    if id == "mail":
        return news.by_mail(case) is not None
    return found.reach(case, kind, at) is not None


def _shown(id: str, told: Told, language: str, at: datetime) -> Shown | None:
    found = means.find(id)
    if found is None:
        return None
    reaches = _reaches(id, told.case, told.kind, at)
    if id == "mail":
        return Shown(id, language, answering.body_of(told, language), reaches)
    if id == sms.ID:
        return _sms(told, language, reaches)
    reach = found.reach(told.case, told.kind, at)
    payload = found.put(told, language, reach.account if reach else None)
    text = _covered(told.case, str(payload.get("text", ""))) if payload else ""
    return Shown(id, language, text, reaches, lacks="" if payload else "template")


def _sms(told: Told, language: str, reaches: bool) -> Shown:
    account = sms.account_for(told.case.company_id, told.case.site_id)
    if account is None:
        return Shown(sms.ID, language, "", False, lacks="account")
    payload = sms.put(told, language, account)
    if payload is None:
        return Shown(sms.ID, language, "", reaches, lacks="template")
    text = _covered(told.case, payload["text"])
    return Shown(sms.ID, language, text, reaches, texts.length_of(text), texts.parts_of(text))


def speaks(case: Case) -> str:
    """The language that this customer is told in."""
    return language_of(case)
