"""Addresses of early warning."""

from __future__ import annotations

from django.urls import path

from kesu.web.warnings import effects, views

urlpatterns = [
    path("warnings/", views.board, name="warnings"),
    path("warnings/effects/", effects.board, name="effects"),
    path("warnings/effects/<slug:source>/<str:what>/", effects.page, name="did_it_work"),
    path("warnings/effects/change/<int:change>/take-back/", effects.take_back, name="effect_take_back"),
    path("warnings/<int:warning>/", views.page, name="warning"),
    path("warnings/<int:warning>/<slug:act>/", views.act, name="warning_act"),
]
