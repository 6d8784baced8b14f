"""The address of the decision."""

from __future__ import annotations

from django.urls import path

from kesu.web.approve import views

urlpatterns = [path("approve/<str:number>/", views.approve, name="approve")]
