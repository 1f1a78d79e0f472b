"""Addresses of the console face."""

urlpatterns: list = []
