"""OpenID Connect with the ticket's signature checked, by the keys that its house publishes.

allauth leaves that out where the ticket came straight from the house over TLS, as OpenID Connect Core 3.1.3.7 allows;
then all hangs by TLS, and by a proxy in between that opens it. Listed in `urls` in place of allauth's own addresses.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path


class Signed(OpenIDConnectOAuth2Adapter):
    """Takes no ticket that its house has not signed by one of its published keys."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        self.did_fetch_access_token = False  # by which allauth decides to leave the signature out
        try:
            return super()._decode_id_token(app, id_token)
        except (KeyError, TypeError, ValueError) as fault:
            # No key's name, keys that are none, or another algorithm.
            raise OAuth2Error("Invalid id_token") from fault


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The way to the house."""
    return _seen(OAuth2LoginView, request, provider_id)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The way back."""
    return _seen(OAuth2CallbackView, request, provider_id)


def _seen(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return view.adapter_view(Signed(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None


urlpatterns = [
    path("oidc/<str:provider_id>/login/", login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", callback, name="openid_connect_callback"),
]
