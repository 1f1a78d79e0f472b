"""The addresses for machines, so that whoever lists the site's addresses finds them; the middleware answers them."""

from django.urls import path

from . import views

app_name = "operating"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
]
