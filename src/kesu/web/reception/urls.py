"""Addresses of reception."""

from django.urls import path

from kesu.web.reception import views

urlpatterns = [
    path("reception/", views.desk, name="reception"),
    path("reception/caller/", views.caller, name="reception_caller"),
    path("reception/advice/", views.advice, name="reception_advice"),
    path("reception/<str:number>/", views.receipt, name="receipt"),
]
