"""The addresses of a case."""

from __future__ import annotations

from django.urls import path

from kesu.web.case import findingsviews, letters, messages, printing, views

urlpatterns = [
    path("asked/", findingsviews.mine, name="asked"),
    path("asked/<int:inquiry>/", findingsviews.answer, name="asked_one"),
    path("cases/<str:number>/files/<int:attachment>/redact/", findingsviews.redact, name="case_redact"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/group/", views.group, name="case_group"),
    path("cases/<str:number>/reveal/", views.reveal, name="case_reveal"),
    path("cases/<str:number>/files/<int:attachment>/", views.attachment, name="case_file"),
    path("cases/<str:number>/letters/", letters.listed, name="case_letters"),
    path("cases/<str:number>/letters/new/", letters.new, name="case_letter_new"),
    path("cases/<str:number>/letters/<int:letter>/", letters.one, name="case_letter"),
    path("cases/<str:number>/letters/<int:letter>/pdf/", letters.paper, name="case_letter_pdf"),
    path("cases/<str:number>/messages/", messages.told, name="case_messages"),
    path("cases/<str:number>/package/", printing.package, name="case_package"),
    path("cases/<str:number>/print/<slug:form>/", printing.shown, name="print_form"),
    path("cases/<str:number>/print/<slug:form>/<slug:kind>/", printing.file, name="print_file"),
    path("cases/<str:number>/<slug:act>/", views.act, name="case_act"),
]
