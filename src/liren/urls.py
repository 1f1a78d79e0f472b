"""Every address of the site, one line per face."""

from django.urls import include, path

handler400 = "liren.faces.bad_request"
handler404 = "liren.faces.page_not_found"
handler429 = "liren.faces.too_many"
handler500 = "liren.faces.server_error"

urlpatterns = [
    path("api/", include("liren.api.urls")),
    path("account/", include("liren.signin.urls")),
    path("p/", include("liren.portal.urls")),
    path("w/", include("liren.workbench.urls")),
    path("", include("liren.operating.urls")),
    path("", include("liren.console.urls")),
]
