"""Addresses of the board."""

from django.urls import path

from kesu.web.board import views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/list/", views.listing, name="board_list"),
    path("board/urge/<int:clock>/", views.urge, name="board_urge"),
]
