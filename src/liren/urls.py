"""Every address of the site, one line per face."""

from django.urls import include, path

handler404 = "liren.faces.page_not_found"
handler429 = "liren.signin.views.too_many"
handler500 = "liren.look.refusing.server_error"

urlpatterns = [
    path("api/", include("liren.api.urls")),
    path("account/", include("liren.signin.urls")),
    path("p/", include("liren.portal.urls")),
    path("w/", include("liren.workbench.urls")),
    path("", include("liren.operating.urls")),
    path("", include("liren.console.urls")),
]
