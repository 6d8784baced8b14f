"""First run and set-up."""

from django.urls import path

from kesu.web.setup import starting

urlpatterns = [
    path("start/", starting.start, name="start"),
]
