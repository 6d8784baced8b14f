"""Addresses of the pages about personal data."""

from django.urls import path

from kesu.web.privacy import views

urlpatterns = [
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/staff/<int:person>/", views.let_go, name="privacy_staff"),
    path("privacy/mine/", views.mine, name="privacy_mine"),
]
