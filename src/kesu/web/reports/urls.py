"""Addresses of reports."""

from __future__ import annotations

from django.urls import path

from kesu.web.reports import views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/<int:report>/", views.report, name="report"),
    path("reports/<int:report>/file.<str:form>", views.file, name="report_file"),
    path("reports/<int:report>/<slug:act>/", views.act, name="report_act"),
]
