"""Set-up: accounts for text messages, robots of work chats, what they say, how it would look in a real case, and a try of each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kesu.channels.models import OutAccount
from kesu.channels.out import accounts as acting
from kesu.channels.out import means as known_means
from kesu.channels.out import preview, reports, robots, sms, texts
from kesu.channels.out.writing import wish_of
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.complaints.models import Case
from kesu.complaints.queries import cases
from kesu.config.now import now
from kesu.procedure.refused import Refused
from kesu.procedure.telling import KINDS, WISHES
from kesu.web.forms_kit import Form, attempt, offer, refusal
from kesu.web.setup.frame import setup_page, show
from kesu.web.staff import StaffRequest

LANGUAGES = [("zh-hans", gettext_lazy("中文")), ("en", gettext_lazy("英文"))]
SMS_SETTINGS = ("key_id", "sign", "app_id", "region")


class AccountForm(Form):
    """What both kinds have."""

    name = forms.CharField(label=gettext_lazy("叫什么"), max_length=60)
    site = forms.ChoiceField(label=gettext_lazy("给哪个服务点用"), required=False)
    active = forms.BooleanField(label=gettext_lazy("启用"), required=False)

    def __init__(self, *args: Any, rights: Rights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = standing(rights.company)
        offer(self, "site", [("", _("全部")), *((str(site.pk), site.name) for site in found.sites.values())])
        if "department" in self.fields:
            rows = sorted(found.departments.values(), key=lambda row: (row.site_id, row.pk))
            names = [(str(row.pk), f"{found.sites[row.site_id].name} {row.name}") for row in rows if row.site_id in found.sites]
            offer(self, "department", [("", _("全部")), *names])


def _secret(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=hint,
    )


class SmsForm(AccountForm):
    """An account for text messages. The secret is never shown again."""

    provider = forms.ChoiceField(label=gettext_lazy("哪一家"))
    key_id = forms.CharField(label=gettext_lazy("AccessKey ID 或 SecretId"), max_length=120)
    secret = _secret(gettext_lazy("AccessKey Secret 或 SecretKey"), gettext_lazy("加密存放，哪里都不显示；空着就不改"))
    sign = forms.CharField(label=gettext_lazy("短信签名"), max_length=40, help_text=gettext_lazy("不写括号，如 和檐物业"))
    app_id = forms.CharField(label=gettext_lazy("SdkAppId（只腾讯云）"), max_length=40, required=False)
    region = forms.CharField(label=gettext_lazy("地域（只腾讯云）"), max_length=40, required=False, initial="ap-guangzhou")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zh = (get_language() or "zh").startswith("zh")
        offer(self, "provider", [(id, pair[0 if zh else 1]) for id, pair in sms.PROVIDERS.items()])


class RobotForm(AccountForm):
    """A robot of a group."""

    department = forms.ChoiceField(label=gettext_lazy("只报哪个部门的"), required=False)
    address = _secret(gettext_lazy("Webhook 地址"), gettext_lazy("群里加机器人时给的，整个粘贴；加密存放，空着就不改"))
    secret = _secret(gettext_lazy("加签密钥"), gettext_lazy("钉钉、飞书的安全设置选签名，把密钥填在这里；企业微信没有"))
    language = forms.ChoiceField(label=gettext_lazy("用什么文字"), choices=LANGUAGES)


@setup_page
def accounts(request: StaffRequest) -> HttpResponse:
    """All of them, and what is wrong with which."""
    language = get_language() or "zh-hans"
    rows = [(row, known_means.name_of(row.means, language)) for row in acting.accounts(request.user)]
    kinds = [(id, known_means.name_of(id, language)) for id in (sms.ID, *robots.NAMES)]
    return show(request, "out_accounts", {"rows": rows, "kinds": kinds, "telling": request.rights.pack.telling}, "out")


@setup_page
@never_cache
@sensitive_post_parameters("secret", "address")
def new_account(request: StaffRequest, means: str) -> HttpResponse:
    """Another one."""
    if means != sms.ID and means not in robots.NAMES:
        raise Http404
    return _edit(request, OutAccount(company_id=request.user.company_id, means=means))


@setup_page
@never_cache
@sensitive_post_parameters("secret", "address")
def account(request: StaffRequest, account: int) -> HttpResponse:
    """One that is there."""
    return _edit(request, _one(request, account))


def _one(request: StaffRequest, account: int) -> OutAccount:
    row = acting.accounts(request.user).filter(pk=account).first()
    if row is None:
        raise Http404
    return row


def _edit(request: StaffRequest, row: OutAccount) -> HttpResponse:
    is_sms, tried = row.means == sms.ID, None
    kept = {"name": row.name, "site": row.site_id, "active": row.active, "department": row.department_id, "provider": row.provider}
    form = (SmsForm if is_sms else RobotForm)(request.POST or None, initial=kept | row.settings if row.pk else {}, rights=request.rights)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        _fill(row, data, is_sms)
        said = {"secret": data["secret"], "address": data.get("address", "")}
        if request.POST.get("do") == "try":
            try:
                tried = acting.tried(row, **said, to=request.POST.get("to", "").strip(), at=now())
            except Refused as refused:
                refusal(form, refused)
        elif attempt(form, lambda: acting.save_account(request.user, row, **said, at=now())):
            messages.success(request, _("存好了"))
            return redirect("setup_out_templates", account=row.pk) if is_sms and not row.templates else redirect("setup_out")
    name = known_means.name_of(row.means, get_language() or "zh-hans")
    hook = reverse("out_reports", args=[row.pk, reports.token_of(row.pk)]) if row.pk and is_sms else ""
    context = {"form": form, "row": row, "tried": tried, "is_sms": is_sms, "kind": name, "to": request.POST.get("to", "")}
    return show(request, "out_account", context | {"hook": request.build_absolute_uri(hook) if hook else ""}, "out")


def _fill(row: OutAccount, data: dict[str, Any], is_sms: bool) -> None:
    row.name, row.active = data["name"], data["active"]
    row.site_id = int(data["site"]) if data["site"] else None
    if is_sms:
        row.provider = data["provider"]
        row.settings = row.settings | {name: data[name].strip() for name in SMS_SETTINGS}
    else:
        row.department_id = int(data["department"]) if data["department"] else None
        row.settings = row.settings | {"language": data["language"]}


@setup_page
def templates(request: StaffRequest, account: int) -> HttpResponse:
    """What each kind of text message says, in both languages, with the provider's number of the template."""
    row = _one(request, account)
    if row.means != sms.ID:
        raise Http404
    zh, error, typed = (get_language() or "zh").startswith("zh"), None, row.templates
    if request.method == "POST":
        typed = _typed(request)
        try:
            acting.save_templates(request.user, row.pk, typed)
        except Refused as refused:
            error = refused
        else:
            messages.success(request, _("存好了"))
            return redirect("setup_out_preview")
    names = {kind: pair[0 if zh else 1] for kind, pair in KINDS.items()} | {texts.STAFF: _("给员工的急事")}
    names[texts.CODE] = _("客户在微信里验证手机号")
    rows = [
        (kind, name, [(language, _words(language), typed.get(kind, {}).get(language, {})) for language in ("zh", "en")])
        for kind, name in names.items()
    ]
    variables = [(f"{{{name}}}", pair[0 if zh else 1]) for name, pair in texts.NAMES.items()]
    context = {"row": row, "rows": rows, "variables": variables, "error": error, "wrong": error.field if error else ""}
    return show(request, "out_templates", context, "out")


def _words(language: str) -> str:
    return _("中文") if language == "zh" else _("英文")


def _typed(request: StaffRequest) -> dict[str, dict[str, dict[str, str]]]:
    return {
        kind: {
            language: {part: request.POST.get(f"{kind}_{language}_{part}", "").strip() for part in ("code", "text")}
            for language in ("zh", "en")
        }
        for kind in (*KINDS, texts.STAFF, texts.CODE)
    }


@setup_page
def preview_page(request: StaffRequest) -> HttpResponse:
    """A real case: what its customer would be told, by which means first, in both languages, and what a text message costs."""
    at, number, language = now(), request.GET.get("number", "").strip().upper(), get_language() or "zh-hans"
    found, shown, missing = None, [], False
    try:
        found = cases.get(request.user, number, at) if number else cases.visible_to(request.user, at).order_by("-id").first()
    except Case.DoesNotExist:
        missing = True
    if found is not None:
        found = Case.objects.select_related("site__company", "customer").get(pk=found.pk)
        shown = [_preview(row, language) for row in preview.previews(found, at)]
    wish = WISHES.get(wish_of(found)) if found else None
    context = {
        "case": found,
        "number": number or (found.number if found else ""),
        "missing": missing,
        "shown": shown,
        "wish": wish[0 if language.startswith("zh") else 1] if wish else "",
        "speaks": preview.speaks(found) if found else "",
        "at": at,
    }
    return show(request, "out_preview", context, "out")


def _preview(row: preview.Preview, language: str) -> dict[str, Any]:
    zh = language.startswith("zh")
    page, call = (_("客户的页面，不另外发") if row.first == "page" else ""), (_("没有消息能到，请人打电话") if row.first == "call" else "")
    return {
        "name": KINDS[row.kind][0 if zh else 1],
        "first": page or call or known_means.name_of(row.first, language),
        "leaves": row.leaves,
        "messages": [(one, known_means.name_of(one.means, language), _words(one.language[:2])) for one in row.messages],
    }
