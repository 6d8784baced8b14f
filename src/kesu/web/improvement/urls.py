"""Addresses of corrective and preventive action."""

from __future__ import annotations

from django.urls import path

from kesu.web.improvement import views

urlpatterns = [
    path("improvement/", views.board, name="improvement"),
    path("improvement/new/", views.new, name="capa_new"),
    path("improvement/<str:capa>/", views.record, name="capa"),
    path("improvement/<str:capa>/files/<int:proof>/", views.proof, name="capa_file"),
    path("improvement/<str:capa>/<slug:act>/", views.act, name="capa_act"),
]
