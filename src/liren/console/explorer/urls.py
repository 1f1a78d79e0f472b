"""Addresses of the figure explorer, below /explore/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.explore, name="explore"),
    path("table.<str:form>", views.table, name="explore_table"),
]
