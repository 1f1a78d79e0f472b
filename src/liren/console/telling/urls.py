"""Addresses of the messages, below /notices/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.notices, name="notices"),
    path("preferences/", views.preferences, name="notice_preferences"),
]
