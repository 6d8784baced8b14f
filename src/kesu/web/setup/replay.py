"""Set-up: past cases under another version of the procedure. What would have been late, who would have been told; nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy

from kesu.company.models import ProcedureVersion
from kesu.company.procedures import pack_of
from kesu.complaints.models import Case
from kesu.complaints.queries.histories import replay_both, seen_by
from kesu.config.now import now
from kesu.procedure.duewords import moment_words
from kesu.procedure.pack import Pack
from kesu.procedure.packwords import Reader
from kesu.procedure.replaying import Replay, shifts
from kesu.web.forms_kit import Form
from kesu.web.setup.frame import setup_page, show
from kesu.web.staff import StaffRequest

USUAL, MOST = 300, 2000  # cases: some seconds at most
LISTED = 100  # changed limits on the page


class HowMany(Form):
    """How many of the newest cases."""

    cases = forms.IntegerField(
        label=gettext_lazy("最近多少件"),
        min_value=1,
        max_value=MOST,
        help_text=gettext_lazy("从最新的数起，最多 2000 件"),
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST}),
    )


@dataclass(frozen=True)
class Pair:
    """One figure before and after, in words and as two bars (shares of the longest one, in per cent)."""

    name: str
    before: int
    after: int
    owed: tuple[int, int]
    widths: tuple[str, str]


@dataclass(frozen=True)
class Changed:
    """One limit of one case that is late in one version and not in the other."""

    number: str
    name: str
    before: str
    after: str
    now_late: bool


@setup_page
def replay(request: StaffRequest, version: int) -> HttpResponse:
    """The newest cases under any one version of the company's, against the version each was received under."""
    row = ProcedureVersion.objects.defer("text").get(pk=version, company=request.rights.company)
    return show_replay(request, pack_of(row.pk), {"version": row})


def show_replay(request: StaffRequest, pack: Pack, context: dict[str, Any]) -> HttpResponse:
    """The page with this pack as the new one; `context` says what it is the pack of. Only cases that the reader may see count."""
    form = HowMany(request.GET if "cases" in request.GET else {"cases": USUAL})
    more: dict[str, Any] = {"form": form, "most": MOST}
    if form.is_valid():
        at = now()
        newest = list(seen_by(request.user, at).order_by("-received_at", "-id").values_list("pk", flat=True)[: form.cleaned_data["cases"]])
        was, then = replay_both(Case.objects.filter(pk__in=newest), pack, None, at)
        more |= told(was, then, pack, request.rights.pack, ZoneInfo(request.rights.company.zone))
    return show(request, "replay", context | more, "procedure")


def told(was: Replay, then: Replay, new: Pack, old: Pack, zone: ZoneInfo) -> dict[str, Any]:
    """What the page says of two replays. `old` only gives the names of what the new version has no more."""
    language = get_language() or "zh-hans"
    moved = shifts(was, then)

    def words(at: datetime | None) -> str:
        return moment_words(at.astimezone(zone), language) if at else ""

    changed = [
        Changed(row.number, _duty(new, old, row.obligation, language), words(row.before), words(row.after), row.now_late) for row in moved
    ]
    roles = _pairs(was.told, then.told, was.load, then.load, lambda id: _role(new, old, id, language))
    return {
        "told": True,
        "cases": then.cases,
        "unreadable": then.unreadable,
        "late": (len(was.late_cases), len(then.late_cases)),
        "worse": sum(row.now_late for row in changed),
        "better": sum(not row.now_late for row in changed),
        "more_told": [row for row in roles if row.after > row.before],
        "less_told": [row for row in roles if row.after < row.before],
        "duties": _pairs(was.late, then.late, was.owed, then.owed, lambda id: _duty(new, old, id, language)),
        "roles": roles,
        "changed": changed[:LISTED],
        "changed_cases": len({row.number for row in changed}),
        "more_changed": max(len(changed) - LISTED, 0),
    }


def _pairs(was: Counter[str], then: Counter[str], owed_was: Counter[str], owed_then: Counter[str], named: Any) -> list[Pair]:
    """What differs, the greatest difference first."""
    ids: Iterable[str] = [id for id in {**owed_was, **owed_then, **was, **then} if (was[id], owed_was[id]) != (then[id], owed_then[id])]
    longest = max((max(was[id], then[id]) for id in ids), default=0) or 1
    found = [
        Pair(named(id), was[id], then[id], (owed_was[id], owed_then[id]), (_share(was[id], longest), _share(then[id], longest)))
        for id in ids
    ]
    return sorted(found, key=lambda row: (-abs(row.after - row.before), row.name))


def _share(number: int, longest: int) -> str:
    return f"{100 * number / longest:.1f}%"


def _duty(new: Pack, old: Pack, id: str, language: str) -> str:
    row = new.obligation(id) or old.obligation(id)
    return row.label(language) if row else id


def _role(new: Pack, old: Pack, id: str, language: str) -> str:
    return Reader(new if new.find("roles", id) else old, language).names("roles", [id])
