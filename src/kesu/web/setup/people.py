"""Set-up: people, what they may do where, their passwords."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from kesu.company import actions
from kesu.company.models import Grant, Person
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.complaints.models import Clock
from kesu.config.now import now
from kesu.web.forms_kit import Form, attempt, offer
from kesu.web.setup.frame import setup_page, show
from kesu.web.shell.own import checked_phone
from kesu.web.staff import StaffRequest


class PersonForm(Form):
    """Who somebody is and how they are reached."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    login = forms.CharField(label=gettext_lazy("登录名"), max_length=60, help_text=gettext_lazy("字母、数字，如 wangfang"))
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=40, required=False)
    email = forms.CharField(label=gettext_lazy("邮箱"), max_length=254, required=False)
    by_email = forms.BooleanField(label=gettext_lazy("通知同时发到邮箱"), required=False, initial=True)

    def clean_phone(self) -> str:
        return checked_phone(self.cleaned_data["phone"])

    def given(self) -> actions.Particulars:
        """What was typed, without the login."""
        data = self.cleaned_data
        return actions.Particulars(data["name"], data["phone"], data["email"], data["by_email"])


class NewPersonForm(PersonForm):
    """The same with a first password, handed over in person."""

    password = forms.CharField(
        label=gettext_lazy("初始密码"),
        strip=False,
        max_length=200,
        help_text=gettext_lazy("至少 10 个字符，当面交给本人，本人可以在“我的账号”里改"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class PasswordForm(Form):
    """A new password for somebody who has forgotten theirs."""

    password = forms.CharField(
        label=gettext_lazy("新密码"), strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class GrantForm(Form):
    """A role and where it counts; the procedure says on which level each role is given."""

    role = forms.ChoiceField(label=gettext_lazy("岗位"))
    place = forms.ChoiceField(label=gettext_lazy("在哪里"), required=False)

    def __init__(self, *args: Any, rights: Rights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found, language = standing(rights.company), get_language() or "zh-hans"
        offer(self, "role", [("", _("选一个")), *((row.id, row.label(language)) for row in rights.pack.roles)])
        departments = [
            (f"d{row.pk}", f"{found.sites[row.site_id].name} {row.name}")
            for row in found.departments.values()
            if row.site_id in found.sites
        ]
        sites = [(f"s{row.pk}", row.name) for row in found.sites.values()]
        offer(self, "place", [("", _("全公司")), (_("服务点"), sites), (_("部门"), departments)])

    def where(self) -> dict[str, int | None]:
        """site_id and department_id as chosen."""
        place = self.cleaned_data["place"]
        return {"site_id": int(place[1:]) if place[:1] == "s" else None, "department_id": int(place[1:]) if place[:1] == "d" else None}


@setup_page
def people(request: StaffRequest) -> HttpResponse:
    """Everybody, with their roles; those who have left at the end."""
    rights = request.rights
    grants: dict[int, list[Grant]] = {}
    for grant in Grant.objects.filter(person__company=rights.company).select_related("site", "department").order_by("id"):
        grants.setdefault(grant.person_id, []).append(grant)
    rows = [
        (person, grants.get(person.pk, [])) for person in Person.objects.filter(company=rights.company).order_by("-is_active", "name", "id")
    ]
    here = [row for row in rows if row[0].is_active]
    return show(request, "people", {"here": here, "gone": [row for row in rows if not row[0].is_active]}, "people")


@setup_page
@sensitive_post_parameters("password")
def new_person(request: StaffRequest) -> HttpResponse:
    """Take somebody on; then their page asks for a role."""
    form = NewPersonForm(request.POST or None)
    made: list[Person] = []
    if form.is_valid() and attempt(form, lambda: made.append(_add(request, form))):
        messages.success(request, _("加好了，再给一个岗位"))
        return redirect("setup_person", person=made[0].pk)
    return show(request, "new_person", {"form": form}, "people")


def _add(request: StaffRequest, form: NewPersonForm) -> Person:
    data = form.cleaned_data
    return actions.add_person(request.user, login=data["login"], given=form.given(), password=data["password"], at=now())


@setup_page
@sensitive_post_parameters("password")
def person(request: StaffRequest, person: int) -> HttpResponse:
    """One person: particulars, roles, password, leaving. Each form is sent by itself; `which` says which."""
    rights = request.rights
    row = Person.objects.get(pk=person, company=rights.company)
    which = request.POST.get("which")
    shown = {"name": row.name, "login": row.login, "phone": row.phone, "email": row.email, "by_email": row.by_email}
    edit = PersonForm(request.POST if which == "edit" else None, initial=shown)
    grant = GrantForm(request.POST if which == "grant" else None, rights=rights)
    password = PasswordForm(request.POST if which == "password" else None)
    leave = Form(request.POST if which in ("dismiss", "reinstate", "revoke") else None)
    if which and _done(request, row, which, {"edit": edit, "grant": grant, "password": password}.get(which, leave)):
        messages.success(request, _("存好了"))
        return redirect("setup_person", person=row.pk)
    grants = Grant.objects.filter(person=row).select_related("site", "department").order_by("id")
    context = {"row": row, "edit": edit, "grant": grant, "password": password, "leave": leave, "grants": grants, "owes": owes(row)}
    return show(request, "person", context, "people")


def owes(person: Person) -> int:
    """How many limits run on this person's own name: to be handed over before they leave."""
    return Clock.objects.filter(person=person, state__in=["running", "paused"]).count()


def _done(request: StaffRequest, row: Person, which: str, form: Any) -> bool:
    by, at = request.user, now()
    acts = {
        "edit": lambda: actions.edit_person(by, row.pk, login=form.cleaned_data["login"], given=form.given(), at=at),
        "grant": lambda: actions.grant(by, row.pk, role=form.cleaned_data["role"], **form.where(), at=at),
        "password": lambda: actions.set_password(by, row.pk, form.cleaned_data["password"], at),
        "revoke": lambda: actions.revoke(by, _number(request.POST.get("grant", "")), at),
        "dismiss": lambda: actions.dismiss(by, row.pk, at),
        "reinstate": lambda: actions.reinstate(by, row.pk, at),
    }
    return which in acts and form.is_valid() and attempt(form, acts[which])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
