"""Addresses of the console face."""

from django.urls import include, path

from liren.console import bulk, doing, erasing, lists, views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("reports/<str:report>/", views.report, name="report"),
    path("reports/<str:report>/<str:form>/", views.report_file, name="report_file"),
    path("issues/<int:pk>/", views.issue, name="issue"),
    path("figures/", views.definitions, name="definitions"),
    path("figures/<str:figure>/", views.figure, name="figure"),
    path("figures/<str:figure>/evidence/", views.evidence, name="evidence"),
    path("lists/", lists.overview, name="lists"),
    path("lists/<str:kind>/", lists.of_kind, name="list"),
    path("lists/<str:kind>/file.<str:form>", lists.as_file, name="list_file"),
    path("lists/<str:kind>/bulk/", bulk.steps, name="bulk"),
    path("lists/<str:kind>/new/", doing.new, name="new"),
    path("records/<path:number>/do/<str:deed>/", doing.do, name="do"),
    path("records/<path:number>/revealed/<str:text>/", doing.revealed, name="revealed"),
    path("records/<path:number>/", views.record, name="record"),
    path("files/private/<str:text>/", doing.private_file, name="private_file"),
    path("files/<str:sha256>/<path:name>", views.file, name="file"),
    path("erasures/", erasing.erasures, name="erasures"),
    path("packs/", views.packs, name="packs"),
    path("packs/<str:pack>/", views.pack, name="pack"),
    path("packs/<str:pack>/changes/", include("liren.console.changing.urls")),
    path("boards/", include("liren.console.boards.urls")),
    path("explore/", include("liren.console.explorer.urls")),
    path("admin/", include("liren.console.administering.urls")),
    path("notices/", include("liren.console.telling.urls")),
    path("studio/", include("liren.console.studio.urls")),
    path("about/", views.about, name="about"),
]
