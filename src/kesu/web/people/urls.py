"""Addresses of people's work."""

from django.urls import path

from kesu.web.people import behind, views

urlpatterns = [
    path("people/", views.home, name="people"),
    path("people/cases/", behind.listing, name="people_cases"),
    path("people/recognise/", views.thank, name="people_recognise"),
    path("people/reviews/<int:selfreview>/", views.review, name="self_review"),
    path("people/reviews/<int:selfreview>/<slug:act>/", views.act, name="self_review_act"),
]
