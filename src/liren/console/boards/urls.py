"""Addresses of the boards, below /boards/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.boards, name="boards"),
    path("<str:pack>/", views.board, name="board"),
]
