"""What the other pages of customers know of WeChat: who files from there, and who could follow a case there."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from kesu.channels.wechat import binding
from kesu.channels.wechat.models import OfficialAccount
from kesu.complaints.models import Case

PASS = "kesu_wx"  # the cookie of whom WeChat has told us
WECHAT_BROWSER = "MicroMessenger"


def filed_by(request: HttpRequest, case: Case, at: datetime) -> None:
    """A complaint filed on the form in WeChat: they hear of it there."""
    follower = binding.follower_by(request.COOKIES[PASS]) if PASS in request.COOKIES else None
    if follower:
        binding.follow(follower, case.token, at)


def offered(request: HttpRequest, case: Case) -> OfficialAccount | None:
    """The account in which this case could be followed: only in WeChat's own browser."""
    if WECHAT_BROWSER not in request.headers.get("User-Agent", ""):
        return None
    return OfficialAccount.objects.filter(company_id=case.company_id, active=True).order_by("id").first()
