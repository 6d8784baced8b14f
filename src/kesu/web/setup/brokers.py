"""Set-up: MQTT brokers, what their topics mean, and tests that show what came back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from kesu.channels.devices import broker as line
from kesu.channels.devices import settingup
from kesu.channels.devices.reading import WHAT, Unread, read_alarm
from kesu.channels.models import AlarmTopic, Broker
from kesu.channels.sealing import seal
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.procedure.refused import Refused
from kesu.web.forms_kit import Form, attempt, offer, refusal
from kesu.web.setup.frame import setup_page, show
from kesu.web.staff import StaffRequest

SECURITIES = [("tls", gettext_lazy("TLS（8883）")), ("none", gettext_lazy("不加密，只在内网用"))]
KEPT = ("name", "host", "port", "secured", "login", "active")
TOPIC = ("filter", "name", "channel", "category", "recovered")


class BrokerForm(Form):
    """One broker. The password is never shown again."""

    name = forms.CharField(label=gettext_lazy("叫什么"), max_length=60, help_text=gettext_lazy("例：电梯平台"))
    host = forms.CharField(label=gettext_lazy("服务器（MQTT）"), max_length=200)
    port = forms.IntegerField(label=gettext_lazy("端口"), initial=8883, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    secured = forms.ChoiceField(label=gettext_lazy("加密"), choices=SECURITIES)
    login = forms.CharField(label=gettext_lazy("登录名"), max_length=200, required=False)
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("加密存放，任何页面和导出都不显示；空着就不改"),
    )
    active = forms.BooleanField(label=gettext_lazy("开着"), required=False, initial=True)


class TopicForm(Form):
    """One filter of topics and what its messages mean."""

    filter = forms.CharField(label=gettext_lazy("主题"), max_length=200, help_text=gettext_lazy("例：lift/+/alarm；+ 是一级，# 是后面所有"))
    name = forms.CharField(label=gettext_lazy("什么设备"), max_length=60, help_text=gettext_lazy("例：电梯"))
    site = forms.ChoiceField(label=gettext_lazy("归哪个服务点"))
    channel = forms.ChoiceField(label=gettext_lazy("来路"))
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    device = forms.CharField(label=gettext_lazy("设备编号在哪里"), max_length=100, required=False)
    alarm = forms.CharField(label=gettext_lazy("报警编号在哪里"), max_length=100, required=False)
    kind = forms.CharField(label=gettext_lazy("报警种类在哪里"), max_length=100, required=False)
    state = forms.CharField(label=gettext_lazy("状态在哪里"), max_length=100, required=False)
    time = forms.CharField(label=gettext_lazy("时间在哪里"), max_length=100, required=False)
    text = forms.CharField(label=gettext_lazy("说明在哪里"), max_length=100, required=False)
    recovered = forms.CharField(
        label=gettext_lazy("哪些状态是恢复正常"), max_length=200, required=False, help_text=gettext_lazy("例：0, cleared, 恢复")
    )
    rules = forms.CharField(
        label=gettext_lazy("种类是什么意思"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("一行一种：种类 = 规程里的问题，类别。写编号或名字，逗号分开"),
    )
    sample_topic = forms.CharField(label=gettext_lazy("试一条：主题"), max_length=200, required=False)
    sample = forms.CharField(label=gettext_lazy("试一条：内容"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, rights: Rights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh"
        offer(self, "site", [(site.pk, site.name) for site in standing(rights.company).sites.values()])
        offer(self, "channel", [(row.id, row.label(language)) for row in rights.pack.channels if not row.customer])
        offer(self, "category", [("", "–"), *((row.id, row.label(language)) for row in rights.pack.categories)])


@setup_page
def brokers(request: StaffRequest) -> HttpResponse:
    """Every broker with what it said last."""
    return show(request, "brokers", {"rows": settingup.brokers(request.user).prefetch_related("topics__site")}, "brokers")


@setup_page
@sensitive_post_parameters("password")
def new_broker(request: StaffRequest) -> HttpResponse:
    """Another one."""
    return _edit(request, Broker(company_id=request.user.company_id))


def _broker(request: StaffRequest, broker: int) -> Broker:
    row = settingup.brokers(request.user).filter(pk=broker).first()
    if row is None:
        raise Http404
    return row


@setup_page
@sensitive_post_parameters("password")
def broker(request: StaffRequest, broker: int) -> HttpResponse:
    """One that is there, with its topics."""
    return _edit(request, _broker(request, broker))


def _edit(request: StaffRequest, row: Broker) -> HttpResponse:
    initial = {name: getattr(row, name) for name in KEPT} if row.pk else {}
    form = BrokerForm(request.POST or None, initial=initial)
    steps: list[tuple[bool, str]] = []
    topics = list(row.topics.select_related("site").order_by("id")) if row.pk else []
    if request.method == "POST" and form.is_valid():
        host, password = row.host, form.cleaned_data["password"]
        for name in KEPT:
            setattr(row, name, form.cleaned_data[name])
        if request.POST.get("do") == "try":
            if password or host != row.host:
                row.sealed = seal(password)
            steps = line.tried(row, [topic.filter for topic in topics])
        elif attempt(form, lambda: settingup.save_broker(request.user, row, password)):
            messages.success(request, _("存好了"))
            return redirect("setup_broker", row.pk)
    return show(request, "broker", {"form": form, "row": row, "steps": steps, "topics": topics}, "brokers")


@setup_page
def new_topic(request: StaffRequest, broker: int) -> HttpResponse:
    """Another filter."""
    return _edit_topic(request, AlarmTopic(broker=_broker(request, broker)))


@setup_page
def topic(request: StaffRequest, broker: int, topic: int) -> HttpResponse:
    """One that is there."""
    row = AlarmTopic.objects.filter(broker=_broker(request, broker), pk=topic).first()
    if row is None:
        raise Http404
    if request.POST.get("do") == "drop":
        settingup.drop_topic(row)
        messages.success(request, _("不再听这个主题"))
        return redirect("setup_broker", broker)
    return _edit_topic(request, row)


def _edit_topic(request: StaffRequest, row: AlarmTopic) -> HttpResponse:
    initial = {name: getattr(row, name) for name in TOPIC} | {"site": row.site_id} | row.paths if row.pk else {}
    initial |= {"rules": settingup.written_rules(row.rules)}
    form = TopicForm(request.POST or None, initial=initial, rights=request.rights)
    read: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid() and _fill(request, row, form):
        if request.POST.get("do") == "try":
            read = _tried(request, row, form.cleaned_data)
        elif attempt(form, lambda: settingup.save_topic(request.user, row)):
            messages.success(request, _("存好了"))
            return redirect("setup_broker", row.broker_id)
    response = show(request, "topic", {"form": form, "row": row, "read": read}, "brokers")
    response.status_code = 422 if form.errors else 200
    return response


def _fill(request: StaffRequest, row: AlarmTopic, form: TopicForm) -> bool:
    data = form.cleaned_data
    for name in TOPIC:
        setattr(row, name, data[name])
    row.site_id, row.paths = int(data["site"]), {what: data[what] for what in WHAT if data[what]}
    try:
        row.rules = settingup.read_rules(data["rules"], request.rights.pack, get_language() or "zh")
    except Refused as refused:
        refusal(form, refused)
        return False
    return True


def _tried(request: StaffRequest, row: AlarmTopic, data: dict[str, Any]) -> list[tuple[str, str]]:
    """What we would understand of the sample."""
    company = request.rights.company
    try:
        said = read_alarm(data["sample_topic"], data["sample"].encode(), row.paths, row.recovered, company.zone, now())
    except Unread:
        return [(_("设备"), _("读不出设备编号，会等人看"))]
    return [
        (_("设备"), said.device),
        (_("报警编号"), said.id or _("没有，每一条都算新的")),
        (_("种类"), said.kind),
        (_("状态"), _("恢复正常") if said.recovered else _("报警")),
        (_("说明"), said.text),
    ]
