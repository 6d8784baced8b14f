"""Addresses of people's work."""

from django.urls import path

from kesu.web.people import behind

urlpatterns = [
    path("people/cases/", behind.listing, name="people_cases"),
]
