"""Addresses under /account/. allauth's pages are named one by one: those that are not here do not exist."""

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.conf import settings
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache

from . import data, emailing, entering, keeping, keys, securing, views

#: Providers whose addresses are ours, in place of allauth's.
OURS = {"allauth.socialaccount.providers.openid_connect": "liren.signin.tickets"}

own = [
    path("", never_cache(views.home), name="home"),
    path("phone/", views.phone_start, name="phone"),
    path("phone/code/", views.phone_code, name="phone_code"),
    path("phone/again/", views.phone_again, name="phone_again"),
    path("demo/", views.demo, name="demo"),
    path("sessions/<int:number>/end/", views.session_end, name="session_end"),
    path("data/", data.own_data, name="own_data"),
    path("keys/", keys.page_of_keys, name="keys"),
    path("keys/new/", keys.new, name="key_new"),
    path("keys/<int:number>/end/", keys.end, name="key_end"),
    path("events/", views.events_page, name="events"),
    path("email/", emailing.change, name="email"),
    path("lost/", securing.page_of_accounts, name="lost"),
    path("lost/<int:number>/", securing.one, name="lost_one"),
    path("lost/<int:number>/<str:verb>/", securing.act, name="lost_act"),
    path("staff/", keeping.page_of_accounts, name="accounts"),
    path("staff/new/", keeping.new, name="account_new"),
    path("staff/<int:number>/", keeping.one, name="account"),
    path("staff/<int:number>/<str:verb>/", keeping.act, name="account_act"),
]

urlpatterns = [
    path("", include((own, "signin"))),
    path("login/", entering.SignIn.as_view(), name="account_login"),
    path("login/turn/", entering.turn, name="account_login_turn"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),  # says that it is closed
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/none/", views.password_none, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/link/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        never_cache(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/link/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("factors/", include("allauth.mfa.urls")),
    path("sessions/", views.sessions, name="usersessions_list"),
    path("providers/", social.connections, name="socialaccount_connections"),
    path("providers/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("providers/error/", social.login_error, name="socialaccount_login_error"),
    *(path("", include(OURS.get(app, f"{app}.urls"))) for app in settings.LIREN_SIGNIN_APPS),
]
