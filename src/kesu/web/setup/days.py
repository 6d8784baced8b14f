"""Set-up: official days off and make-up working days, shipped and entered by the company."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesu.company import actions
from kesu.company.models import OfficialDay
from kesu.company.procedures import official_days
from kesu.complaints.actions.recalculating import recalculate
from kesu.config.now import now
from kesu.procedure.officialdays import EXPECTED
from kesu.procedure.officialdays import OfficialDay as Day
from kesu.web.forms_kit import Form, attempt
from kesu.web.setup.frame import setup_page, show, today
from kesu.web.setup.places import moved_words
from kesu.web.staff import StaffRequest

LARGEST = 200_000  # bytes of a calendar file


class DayForm(Form):
    """One day."""

    day = forms.DateField(label=gettext_lazy("哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(label=gettext_lazy("怎样"), choices=[("off", gettext_lazy("放假")), ("work", gettext_lazy("调休上班"))])
    name = forms.CharField(label=gettext_lazy("为什么"), max_length=60, help_text=gettext_lazy("如 春节"))
    source = forms.CharField(label=gettext_lazy("依据"), max_length=200, required=False, help_text=gettext_lazy("如 国务院办公厅通知"))


class FileForm(Form):
    """A whole year at once."""

    file = forms.FileField(label=gettext_lazy("CSV 文件"), help_text=gettext_lazy("四列：date,kind,name,source；kind 写 off 或 work"))
    until = forms.DateField(
        label=gettext_lazy("公布到哪天为止都已录入"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("如 2027-12-31；不填就只录入这些天"),
    )

    def clean_file(self) -> list[Day]:
        """The rows, or what is wrong beside the field."""
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST:
            raise forms.ValidationError(_("文件太大，一年的放假安排只有几十行"))
        rows: list[Day] = []
        attempt(self, lambda: rows.extend(actions.read_days(sent.read())))
        return rows


@setup_page
def days(request: StaffRequest) -> HttpResponse:
    """A year's calendar; a day more or less; a year from a file."""
    rights = request.rights
    which = request.POST.get("which")
    one = DayForm(request.POST if which == "one" else None)
    file = FileForm(request.POST if which == "file" else None, request.FILES if which == "file" else None)
    confirm = UntilForm(request.POST if which == "until" else None, initial={"until": rights.company.confirmed_until})
    if which and _done(request, which, one, file, confirm):
        messages.success(request, moved_words(recalculate(rights.company.pk, now())))
        return redirect(request.get_full_path())
    calendar = official_days(rights.company.pk, rights.pack.pack.calendar)
    year = _year(request, today(rights).year)
    own = set(OfficialDay.objects.filter(company=rights.company, date__year=year).values_list("date", flat=True))
    rows = [(row, row.date in own) for row in calendar if row.date.year == year]
    context = {
        "rows": rows,
        "year": year,
        "until": calendar.confirmed_until,
        "expected": EXPECTED,
        "one": one,
        "file": file,
        "confirm": confirm,
    }
    present = today(rights).year
    context["years"] = sorted({present - 1, present, present + 1, present + 2, year})
    return show(request, "days", context, "days")


class UntilForm(Form):
    """How far the announced days are entered."""

    until = forms.DateField(
        label=gettext_lazy("到这天为止都已录入"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _year(request: StaffRequest, present: int) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else present


def _done(request: StaffRequest, which: str, one: DayForm, file: FileForm, confirm: UntilForm) -> bool:
    by, at = request.user, now()
    if which == "one":
        return one.is_valid() and attempt(one, lambda: actions.add_days(by, [_day(one)], at))
    if which == "file":
        return file.is_valid() and attempt(file, lambda: _take_file(request, file))
    if which == "until":
        return confirm.is_valid() and attempt(confirm, lambda: actions.confirm_days(by, confirm.cleaned_data["until"], at))
    if which == "drop" and (day := _date(request.POST.get("day", ""))):
        actions.drop_day(by, day, at)
        return True
    return False


def _day(form: DayForm) -> Day:
    data = form.cleaned_data
    return Day(data["day"], data["kind"], data["name"], data["source"])


def _take_file(request: StaffRequest, form: FileForm) -> None:
    actions.add_days(request.user, form.cleaned_data["file"], now())
    if until := form.cleaned_data["until"]:
        actions.confirm_days(request.user, until, now())


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
