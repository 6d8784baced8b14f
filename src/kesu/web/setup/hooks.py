"""Set-up: programs that are told of what happens; trying one, what was sent and what came back, sending again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kesu.complaints import journals
from kesu.config.now import now
from kesu.exchange import actions
from kesu.exchange.models import Delivery, Hook
from kesu.exchange.posting import Answer
from kesu.procedure.acts import ACTS
from kesu.web.forms_kit import Form, attempt
from kesu.web.setup.frame import setup_page, show
from kesu.web.staff import StaffRequest

PAGE = 50
RECENT = timedelta(days=7)


def names(zh: bool) -> dict[str, str]:
    """What every act that is told of is called; those of records, warnings and reports with what they are done to."""
    found = {name: act.zh if zh else act.en for name, act in ACTS.items()}
    for kind in journals.kinds.values():
        joint = f"{kind.zh}：" if zh else f"{kind.en[:1].upper()}{kind.en[1:]}: "
        found |= {f"{kind.name}.{act}": joint + pair[0 if zh else 1] for act, pair in kind.acts.items()}
    return found


def _number(one: Delivery) -> str:
    """The number of the record, warning or report that the message is about."""
    data = json.loads(one.body).get("data", {})
    return next((str(data[name]) for name in journals.kinds if name in data), "")


class HookForm(Form):
    """Where messages go and what about."""

    name = forms.CharField(label=gettext_lazy("哪个系统"), max_length=60)
    url = forms.CharField(
        label=gettext_lazy("网址"), max_length=500, help_text=gettext_lazy("公网地址；内网地址要管理员在 KESU_HOOK_NETWORKS 里放行")
    )
    acts = forms.MultipleChoiceField(
        label=gettext_lazy("通知哪些动作"), required=False, widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("都不选就是全部")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zh = (get_language() or "zh-hans").startswith("zh")
        field = self.fields["acts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(names(zh).items())


class EditHookForm(HookForm):
    """The same, and whether it rests."""

    active = forms.BooleanField(label=gettext_lazy("启用"), required=False)


@setup_page
def hooks(request: StaffRequest) -> HttpResponse:
    """All subscriptions, and how each fared in the last week."""
    rows = Hook.objects.filter(company=request.rights.company, removed_at__isnull=True).order_by("id")
    since = now() - RECENT
    told = []
    for row in rows:
        sent = Delivery.objects.filter(hook=row, at__gte=since)
        told.append(
            (
                row,
                sent.filter(state="sent").count(),
                sent.filter(state__in=["waiting", "sending"]).count(),
                sent.filter(state="failed").count(),
            )
        )
    return show(request, "hooks", {"rows": told}, "hooks")


@setup_page
def new_hook(request: StaffRequest) -> HttpResponse:
    """A new subscription."""
    form, made = HookForm(request.POST or None), []
    if form.is_valid() and attempt(form, lambda: made.append(actions.add_hook(request.user, **form.cleaned_data, at=now()))):
        messages.success(request, _("加好了，先试发一条"))
        return redirect("setup_hook", hook=made[0].pk)
    return show(request, "new_hook", {"form": form}, "hooks")


@setup_page
@never_cache
def hook(request: StaffRequest, hook: int) -> HttpResponse:
    """One subscription: its secret, its settings, a try, its log."""
    row = Hook.objects.filter(pk=hook, company=request.rights.company, removed_at__isnull=True).first()
    if row is None:
        raise Http404
    which, tried = request.POST.get("which"), None
    form = EditHookForm(
        request.POST if which == "edit" else None, initial={"name": row.name, "url": row.url, "acts": row.acts, "active": row.active}
    )
    if (
        which == "edit"
        and form.is_valid()
        and attempt(form, lambda: actions.edit_hook(request.user, row.pk, **form.cleaned_data, at=now()))
    ):
        messages.success(request, _("存好了"))
        return redirect("setup_hook", hook=row.pk)
    if which == "remove":
        actions.remove_hook(request.user, row.pk, now())
        messages.success(request, _("去掉了，不再发送"))
        return redirect("setup_hooks")
    if which == "resend":
        return _resent(request, row)
    if which == "try":
        tried = actions.try_hook(request.user, row.pk, now())
    return _shown(request, row, form, tried)


def _resent(request: StaffRequest, row: Hook) -> HttpResponse:
    chosen = request.POST.get("again", "")
    try:
        actions.resend(request.user, int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0, now())
    except ObjectDoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("已排进去，几秒内再发一次"))
    return redirect("setup_hook", hook=row.pk)


def _shown(request: StaffRequest, row: Hook, form: EditHookForm, tried: Answer | None) -> HttpResponse:
    typed = request.GET.get("before", "")
    before = int(typed) if typed.isdecimal() and len(typed) < 19 else None
    log = Delivery.objects.filter(hook=row).select_related("case").order_by("-id")
    found = list((log.filter(pk__lt=before) if before else log)[: PAGE + 1])
    zh = (get_language() or "zh-hans").startswith("zh")
    called = names(zh) | {"test": _("试发")}
    lines = [(one, called.get(one.act, one.act), "" if one.case_id else _number(one)) for one in found[:PAGE]]
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return show(request, "hook", {"row": row, "form": form, "tried": tried, "log": lines, "more": more}, "hooks")
