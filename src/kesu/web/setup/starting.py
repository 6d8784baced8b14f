"""First run: one page that founds the company. Once there is a company, the page does not exist."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kesu.company import actions
from kesu.company.models import Company, Person
from kesu.company.procedures import shipped_packs
from kesu.config.now import now
from kesu.procedure.pack import Pack
from kesu.procedure.packfile import load
from kesu.procedure.refused import Refused
from kesu.web.forms_kit import Form, offer, refusal
from kesu.web.middleware import FirstRunMiddleware
from kesu.web.shell.own import checked_phone
from kesu.web.shell.signing import with_choices

BACKEND = "kesu.web.shell.backend.PeopleBackend"
MOST_SITES = 30
ROWS_AT_FIRST = 1


def pack_files() -> dict[str, Path]:
    """The shipped procedures by the name of their file."""
    return {path.stem: path for path in shipped_packs()}


@lru_cache(maxsize=16)
def shipped(stem: str) -> Pack:
    """A shipped procedure, read once. Raises KeyError for one that is not shipped, PackError for one that is wrong."""
    return load(pack_files()[stem]).pack


class CompanyForm(Form):
    """The company, its procedure and its first administrator."""

    name = forms.CharField(label=_("公司名称"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    pack = forms.ChoiceField(label=_("按哪套规程办"), help_text=_("时限、岗位、分级都来自它，以后可以换成自己的。"))
    person_name = forms.CharField(label=_("您的姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    login = forms.CharField(
        label=_("登录名"),
        max_length=60,
        help_text=_("字母、数字，如 wangfang"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=200,
        help_text=_("至少 10 个字符"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "pack", [(stem, shipped(stem).pack.name if _zh() else shipped(stem).pack.name_en) for stem in pack_files()])


class SiteForm(Form):
    """A site and its departments."""

    name = forms.CharField(label=_("名称"), max_length=120, help_text=_("如 云栖里"))
    code = forms.CharField(
        label=_("代号"), max_length=6, help_text=_("写进单号，如 YQL"), widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    phone = forms.CharField(label=_("服务电话"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    departments = forms.MultipleChoiceField(label=_("部门"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, pack: Pack, **kwargs: Any) -> None:
        usual = [row.id for row in pack.departments if row.every_site]
        super().__init__(*args, initial={"departments": usual}, **kwargs)
        offer(self, "departments", [(row.id, row.label(get_language() or "zh")) for row in pack.departments])

    def clean_phone(self) -> str:
        return checked_phone(self.cleaned_data["phone"])


def _zh() -> bool:
    return (get_language() or "zh").startswith("zh")


class Page:
    """The forms of the page together: the company's and one per site."""

    def __init__(self, data: QueryDict | None) -> None:
        self.data = data
        self.stem = self._stem()
        self.pack = shipped(self.stem)
        self.company = CompanyForm(data, initial={"pack": self.stem})
        self.count = self._count()
        same_pack = data is not None and data.get("shown") == self.stem
        self.sites = [
            SiteForm(self._site_data(n, keep=same_pack), prefix=f"site-{n}", pack=self.pack, use_required_attribute=n == 0)
            for n in range(self.count)
        ]

    def _stem(self) -> str:
        files = pack_files()
        asked = self.data.get("pack", "") if self.data else ""
        return asked if asked in files else next(iter(files))

    def _count(self) -> int:
        text = self.data.get("rows", "") if self.data else ""
        count = int(text) if text.isdecimal() else ROWS_AT_FIRST
        if self.data and "more" in self.data:
            count += 1
        return max(1, min(count, MOST_SITES))

    def _site_data(self, n: int, *, keep: bool) -> QueryDict | None:
        """What was typed for the row; a new row, or another procedure's departments, start as the procedure has them."""
        if self.data is None or f"site-{n}-name" not in self.data:
            return None
        data = self.data.copy()
        if not keep:
            data.setlist(f"site-{n}-departments", [row.id for row in self.pack.departments if row.every_site])
        return data

    def filled(self) -> list[SiteForm]:
        """Rows that something was typed into; the first always counts."""
        return [
            form
            for n, form in enumerate(self.sites)
            if n == 0 or (form.is_bound and any(form[name].value() for name in ("name", "code", "phone")))
        ]

    def is_valid(self) -> bool:
        """Whether all forms are, asking each so that all mistakes show at once."""
        return all([self.company.is_valid(), *(form.is_valid() for form in self.filled())])

    def found(self) -> Person | None:
        """Found the company; None when it was refused, with the reason in its form."""
        company, sites = self.company.cleaned_data, [form.cleaned_data for form in self.filled()]
        try:
            return actions.found(
                name=company["name"],
                pack_file=pack_files()[company["pack"]],
                person_name=company["person_name"],
                login=company["login"],
                password=company["password"],
                sites=[actions.NewSite(row["name"], row["code"], row["phone"], row["departments"]) for row in sites],
                at=now(),
            )
        except Refused as error:
            self._place(error)
            return None

    def _place(self, error: Refused) -> None:
        parts = (error.field or "").split("-")
        if len(parts) == 3 and parts[1].isdecimal():
            form = self.filled()[int(parts[1])]
            error.field = parts[2]
            refusal(form, error)
        else:
            refusal(self.company, error)


@never_cache
@sensitive_post_parameters("password")
def start(request: HttpRequest) -> HttpResponse:
    """GET: the empty page. POST: found the company and sign its administrator in; `more` only adds a row."""
    if Company.objects.exists():
        raise Http404
    page = Page(request.POST if request.method == "POST" else None)
    if request.method == "POST" and "more" not in request.POST and request.POST.get("shown") == page.stem and page.is_valid():
        person = page.found()
        if person is not None:
            FirstRunMiddleware.founded = True
            login(request, person, backend=BACKEND)
            return with_choices(redirect("setup"), person)
    if "more" in request.POST:
        _quiet(page)
    return render(request, "web/setup/start.html", {"page": page})


def _quiet(page: Page) -> None:
    """Asking for another row is no reason to be told what is still empty."""
    for form in [page.company, *page.sites]:
        form._errors = {}  # type: ignore[attr-defined]
