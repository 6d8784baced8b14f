"""Addresses of my work."""

from django.urls import path

from kesu.web.work import views

urlpatterns = [
    path("", views.work, name="work"),
    path("work/", views.work, name="work_again"),
    path("work/rows/", views.rows, name="work_rows"),
    path("work/duties/<int:duty>/", views.duty, name="duty"),
]
