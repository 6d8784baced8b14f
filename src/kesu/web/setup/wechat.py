"""Set-up: WeChat official accounts, and whether they work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from kesu.channels.wechat import settingup
from kesu.channels.wechat.models import OfficialAccount
from kesu.channels.wechat.sending import VALUES
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.procedure.telling import KINDS
from kesu.web.customer.links import outside
from kesu.web.forms_kit import Form, attempt, dress, offer
from kesu.web.setup.frame import setup_page, show
from kesu.web.staff import StaffRequest

MODES = [("safe", gettext_lazy("安全模式")), ("both", gettext_lazy("兼容模式")), ("plain", gettext_lazy("明文模式（不建议）"))]
WAYS = [("template", gettext_lazy("模板消息")), ("subscribe", gettext_lazy("订阅通知"))]
KEPT = ("name", "app_id", "origin", "mode", "channel", "active")
SECRETS = ("token", "key", "secret")


class AccountForm(Form):
    """One official account. Its secrets are never shown again."""

    name = forms.CharField(label=gettext_lazy("公众号名称"), max_length=60)
    site = forms.ChoiceField(label=gettext_lazy("投诉归哪个服务点"))
    channel = forms.ChoiceField(label=gettext_lazy("来路"), help_text=gettext_lazy("由谁受理、多久回应，按规程里的这一条"))
    app_id = forms.CharField(label="AppID", max_length=40)
    origin = forms.CharField(label=gettext_lazy("原始 ID"), max_length=40, help_text=gettext_lazy("gh_ 开头，发给别的公众号的消息不收"))
    mode = forms.ChoiceField(label=gettext_lazy("消息加解密方式"), choices=MODES, help_text=gettext_lazy("和公众平台里选的一样"))
    token = forms.CharField(label=gettext_lazy("令牌（Token）"), max_length=32, required=False, help_text=gettext_lazy("空着就不改"))
    key = forms.CharField(label="EncodingAESKey", max_length=43, required=False, help_text=gettext_lazy("空着就不改"))
    secret = forms.CharField(
        label="AppSecret",
        max_length=100,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("加密存放，任何页面和导出都不显示；空着就不改"),
    )
    active = forms.BooleanField(label=gettext_lazy("开着"), required=False, initial=True)

    def __init__(self, *args: Any, rights: Rights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh"
        offer(self, "site", [(site.pk, site.name) for site in standing(rights.company).sites.values()])
        none = [] if self.initial.get("channel") else [("", _("请选择"))]
        offer(self, "channel", none + [(row.id, row.label(language)) for row in rights.pack.channels if not row.customer])
        for kind in KINDS:
            self.fields[f"how_{kind}"] = forms.ChoiceField(label=_("怎么发"), choices=WAYS, required=False)
            self.fields[f"id_{kind}"] = forms.CharField(label=_("模板编号"), max_length=80, required=False)
            self.fields[f"fields_{kind}"] = forms.CharField(label=_("字段"), max_length=300, required=False)
            for name in ("how", "id", "fields"):
                dress(self.fields[f"{name}_{kind}"])

    def templates(self) -> dict[str, dict[str, Any]]:
        """What was entered for each kind of message; kinds left empty have none."""
        data = self.cleaned_data
        rows = {
            kind: {"how": data[f"how_{kind}"], "id": data[f"id_{kind}"].strip(), "fields": settingup.mapping(data[f"fields_{kind}"])}
            for kind in KINDS
        }
        return {kind: row for kind, row in rows.items() if row["id"] or row["fields"]}

    def rows(self) -> list[dict[str, Any]]:
        """The kinds of messages with their fields, for the page."""
        zh = (get_language() or "zh").startswith("zh")
        names = ("how", "id", "fields")
        return [{"name": pair[0 if zh else 1], **{name: self[f"{name}_{kind}"] for name in names}} for kind, pair in KINDS.items()]


@setup_page
def accounts(request: StaffRequest) -> HttpResponse:
    """Every account with what WeChat said last."""
    return show(request, "wechat_accounts", {"rows": settingup.accounts(request.user)}, "wechat")


@setup_page
@sensitive_post_parameters(*SECRETS)
def new_account(request: StaffRequest) -> HttpResponse:
    """Another one."""
    return _edit(request, OfficialAccount(company=request.user.company))


@setup_page
@sensitive_post_parameters(*SECRETS)
def account(request: StaffRequest, official: int) -> HttpResponse:
    """One that is there."""
    row = settingup.accounts(request.user).filter(pk=official).first()
    if row is None:
        raise Http404
    return _edit(request, row)


def _edit(request: StaffRequest, row: OfficialAccount) -> HttpResponse:
    form = AccountForm(request.POST or None, initial=_initial(row), rights=request.rights)
    steps: settingup.Steps = []
    at = now()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        for name in KEPT:
            setattr(row, name, data[name].strip() if isinstance(data[name], str) else data[name])
        row.site_id, row.templates = int(data["site"]), form.templates()
        settingup.fill(row, **{name: data[name] for name in SECRETS})
        if request.POST.get("do") == "try":
            steps = settingup.tried(row, at, get_language() or "zh")
        elif attempt(form, lambda: settingup.save(request.user, row, at)):
            messages.success(request, _("存好了"))
            return redirect("setup_wechat_account", row.pk)
    context = {"form": form, "row": row, "steps": steps, "values": VALUES, **_addresses(request, row)}
    return show(request, "wechat_account", context, "wechat")


def _initial(row: OfficialAccount) -> dict[str, Any]:
    if not row.pk:
        token, key = settingup.made_up()
        return {"token": token, "key": key}
    found: dict[str, Any] = {name: getattr(row, name) for name in KEPT} | {"site": row.site_id}
    for kind, one in row.templates.items():
        found |= {f"how_{kind}": one["how"], f"id_{kind}": one["id"], f"fields_{kind}": settingup.written(one["fields"])}
    return found


def _addresses(request: HttpRequest, row: OfficialAccount) -> dict[str, str]:
    """What is entered in WeChat's console, and put into the account's menu."""
    if not row.pk:
        return {}
    hook, page = outside(request, reverse("wechat_hook", args=[row.pk])), outside(request, reverse("wx", args=[row.pk]))
    return {"hook": hook, "page": page, "host": hook.partition("://")[2].partition("/")[0]}
