"""The app of signing in: starts listening for what goes into the security log."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "liren.signin"
    label = "signin"

    def ready(self) -> None:
        from . import listening

        listening.start()
