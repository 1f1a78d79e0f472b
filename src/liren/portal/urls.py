"""Addresses of the portal. Where it stands on the site is one line in `liren/urls.py`."""

from django.urls import path

from liren.portal import doing, following, reading

app_name = "portal"
urlpatterns = [
    path("", reading.home, name="home"),
    path("place/", reading.places, name="places"),
    path("place/<str:code>/", reading.places, name="places_in"),
    path("report/", reading.report_kinds, name="report_kinds"),
    path("report/<str:kind>/", doing.report, name="report"),
    path("matters/", reading.matters, name="matters"),
    path("map/", reading.around, name="map"),
    path("map/spot/", reading.spot, name="spot"),
    path("track/", reading.track, name="track"),
    path("mine/", reading.mine, name="mine"),
    path("mine/forget/", doing.forget_me, name="forget"),
    path("mine/data/", doing.own_data, name="own_data"),
    path("mine/<str:token>/follow/", following.follow, name="follow"),
    path("mine/<str:token>/follow/<int:number>/", following.prove, name="prove"),
    path("mine/<str:token>/", reading.private, name="private"),
    path("mine/<str:token>/erase/", doing.ask_erasure, name="ask_erasure"),
    path("mine/<str:token>/<str:verb>/", doing.step, name="step"),
    path("confirm/<str:token>/", following.confirm, name="confirm"),
    path("stop/<str:token>/", following.stop, name="stop"),
    path("shelf/<str:shelf>/", reading.shelf, name="shelf"),
    path("open/", reading.venues, name="venues"),
    path("lists/", reading.lists, name="lists"),
    path("figures/", reading.figures, name="figures"),
    path("figures/<str:figure>/", reading.figure, name="figure"),
    path("search/", reading.search, name="search"),
    path("about/", reading.about, name="about"),
    path("privacy/", reading.privacy, name="privacy"),
    path("feeds/<str:shelf>.atom", reading.feed, name="feed"),
    path("photo/<str:sha256>/", reading.photo, name="photo"),
    path("record/<path:number>/join/", doing.join, name="join"),
    path("record/<path:number>/sign-up/", doing.sign_up, name="sign_up"),
    path("record/<path:number>/leave/", doing.leave, name="leave"),
    path("record/<path:number>/feed.atom", following.feed, name="record_feed"),
    path("record/<path:number>/calendar.ics", reading.calendar, name="calendar"),
    path("record/<path:number>/", reading.record, name="record"),
]
