"""A case's letters: what there is, what may be done with each, and what the case says for the places open in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kesu.complaints.actions.findings import FINDINGS
from kesu.complaints.models import AgreedAction, Case, CaseItem, Extension, Handover, JournalEntry, Letter, LetterReview
from kesu.complaints.queries.customer_page import promised
from kesu.procedure.letterwords import reviewer
from kesu.procedure.money import in_yuan
from kesu.procedure.pack import Pack
from kesu.procedure.remedies import money_owed, promised_words

if TYPE_CHECKING:
    from kesu.complaints.queries.situation import Situation

WRITTEN = "draft_letter"  # the mark that says whether there ever was one
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


@dataclass
class Letters:
    """The letters of a case, with the versions handed in for review."""

    rows: list[Letter] = field(default_factory=list)
    reviews: list[LetterReview] = field(default_factory=list)

    def waiting(self, letter: Letter) -> LetterReview | None:
        """The version of it that waits for an answer."""
        return next((row for row in self.reviews if row.letter_id == letter.pk and not row.answer), None)

    @property
    def work(self) -> bool:
        """Whether somebody has something to do with one of them."""
        return any(row.open for row in self.rows)


def letters_of(case: Case) -> Letters:
    """No query where no letter was ever written."""
    if WRITTEN not in case.whole_marks:
        return Letters()
    rows = list(Letter.objects.filter(case=case).select_related("by", "sent_by", "attachment"))
    return Letters(rows, list(LetterReview.objects.filter(case=case).select_related("by", "asked_by")))


def address_of(case: Case) -> str:
    """The customer's e-mail address as far as it stands among the ways to reach them; "" where there is none."""
    found = ADDRESS.search(case.reach)
    return found[0] if found else ""


# What may be done now


def mine_to_review(now: Situation) -> list[Letter]:
    """Letters that wait for this person's word (the rule of actions.lettering)."""
    rows = [(letter, now.letters.waiting(letter)) for letter in now.letters.rows if letter.state == "review"]
    return [
        letter
        for letter, review in rows
        if review and now.me not in letter.writers and now.rights.holds(review.role, site_id=now.case.site_id)
    ]


def to_send(now: Situation) -> list[Letter]:
    """Letters that may go out as they stand."""
    return [letter for letter in now.letters.rows if ready(now.pack, now.case, letter)]


def ready(pack: Pack, case: Case, letter: Letter) -> bool:
    """Whether the procedure lets this version go out now."""
    row = pack.find("letters", letter.kind)
    if letter.state == "draft":
        return row is not None and not reviewer(row, case.grade)
    return letter.state == "passed" or letter.mail == "failed"


def _unless(test: Callable[[Situation], object], zh: str, en: str) -> Callable[[Situation], tuple[str, str] | None]:
    return lambda now: None if test(now) else (zh, en)


LETTER_OBSTACLES = {
    "draft_letter": _unless(lambda now: now.pack.letters, "规程没有写信函", "the procedure knows no letters"),
    "pass_letter": _unless(mine_to_review, "没有等您审的信", "no letter waits for your review"),
    "return_letter": _unless(mine_to_review, "没有等您审的信", "no letter waits for your review"),
    "send_letter": _unless(to_send, "没有可以发的信", "no letter may go out"),
}


# What the case says


def facts(case: Case, pack: Pack, at: datetime, language: str) -> dict[str, str]:
    """Placeholder → what the case says for it; "" where it says nothing yet. About ten small queries."""
    zh = language.startswith("zh")
    items = list(CaseItem.objects.filter(case=case))
    longer = Extension.objects.filter(case=case, state="granted").select_related("clock").order_by("-id").first()
    handed = Handover.objects.filter(case=case).order_by("-at", "-id").first() if "hand_outside" in case.whole_marks else None
    day = _Days(case.site.company.zone, zh)
    return {
        "customer": case.contact_name,
        "number": case.number,
        "company": case.site.company.name,
        "site": case.site.name,
        "phone": case.site.phone or case.site.company.phone,
        "heard": day.day(case.heard_at),
        "matters": _lines(item.words for item in items),
        "finding": _findings(items, zh),
        "cause": pack.label("causes", case.cause, language) if case.cause else "",
        "remedy": _remedies(case, pack, language, day),
        "money": _money(case, pack, zh),
        "promise": _promise(case, pack, at, language, day),
        "first_date": day.until(longer.clock.first_due_at) if longer else "",
        "new_date": day.until(longer.new_due) if longer else "",
        "reason": _reason(case, longer, handed),
        "routes": _lines(pack.pack.routes if zh else pack.pack.routes_en or pack.pack.routes),
        "body": " ".join(filter(None, [pack.label("outside", handed.body, language), handed.name])) if handed else "",
        "body_number": handed.number if handed else "",
    }


@dataclass(frozen=True)
class _Days:
    """Days and hours as a letter says them: whole, so that they are understood next month."""

    zone: str
    zh: bool

    def day(self, at: datetime | None) -> str:
        if at is None:
            return ""
        there = at.astimezone(ZoneInfo(self.zone))
        return f"{there.year} 年 {there.month} 月 {there.day} 日" if self.zh else f"{there.day} {there:%B %Y}"

    def until(self, at: datetime) -> str:
        there = at.astimezone(ZoneInfo(self.zone))
        return f"{self.day(at)} {there:%H:%M}"


def _lines(rows: Iterable[str]) -> str:
    said = list(rows)
    return said[0] if len(said) == 1 else "\n".join(f"{n}. {row}" for n, row in enumerate(said, 1))


def _findings(items: list[CaseItem], zh: bool) -> str:
    found = [item for item in items if item.finding in FINDINGS]
    stop, colon = ("。", "：") if zh else (".", ": ")
    said = [FINDINGS[item.finding][0 if zh else 1] + (f"{colon}{item.reason.rstrip(stop)}" if item.reason else "") + stop for item in found]
    return _lines(said) if said else ""


def _agreed(case: Case) -> list[AgreedAction]:
    return list(AgreedAction.objects.filter(case=case, agreed_at__isnull=False, proposal__round=case.round).order_by("proposal_id", "n"))


def _remedies(case: Case, pack: Pack, language: str, day: _Days) -> str:
    """What was agreed and done, with sums that go to the customer; never what work costs the company."""
    said, zh = [], language.startswith("zh")
    for row in _agreed(case):
        what = promised_words(pack, row.what, row.remedy, row.cost, row.payer, language)
        if row.done_at:
            said.append(f"{what}，{day.day(row.done_at)}已办好" if zh else f"{what}, done on {day.day(row.done_at)}")
        elif row.due_at:
            said.append(f"{what}，{day.until(row.due_at)} 前办好" if zh else f"{what}, by {day.until(row.due_at)}")
        else:
            said.append(what)
    return _lines(said) if said else ""


def _money(case: Case, pack: Pack, zh: bool) -> str:
    """The money that goes to the customer."""
    fen = sum(money_owed(pack, row.remedy, row.cost, row.payer) for row in _agreed(case))
    return (f"{in_yuan(fen)} 元" if zh else f"{in_yuan(fen)} yuan") if fen else ""


def _promise(case: Case, pack: Pack, at: datetime, language: str, day: _Days) -> str:
    """By when there is a result: the last promise that is still open."""
    due = [row.due_at for row in promised(case, pack, at, language) if row.state == "now" and row.due_at]
    if not due:
        return ""
    return f"{day.until(max(due))} 前" if day.zh else f"by {day.until(max(due))}"


def _reason(case: Case, longer: Extension | None, handed: Handover | None) -> str:
    """What was last said of why: not accepted, longer, handed on."""
    said = JournalEntry.objects.filter(case=case, act="unfound").order_by("-n").first() if case.outcome == "unfounded" else None
    if said:
        return str(said.data.get("reason", ""))
    if longer:
        return longer.told
    said = JournalEntry.objects.filter(case=case, act="hand_outside").order_by("-n").first() if handed else None
    return str(said.data.get("words", "")) if said else ""


__all__ = ["Letters", "address_of", "facts", "letters_of", "mine_to_review", "ready", "to_send"]
