"""The addresses of the reckoning: by itself, and for a case."""

from __future__ import annotations

from django.urls import path

from kesu.web.refund import views

urlpatterns = [
    path("refund/", views.refund_page, name="refund"),
    path("refund/<str:number>/", views.refund_of_case, name="case_refund"),
]
