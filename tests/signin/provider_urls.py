"""The site's addresses with those of every provider: which of them a site has is decided as it starts."""

from allauth.socialaccount.providers.dingtalk import urls as dingtalk
from allauth.socialaccount.providers.feishu import urls as feishu
from allauth.socialaccount.providers.weixin import urls as weixin
from django.urls import include, path

from liren.signin import tickets
from liren.urls import handler400, handler404, handler429, handler500, urlpatterns  # noqa: F401

urlpatterns = [
    *(path("account/", include(one)) for one in (tickets, weixin, dingtalk, feishu)),
    *urlpatterns,
]
