"""Set-up at a glance: what is there, what is missing."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesu.company import actions
from kesu.company.models import ProcedureVersion
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.web.forms_kit import Form, attempt
from kesu.web.setup.frame import setup_page, show
from kesu.web.shell.own import checked_phone
from kesu.web.staff import StaffRequest


class CompanyForm(Form):
    """The company itself."""

    name = forms.CharField(label=gettext_lazy("公司名称"), max_length=120)
    phone = forms.CharField(label=gettext_lazy("客服电话"), max_length=40, required=False)

    def clean_phone(self) -> str:
        return checked_phone(self.cleaned_data["phone"])


@setup_page
def home(request: StaffRequest) -> HttpResponse:
    """What the company has, what nobody does yet; the company's own name and telephone."""
    rights = request.rights
    company = rights.company
    form = CompanyForm(request.POST or None, initial={"name": company.name, "phone": company.phone})
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: actions.edit_company(request.user, **form.cleaned_data, at=now()))
    ):
        messages.success(request, _("存好了"))
        return redirect("setup")
    found = standing(company)
    version = ProcedureVersion.objects.get(pk=found.version_at(now()))
    context = {"form": form, "found": found, "version": version, "gaps": gaps(rights), "next": coming(rights)}
    return show(request, "home", context, "home")


def gaps(rights: Rights) -> list[tuple[str, str]]:
    """(role or site, what is missing): roles that the procedure relies on and nobody holds, by site where they belong to one."""
    found, pack = standing(rights.company), rights.pack
    held = {(grant.role, grant.site_id) for grant in found.grants}
    owing = list(dict.fromkeys(obligation.role for obligation in pack.owed()))
    missing: list[tuple[str, str]] = []
    for role in (row for row in pack.roles if row.id in owing):
        if role.level == "company":
            if not any(name == role.id for name, _site in held):
                missing.append((role.id, ""))
            continue
        missing += [(role.id, site.name) for site in found.sites.values() if not {(role.id, site.pk), (role.id, None)} & held]
    return missing


def coming(rights: Rights) -> ProcedureVersion | None:
    """The next version that has not taken effect."""
    rows = ProcedureVersion.objects.filter(company=rights.company, effective__gt=now().date()).order_by("effective", "id")
    return rows.first()
