"""Set-up: the test bench. A complaint made up on the spot: what would be owed by whom until when under this version, and why then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kesu.company.models import ProcedureVersion, Site
from kesu.company.procedures import pack_of, time_of
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.procedure import bench
from kesu.procedure.acts import ACTS, CUSTOMER, STAFF
from kesu.procedure.duewords import moment_words
from kesu.procedure.instants import TimeRefused
from kesu.procedure.pack import Pack
from kesu.procedure.playing import Course, settled_after
from kesu.procedure.refused import Refused
from kesu.web.forms_kit import Form, offer, refusal
from kesu.web.setup.frame import setup_page, show
from kesu.web.staff import StaffRequest

TYPED = "%Y-%m-%dT%H:%M"
MOST_ACTS = 40
FIELD_OF = {"channels": "channel", "natures": "nature", "grades": "grade", "categories": "category"}  # where the bench's refusals belong


def _moment(label: Any, *, needed: bool = False, hint: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TYPED)
    return forms.DateTimeField(label=label, required=needed, help_text=hint, widget=widget, input_formats=[TYPED, "%Y-%m-%dT%H:%M:%S"])


class TrialForm(Form):
    """The made-up complaint. Plain GET: the address holds it, so it can be sent to somebody else."""

    site = forms.ChoiceField(label=gettext_lazy("哪个服务点"), help_text=gettext_lazy("按它的营业时间算"))
    received = _moment(gettext_lazy("什么时候受理"), needed=True)
    heard = _moment(gettext_lazy("客户什么时候说的"), hint=gettext_lazy("不填就是受理的时候"))
    channel = forms.ChoiceField(label=gettext_lazy("从哪里来"), required=False)
    nature = forms.ChoiceField(label=gettext_lazy("性质"), required=False)
    grade = forms.ChoiceField(label=gettext_lazy("等级"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    wanted = _moment(gettext_lazy("客户要求的日期"))
    facts = forms.MultipleChoiceField(
        label=gettext_lazy("答“是”的问题"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("没选等级时，等级按这些定"),
    )
    acts = forms.CharField(
        label=gettext_lazy("一行一件"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": gettext_lazy("签收 @ 14:40")}),
        help_text=gettext_lazy("做什么 @ 时间。时间写 14:40（受理那天）或 2026-11-21 09:00"),
    )

    def __init__(self, data: Any, pack: Pack, sites: list[Site], zone: ZoneInfo, language: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.pack, self.zone, self.language = pack, zone, language
        offer(self, "site", [(site.pk, site.name) for site in sites])
        for name, table in (("channel", "channels"), ("nature", "natures"), ("grade", "grades"), ("category", "categories")):
            offer(self, name, [("", EMPTY[name]), *((row.id, row.label(language)) for row in getattr(pack, table))])
        offer(self, "facts", [(row.id, row.label(language)) for row in pack.facts])

    def _here(self, name: str) -> datetime | None:
        """What was typed is the company's wall clock."""
        value: datetime | None = self.cleaned_data.get(name)
        return value.replace(tzinfo=self.zone) if value else None

    def trial(self) -> bench.Trial:
        """The complaint of a valid form. Raises Refused beside `acts` for a line that cannot be read."""
        data, received = self.cleaned_data, self._here("received")
        assert received is not None  # the form is valid
        heard = self._here("heard")
        if heard and heard > received:
            raise Refused("order", "客户说起要在受理之前", "the customer is heard before it is received", field="heard")
        return bench.Trial(
            received=received,
            heard=heard,
            channel=data["channel"],
            nature=data["nature"],
            grade=data["grade"],
            categories=tuple(filter(None, [data["category"]])),
            facts=tuple(data["facts"]),
            customer_date=self._here("wanted"),
            acts=tuple(self._acts(data["acts"], received)),
        )

    def _acts(self, text: str, received: datetime) -> Iterator[tuple[str, datetime]]:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > MOST_ACTS:
            raise Refused("many", f"最多 {MOST_ACTS} 行", f"at most {MOST_ACTS} lines", field="acts")
        names = names_of_acts(self.pack)
        for line in lines:
            words, at, time = line.replace("＠", "@").partition("@")
            act = names.get(words.strip().lower(), words.strip())
            if not at or act.partition(":")[0] not in (*ACTS, "event", "fact"):
                raise Refused("act", f"看不懂“{line}”，写成 签收 @ 14:40", f"cannot read “{line}”; write Sign for @ 14:40", field="acts")
            yield act, self._time(time.strip(), line, received)

    def _time(self, time: str, line: str, received: datetime) -> datetime:
        try:
            typed = f"{received:%Y-%m-%d} {time.zfill(5)}" if len(time) <= 5 else time
            at = datetime.fromisoformat(typed).replace(tzinfo=self.zone)
        except ValueError as wrong:
            raise Refused(
                "time", f"“{line}”的时间看不懂，写成 14:40", f"cannot read the time of “{line}”; write 14:40", field="acts"
            ) from wrong
        if at < received:
            raise Refused("order", f"“{line}”在受理之前", f"“{line}” lies before it is received", field="acts")
        return at


EMPTY = {
    "channel": gettext_lazy("不分渠道"),
    "nature": gettext_lazy("还没定"),
    "grade": gettext_lazy("按事实定"),
    "category": gettext_lazy("不分类别"),
}


def names_of_acts(pack: Pack) -> dict[str, str]:
    """What people may write in a line → the mark: ids, the acts' words in both languages, the pack's events."""
    known = {word.lower(): act.name for act in ACTS.values() for word in (act.name, act.zh, act.en)}
    return known | {word.lower(): f"event:{row.id}" for row in pack.events for word in (row.id, row.name, row.name_en)}


@dataclass(frozen=True)
class Shown:
    """One clock as the page shows it."""

    name: str
    role: str
    due: str
    limit: str
    procedure: str
    source: str
    why: list[str]
    told: list[tuple[str, str, str]]  # when, what, who


@setup_page
def trial(request: StaffRequest, version: int) -> HttpResponse:
    """What would be due when under any one version of the company's."""
    rights = request.rights
    row = ProcedureVersion.objects.defer("text").get(pk=version, company=rights.company)
    return show_trial(request, pack_of(row.pk), {"version": row})


def show_trial(request: StaffRequest, pack: Pack, context: dict[str, Any]) -> HttpResponse:
    """The bench with this pack; `context` says what it is the pack of."""
    zone, language = ZoneInfo(request.rights.company.zone), get_language() or "zh-hans"
    sites = list(standing(request.rights.company).sites.values())
    sent = request.GET if "received" in request.GET else None
    form = TrialForm(sent, pack, sites, zone, language, initial={"received": now().astimezone(zone), "nature": pack.nature_default().id})
    found = _tried(form, pack, sites) if form.is_valid() else None
    words = [row.zh if language.startswith("zh") else row.en for row in ACTS.values() if set(row.by) & {STAFF, CUSTOMER}]
    more: dict[str, Any] = {"form": form, "course": found, "pack": pack, "acts": words}
    if found:
        more |= {"clocks": shown(found, language), "grade": found.grade, "nature": found.nature}
    return show(request, "try", context | more, "procedure")


def _tried(form: TrialForm, pack: Pack, sites: list[Site]) -> Course | None:
    """The course, or None with the reason beside the field it concerns."""
    site = next(site for site in sites if str(site.pk) == form.cleaned_data["site"])
    try:
        return bench.tried(pack, partial(time_of, site), form.trial())
    except Refused as error:
        refusal(form, Refused(error.code, error.zh, error.en, field=FIELD_OF.get(error.field or "", error.field)))
    except TimeRefused as error:
        refusal(form, Refused("time", error.reason_zh, error.reason_en, field="received"))
    except OverflowError:
        form.add_error("received", _("这个时间太远，算不了"))
    return None


def shown(course: Course, language: str) -> list[Shown]:
    """The clocks that would run, due first first."""
    until, year = settled_after(course), course.received.year if course.received else 0
    found = []
    for clock, row in zip(course.owed(), bench.shown(course, language), strict=True):
        assert clock.due is not None  # `owed` leaves out the others
        told = [
            (moment_words(datetime.fromisoformat(rung["at"]).astimezone(clock.due.at.tzinfo), language, year), rung["word"], rung["who"])
            for rung in bench.told(course, clock, until, language)
        ]
        due = moment_words(clock.due.at, language, year)
        found.append(Shown(row["name"], row["role_name"], due, row["limit"], row["procedure"], row["source"], row["why_words"], told))
    return found
