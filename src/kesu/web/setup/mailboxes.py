"""Set-up: mailboxes, whether they work, and letters to customers that got stuck."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator, MinValueValidator, validate_email
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from kesu.channels import settingup
from kesu.channels.mail import server
from kesu.channels.models import Answer, Mailbox
from kesu.channels.sealing import seal
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.web.forms_kit import Form, attempt, offer
from kesu.web.setup.frame import setup_page, show
from kesu.web.staff import StaffRequest

SECURITIES = [
    ("tls", gettext_lazy("TLS（993）")),
    ("starttls", gettext_lazy("STARTTLS（143）")),
    ("none", gettext_lazy("不加密，只在内网用")),
]
STUCK_SHOWN = 50
KEPT = ("address", "channel", "host", "port", "secured", "login", "folder", "active", "writes")


class MailboxForm(Form):
    """One mailbox. The password is never shown again."""

    address = forms.CharField(label=gettext_lazy("邮箱地址"), max_length=254, validators=[validate_email])
    site = forms.ChoiceField(label=gettext_lazy("来信归哪个服务点"))
    channel = forms.ChoiceField(label=gettext_lazy("来路"), help_text=gettext_lazy("由谁受理、多久回应，按规程里的这一条"))
    host = forms.CharField(
        label=gettext_lazy("收信服务器（IMAP）"), max_length=200, required=False, help_text=gettext_lazy("空着就不去取信，只收推送来的")
    )
    port = forms.IntegerField(label=gettext_lazy("端口"), initial=993, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    secured = forms.ChoiceField(label=gettext_lazy("加密"), choices=SECURITIES)
    login = forms.CharField(label=gettext_lazy("登录名"), max_length=200, required=False)
    password = forms.CharField(
        label=gettext_lazy("密码或授权码"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("加密存放，任何页面和导出都不显示；空着就不改"),
    )
    folder = forms.CharField(label=gettext_lazy("文件夹"), max_length=200, initial="INBOX")
    active = forms.BooleanField(label=gettext_lazy("开着"), required=False, initial=True)
    writes = forms.BooleanField(label=gettext_lazy("收到和有进展时，用这个邮箱回信给客户"), required=False, initial=True)

    def __init__(self, *args: Any, rights: Rights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [(site.pk, site.name) for site in standing(rights.company).sites.values()])
        offer(self, "channel", [(row.id, row.label(get_language() or "zh")) for row in rights.pack.channels if not row.customer])


@setup_page
def mailboxes(request: StaffRequest) -> HttpResponse:
    """Every mailbox with what the server said last, and what got stuck on its way out."""
    if request.method == "POST":
        try:
            settingup.send_again(request.user, int(request.POST.get("again", "0")), now())
        except (Answer.DoesNotExist, ValueError):
            raise Http404 from None
        messages.success(request, _("马上再发一次"))
        return redirect("setup_mailboxes")
    context = {"rows": settingup.mailboxes(request.user), "stuck": settingup.stuck(request.user)[:STUCK_SHOWN]}
    return show(request, "mailboxes", context, "mailboxes")


@setup_page
@sensitive_post_parameters("password")
def new_mailbox(request: StaffRequest) -> HttpResponse:
    """Another one."""
    return _edit(request, Mailbox(company_id=request.user.company_id))


@setup_page
@sensitive_post_parameters("password")
def mailbox(request: StaffRequest, mailbox: int) -> HttpResponse:
    """One that is there."""
    row = settingup.mailboxes(request.user).filter(pk=mailbox).first()
    if row is None:
        raise Http404
    return _edit(request, row)


def _edit(request: StaffRequest, row: Mailbox) -> HttpResponse:
    initial = {name: getattr(row, name) for name in KEPT} | {"site": row.site_id} if row.pk else {}
    form = MailboxForm(request.POST or None, initial=initial, rights=request.rights)
    steps: list[tuple[bool, str]] = []
    if request.method == "POST" and form.is_valid():
        known = Mailbox.objects.get(pk=row.pk) if row.pk else row
        _fill(row, form.cleaned_data)
        password = form.cleaned_data["password"]
        if request.POST.get("do") == "try":
            if password or known.host != row.host:
                row.sealed = seal(password)
            steps = server.tried(row) if row.host else [(False, _("先写上收信服务器"))]
        elif attempt(form, lambda: settingup.save_mailbox(request.user, row, password, now())):
            messages.success(request, _("存好了"))
            return redirect("setup_mailboxes")
    push = request.build_absolute_uri(reverse("push_mail", args=[row.pk])) if row.pk else ""
    secret = settingup.push_secret(row) if row.pk else ""
    return show(request, "mailbox", {"form": form, "row": row, "steps": steps, "push": push, "secret": secret}, "mailboxes")


def _fill(row: Mailbox, data: dict[str, Any]) -> None:
    row.site_id = int(data["site"])
    for name in KEPT:
        setattr(row, name, data[name])
