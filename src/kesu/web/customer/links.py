"""Addresses for people outside: the tracking link, a site's door, and both as QR drawings."""

from __future__ import annotations

from urllib.parse import urlencode

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from kesu.company.models import Site
from kesu.complaints.models import Case


def outside(request: HttpRequest, path: str) -> str:
    """The path as an address that works from outside: under KESU_BASE_URL, or under the host this request came to."""
    return f"{settings.BASE_URL}{path}" if settings.BASE_URL else request.build_absolute_uri(path)


def tracking_link(request: HttpRequest, case: Case) -> str:
    """The customer's secret link."""
    return outside(request, reverse("track", args=[case.token]))


def door_link(request: HttpRequest, site: Site, spot: str = "") -> str:
    """Where customers of a site file; `spot` is filled in for them (the place where the poster hangs)."""
    query = f"?{urlencode({'at': spot})}" if spot else ""
    return outside(request, reverse("door", args=[site.door]) + query)


def qr_drawing(address: str) -> SafeString:
    """The address as a QR code in SVG, black on white in any theme, without inline style; it scales with its box."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        border=2, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawing)  # noqa: S308  # made by segno from the address: no markup of anybody else's
