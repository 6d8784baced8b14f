"""Who may open the set-up pages, and what they all show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kesu.company.procedures import official_days
from kesu.company.rights import Rights, rights_of
from kesu.config.now import now
from kesu.web.staff import StaffRequest

WARN_AHEAD = timedelta(days=60)  # a limit of a month begun now must not run into days that nobody has announced
View = Callable[..., HttpResponse]


def setup_page(view: View) -> View:
    """Only for people with a role that opens set-up; for others the page does not exist. `request.rights` is set."""

    @login_required
    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.rights = rights_of(request.user, now())
        if not request.rights.page("setup"):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def show(request: StaffRequest, name: str, context: dict[str, Any], section: str) -> HttpResponse:
    """A page of set-up with its navigation; `section` is marked as the present one."""
    rights = request.rights
    frame = {
        "section": section,
        "sections": sections(),
        "rights": rights,
        "pack": rights.pack,
        "calendar_warning": calendar_warning(rights),
    }
    return render(request, f"web/setup/{name}.html", frame | context)


def sections() -> list[tuple[str, str, str, str]]:
    """(key, url name, icon, words) of the navigation."""
    return [
        ("home", "setup", "setup", _("总览")),
        ("people", "setup_people", "people", _("人员和岗位")),
        ("sites", "setup_sites", "site", _("服务点和部门")),
        ("tokens", "setup_tokens", "keys", _("接口令牌")),
        ("hooks", "setup_hooks", "link", _("通知别的系统")),
        ("imports", "imports", "upload", _("导入")),
        ("days", "setup_days", "calendar", _("放假安排")),
        ("mailboxes", "setup_mailboxes", "mail", _("邮箱")),
        ("lines", "setup_lines", "phone", _("电话线路")),
        ("brokers", "setup_brokers", "warn", _("设备报警")),
        ("out", "setup_out", "send", _("短信和群机器人")),
        ("wechat", "setup_wechat", "chat", _("微信公众号")),
        ("procedure", "setup_procedure", "book", _("处理规程")),
    ]


def today(rights: Rights) -> date:
    """The company's own calendar day."""
    return now().astimezone(ZoneInfo(rights.company.zone)).date()


def calendar_warning(rights: Rights) -> date | None:
    """The last day that announcements cover, when limits that begin soon will run past it; None while all is well."""
    until = official_days(rights.company.pk, rights.pack.pack.calendar).confirmed_until
    return until if today(rights) + WARN_AHEAD > until else None
