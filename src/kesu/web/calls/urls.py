"""Calls; where exchanges tell of them."""

from django.urls import path

from kesu.web.calls import telling, views

urlpatterns = [
    path("calls/", views.calls, name="calls"),
    path("calls/<int:call>/", views.call, name="call"),
    path("hooks/calls/<int:line>/", telling.told, name="tell_call"),
]
