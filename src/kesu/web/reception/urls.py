"""Addresses of reception."""

from django.urls import path

from kesu.web.reception import paper, views

urlpatterns = [
    path("reception/", views.desk, name="reception"),
    path("reception/caller/", views.caller, name="reception_caller"),
    path("reception/advice/", views.advice, name="reception_advice"),
    path("reception/paper/", paper.paper, name="paper"),
    path("reception/paper/<int:arrival>/", paper.reading, name="paper_read"),
    path("reception/paper/<int:arrival>/<int:n>/", paper.page, name="paper_page"),
    path("reception/<str:number>/", views.receipt, name="receipt"),
]
