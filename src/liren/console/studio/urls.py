"""Addresses of the report studio, below /studio/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.reports, name="studio"),
    path("<str:report>/", views.desk, name="studio_desk"),
    path("<str:report>/preview/", views.preview, name="studio_preview"),
    path("<str:report>/save/", views.save, name="studio_save"),
    path("<str:report>/withdraw/", views.withdraw, name="studio_withdraw"),
    path("<str:report>/issue/", views.issue, name="studio_issue"),
    path("<str:report>/compare/", views.compare, name="studio_compare"),
]
