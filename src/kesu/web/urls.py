"""The addresses of the pages. Each page's `urls.py` writes its addresses whole ("cases/<str:number>/"), without a prefix of its own."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

PAGES = (
    *("shell", "work", "board", "improvement", "reception", "case", "customer", "setup", "importing", "approve", "refund", "visits"),
    *("privacy", "arrivals", "calls", "out", "figures", "warnings", "wechat", "reports", "people"),
)

urlpatterns = [
    path("", include(f"kesu.web.{page}.urls")) for page in PAGES if find_spec(f"kesu.web.{page}") and find_spec(f"kesu.web.{page}.urls")
]
