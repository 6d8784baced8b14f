"""My account: how I am reached and my password."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from kesu.company import actions
from kesu.company.rights import rights_of
from kesu.config.now import now
from kesu.customers.phones import phone_fault
from kesu.web.forms_kit import Form, attempt
from kesu.web.staff import StaffRequest


def checked_phone(phone: str) -> str:
    """A telephone number that can be called, or nothing. Raises ValidationError in the reader's language."""
    if fault := phone_fault(phone):
        raise forms.ValidationError(fault[0] if (get_language() or "zh").startswith("zh") else fault[1])
    return phone.strip()


class ReachForm(Form):
    """How I am told of things."""

    phone = forms.CharField(
        label=gettext_lazy("电话"), required=False, max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )
    email = forms.CharField(
        label=gettext_lazy("邮箱"), required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    by_email = forms.BooleanField(label=gettext_lazy("通知同时发到邮箱"), required=False)

    def clean_phone(self) -> str:
        return checked_phone(self.cleaned_data["phone"])


class PasswordForm(Form):
    """A new password of one's own."""

    old = forms.CharField(
        label=gettext_lazy("现在的密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=gettext_lazy("新密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("至少 10 个字符"),
    )


@login_required
@sensitive_post_parameters("old", "new")
def me(request: StaffRequest) -> HttpResponse:
    """Two small forms; each is sent by itself."""
    person, which = request.user, request.POST.get("which")
    reach = ReachForm(
        request.POST if which == "reach" else None, initial={"phone": person.phone, "email": person.email, "by_email": person.by_email}
    )
    password = PasswordForm(request.POST if which == "password" else None)
    if which == "reach" and reach.is_valid() and attempt(reach, lambda: actions.change_own(person, **reach.cleaned_data)):
        messages.success(request, _("存好了"))
        return redirect("me")
    if which == "password" and password.is_valid() and attempt(password, lambda: _new_password(request, password)):
        messages.success(request, _("密码改好了，别的设备要重新登录"))
        return redirect("me")
    return render(request, "web/shell/me.html", {"reach": reach, "password": password, "rights": rights_of(person, now())})


def _new_password(request: StaffRequest, form: PasswordForm) -> None:
    person = actions.change_password(request.user, form.cleaned_data["old"], form.cleaned_data["new"])
    update_session_auth_hash(request, person)
