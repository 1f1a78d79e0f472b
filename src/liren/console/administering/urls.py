"""Addresses of the administration, below /admin/."""

from django.urls import path

from . import calendar, trail, views

urlpatterns = [
    path("", views.home, name="admin"),
    path("calendar/", calendar.year, name="admin_calendar"),
    path("calendar/import/", calendar.enter, name="admin_calendar_import"),
    path("trail/", trail.trail, name="admin_trail"),
    path("trail/verify/", trail.verify, name="admin_verify"),
    path("places/<str:code>/merge/", views.merge, name="admin_merge"),
    path("posts/<int:pk>/end/", views.end, name="admin_end"),
    path("<str:rows>/", views.rows, name="admin_rows"),
    path("<str:rows>/new/", views.new, name="admin_new"),
    path("<str:rows>/import/", views.enter, name="admin_import"),
    path("<str:rows>/table.<str:form>", views.table, name="admin_table"),
    path("<str:rows>/<str:key>/", views.one, name="admin_one"),
]
