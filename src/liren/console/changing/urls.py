"""Addresses of the changes of a pack, below /packs/<pack>/changes/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.changes, name="changes"),
    path("new/", views.change, name="change"),
    path("<int:number>/withdraw/", views.withdraw, name="change_withdraw"),
]
