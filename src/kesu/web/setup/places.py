"""Set-up: sites, their departments, when they are open."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from kesu.company import actions
from kesu.company.models import Site
from kesu.company.rights import Rights
from kesu.complaints.actions.recalculating import recalculate
from kesu.config.now import now
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused
from kesu.web.forms_kit import Form, attempt, offer
from kesu.web.setup.frame import setup_page, show, today
from kesu.web.shell.own import checked_phone
from kesu.web.staff import StaffRequest

WINDOWS = 3  # stretches a day that the page offers: morning, afternoon, evening
DAYS = 7
CLOCK = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)")


class SiteForm(Form):
    """A site as it is known to customers."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    phone = forms.CharField(label=gettext_lazy("服务电话"), max_length=40, required=False)
    active = forms.BooleanField(label=gettext_lazy("开着，受理新投诉"), required=False, initial=True)

    def clean_phone(self) -> str:
        return checked_phone(self.cleaned_data["phone"])


class NewSiteForm(Form):
    """A new site with its first departments."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    code = forms.CharField(label=gettext_lazy("代号"), max_length=6, help_text=gettext_lazy("写进单号，如 YQL，以后不能改"))
    phone = forms.CharField(label=gettext_lazy("服务电话"), max_length=40, required=False)
    kinds = forms.MultipleChoiceField(label=gettext_lazy("部门"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, pack: Pack, **kwargs: Any) -> None:
        super().__init__(*args, initial={"kinds": [row.id for row in pack.departments if row.every_site]}, **kwargs)
        offer(self, "kinds", [(row.id, row.label(get_language() or "zh")) for row in pack.departments])

    def clean_phone(self) -> str:
        return checked_phone(self.cleaned_data["phone"])


class DepartmentForm(Form):
    """One more department."""

    kind = forms.ChoiceField(label=gettext_lazy("做什么"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120, required=False, help_text=gettext_lazy("空着就用规程里的名称"))

    def __init__(self, *args: Any, pack: Pack, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [(row.id, row.label(get_language() or "zh")) for row in pack.departments])


class SpecialForm(Form):
    """Other hours on one day."""

    day = forms.DateField(label=gettext_lazy("哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    hours = forms.CharField(
        label=gettext_lazy("上班时间"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("如 09:00-12:00，两段用逗号隔开；空着是不上班"),
    )

    def clean_hours(self) -> list[list[int]]:
        """Windows in minutes."""
        parts = [part for part in re.split(r"[,，;；、]", self.cleaned_data["hours"]) if part.strip()]
        return [_window(part) for part in parts]


def _window(text: str) -> list[int]:
    times = re.split(r"[-–—~～至到]", text.strip())
    if len(times) != 2:
        raise forms.ValidationError(_("写成 09:00-12:00"))
    return [_minutes(time) for time in times]


def _minutes(text: str) -> int:
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        raise forms.ValidationError(_("写成 09:00-12:00"))
    return int(found[1]) * 60 + int(found[2])


@setup_page
def sites(request: StaffRequest) -> HttpResponse:
    """Every site with its departments, closed ones last."""
    rights = request.rights
    rows = Site.objects.filter(company=rights.company).prefetch_related("departments").order_by("-active", "code")
    return show(request, "sites", {"sites": rows}, "sites")


@setup_page
def new_site(request: StaffRequest) -> HttpResponse:
    """Open a site with the procedure's usual hours."""
    rights = request.rights
    form = NewSiteForm(request.POST or None, pack=rights.pack)
    made: list[Site] = []
    if form.is_valid() and attempt(form, lambda: made.append(actions.add_site(request.user, **form.cleaned_data, at=now()))):
        messages.success(request, _("开好了，看看上班时间对不对"))
        return redirect("setup_site", site=made[0].pk)
    return show(request, "new_site", {"form": form}, "sites")


@setup_page
def site(request: StaffRequest, site: int) -> HttpResponse:
    """One site: name and telephone, departments, hours of the week, special days. `which` says which form was sent."""
    rights = request.rights
    row = Site.objects.select_related("company").get(pk=site, company=rights.company)
    which = request.POST.get("which")
    page = SitePage(row, rights, which, request.POST)
    if which and page.done(request):
        return redirect("setup_site", site=row.pk)
    return show(request, "site", {"row": row, "page": page, "departments": row.departments.order_by("-active", "id")}, "sites")


class SitePage:
    """The forms of a site's page; only the one that was sent is bound."""

    def __init__(self, row: Site, rights: Rights, which: str | None, data: QueryDict) -> None:
        self.row, self.which, self.data = row, which, data
        self.edit = SiteForm(data if which == "edit" else None, initial={"name": row.name, "phone": row.phone, "active": row.active})
        self.department = DepartmentForm(data if which == "department" else None, pack=rights.pack)
        self.special = SpecialForm(data if which == "special" else None)
        self.other = Form(data if which in ("rename", "drop") else None)
        self.week = Week(row, data if which == "week" else None)
        self.special_days = [(date.fromisoformat(day), windows) for day, windows in sorted(row.special.items())]
        self.past = today(rights) - timedelta(days=31)

    @property
    def special_shown(self) -> list[tuple[date, Any]]:
        """Special days from a month ago on; older ones only matter to what is done."""
        return [row for row in self.special_days if row[0] >= self.past]

    def done(self, request: StaffRequest) -> bool:
        """Whether the act was done; moving clocks with the hours is part of it."""
        acts = {
            "edit": self._edit,
            "department": self._department,
            "rename": self._rename,
            "week": self._week,
            "special": self._special,
            "drop": self._drop,
        }
        return self.which in acts and acts[self.which](request)

    def _edit(self, request: StaffRequest) -> bool:
        form = self.edit
        ok = form.is_valid() and attempt(form, lambda: actions.edit_site(request.user, self.row.pk, **form.cleaned_data, at=now()))
        return ok and _said(request)

    def _department(self, request: StaffRequest) -> bool:
        form = self.department
        ok = form.is_valid() and attempt(form, lambda: actions.add_department(request.user, self.row.pk, **form.cleaned_data, at=now()))
        return ok and _said(request)

    def _rename(self, request: StaffRequest) -> bool:
        form, number = self.other, self.data.get("department", "")
        department = int(number) if number.isdecimal() else 0
        name, active = self.data.get("name", ""), self.data.get("active") == "on"
        ok = attempt(form, lambda: actions.edit_department(request.user, department, name=name, active=active, at=now()))
        return ok and _said(request)

    def _week(self, request: StaffRequest) -> bool:
        ok = self.week.is_valid() and attempt(self.week, lambda: actions.set_hours(request.user, self.row.pk, self.week.windows, now()))  # type: ignore[arg-type]
        return ok and _moved(request, self.row)

    def _special(self, request: StaffRequest) -> bool:
        form = self.special
        ok = form.is_valid() and attempt(
            form, lambda: actions.set_special(request.user, self.row.pk, form.cleaned_data["day"], form.cleaned_data["hours"], now())
        )
        return ok and _moved(request, self.row)

    def _drop(self, request: StaffRequest) -> bool:
        try:
            day = date.fromisoformat(self.data.get("day", ""))
        except ValueError:
            return False
        actions.drop_special(request.user, self.row.pk, day, now())
        return _moved(request, self.row)


def _said(request: StaffRequest) -> bool:
    messages.success(request, _("存好了"))
    return True


def _moved(request: StaffRequest, site: Site) -> bool:
    """Bring open clocks in line with the new hours and say how many moved."""
    count = recalculate(site.company_id, now(), site.pk)
    messages.success(request, moved_words(count))
    return True


def moved_words(count: int) -> str:
    """存好了，3 个在走的时限跟着改了."""
    if not count:
        return _("存好了，在走的时限没有变")
    return ngettext("存好了，%(count)d 个在走的时限跟着改了", "存好了，%(count)d 个在走的时限跟着改了", count) % {"count": count}


class Week(forms.Form):
    """The opening hours of a week: up to three stretches a day, as typed and as minutes."""

    def __init__(self, site: Site, data: QueryDict | None) -> None:
        super().__init__(data)
        self.windows: dict[str, list[list[int]]] = {}
        stored = {int(day): windows for day, windows in site.hours.items()}
        for day in range(DAYS):
            self.fields[f"day-{day}"] = forms.CharField(required=False)
        self.days = [DayRow(self, day, stored.get(day, []), data) for day in range(DAYS)]

    def clean(self) -> dict[str, Any]:
        for day in self.days:
            try:
                self.windows[str(day.n)] = day.windows()
            except forms.ValidationError as error:
                self.add_error(f"day-{day.n}", error)
        return self.cleaned_data

    def refuse(self, error: Refused) -> None:
        """Beside its day."""
        self.add_error(error.field, error.reason(get_language() or "zh-hans"))


class DayRow:
    """One weekday: its name, what stands in the inputs, what is wrong."""

    def __init__(self, form: Week, n: int, stored: list[list[int]], data: QueryDict | None) -> None:
        self._form, self.n = form, n
        self.inputs = [self._input(k, stored, data) for k in range(WINDOWS)]

    def _input(self, k: int, stored: list[list[int]], data: QueryDict | None) -> dict[str, str]:
        names = {"from": f"d{self.n}-{k}-from", "to": f"d{self.n}-{k}-to"}
        if data is not None:
            values = [data.get(names["from"], "").strip(), data.get(names["to"], "").strip()]
        else:
            values = [f"{minute // 60:02}:{minute % 60:02}" for minute in stored[k]] if k < len(stored) else ["", ""]
        return {"from_name": names["from"], "to_name": names["to"], "begins": values[0], "ends": values[1]}

    def windows(self) -> list[list[int]]:
        """The stretches that were filled in. Raises ValidationError for half a stretch."""
        found = []
        for row in self.inputs:
            if row["begins"] or row["ends"]:
                if not (row["begins"] and row["ends"]):
                    raise forms.ValidationError(_("上班和下班都要填"))
                found.append([_minutes(row["begins"]), _minutes(row["ends"])])
        return found

    @property
    def errors(self) -> list[str]:
        return [str(error) for error in self._form.errors.get(f"day-{self.n}", [])] if self._form.is_bound else []
