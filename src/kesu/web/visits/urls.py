"""Addresses of the follow-up pages."""

from django.urls import path

from kesu.web.visits import report, views

urlpatterns = [
    path("visits/", views.visits, name="visits"),
    path("visits/report/", report.report, name="visit_report"),
    path("visits/report/file.<str:form>", report.file, name="visit_report_file"),
]
