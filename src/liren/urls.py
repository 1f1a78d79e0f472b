"""Every address of the site, one line per face."""

from django.urls import include, path

urlpatterns = [
    path("", include("liren.console.urls")),
]
