"""What went out and what did not."""

from django.urls import path

from kesu.web.out import views

urlpatterns = [
    path("out/", views.out, name="out"),
    path("out/strip/", views.strip, name="out_strip"),
]
