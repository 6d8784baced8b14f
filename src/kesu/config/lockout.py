"""What somebody sees who failed to sign in too often."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kesu.config.uploads import plain_page


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, object] | None = None) -> HttpResponse:
    """429, whether or not the login exists: a guesser learns nothing."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return plain_page(
        429,
        "登录已暂时锁定 / Locked for now",
        f"连续登录失败 {settings.AXES_FAILURE_LIMIT} 次，请 {minutes} 分钟后再试，或请管理员重设密码。",
        f"{settings.AXES_FAILURE_LIMIT} failed attempts. Try again in {minutes} minutes, or ask an administrator for a new password.",
    )
