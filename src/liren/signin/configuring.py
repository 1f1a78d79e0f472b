"""Reads var/signin.yaml: whose accounts may be used to sign in here, and how text messages are sent.

Read by liren.settings before Django is up, so nothing of Django's apps is imported. Without the file there
are no providers and no SMS gateway. Every scalar is text, as in packs; unknown words are refused.

    providers:
      - type: openid_connect          # or weixin, dingtalk, feishu: at most one each
        id: county                    # OpenID Connect only: part of the address /account/oidc/county/
        title: 县统一认证
        client_id: liren
        secret: …
        server: https://id.example.gov.cn/realms/county
        match: employee_number        # optional: the claim that holds the person's code
    sms:
      url: https://sms.example.cn/send
      format: json                    # or form
      headers: {Authorization: …}
      body: {mobile: "{phone}", content: "验证码 {code}，{minutes} 分钟内有效"}
      news: {mobile: "{phone}", content: "{text}"}      # optional: also {number} {state} {link} {stop}
      expect: {code: "0"}             # optional: what the gateway's JSON must say
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from liren.packs.reading import read_file

SETTING = "LIREN_SIGNIN"
TYPES = ("openid_connect", "weixin", "dingtalk", "feishu")
NEEDED = ("type", "title", "client_id", "secret")
OFFERED = {*NEEDED, "id", "server", "match", "scope", "authorize_url"}
SMS_OFFERED = {"url", "format", "headers", "body", "news", "expect"}
NEARBY = ("127.0.0.1", "localhost", "::1")  # where http without s may be spoken


@dataclass(frozen=True)
class Configured:
    """`apps` for INSTALLED_APPS, `providers` for SOCIALACCOUNT_PROVIDERS, the claims that name a person's
    code by provider id, and the SMS gateway as written."""

    apps: tuple[str, ...] = ()
    providers: dict[str, dict[str, Any]] = field(default_factory=dict)
    matches: dict[str, str] = field(default_factory=dict)
    sms: dict[str, Any] = field(default_factory=dict)


def read(file: Path, *, named: bool = False) -> Configured:
    """What the file says; nothing where there is none, unless somebody `named` it.

    Raises ImproperlyConfigured with file, line, what is wrong and how to mend it.
    """
    if not file.exists():
        if named:
            raise ImproperlyConfigured(
                f"{SETTING} names {file}, which is not there. To mend: write it, or unset."
            )
        return Configured()
    tree, lines, findings = read_file(file)
    if findings:
        raise ImproperlyConfigured("\n".join(str(finding) for finding in findings))
    return _Reading(file, lines).whole(tree)


class _Reading:
    """One reading of one file; remembers the lines for its complaints."""

    def __init__(self, file: Path, lines: dict[str, int]) -> None:
        self.file, self.lines = file, lines

    def wrong(self, path: str, what: str, mend: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"{self.file}:{self.lines.get(path, 1)} {path}: {what}. To mend: {mend}.")

    def whole(self, tree: Any) -> Configured:
        self.mapping(tree, "", {"providers", "sms"})
        providers: dict[str, dict[str, Any]] = {}
        matches: dict[str, str] = {}
        entries = tree.get("providers") or []
        if not isinstance(entries, list):
            raise self.wrong("providers", "is no list", "write each provider after `- `")
        for at, entry in enumerate(entries):
            path = f"providers[{at}]"
            kind, name, app = self.provider(entry, path)
            settings = providers.setdefault(kind, {"APPS": []})
            if any(other["provider_id"] == name for other in settings["APPS"]):
                raise self.wrong(path, f"{name!r} is there already", "give each an id of its own")
            settings["APPS"].append(app)
            settings |= self.flow(entry, kind, path)
            if entry.get("match"):
                matches[name] = entry["match"]
        apps = tuple(f"allauth.socialaccount.providers.{kind}" for kind in providers)
        return Configured(apps, providers, matches, self.sms(tree.get("sms")))

    def provider(self, entry: Any, path: str) -> tuple[str, str, dict[str, Any]]:
        self.mapping(entry, path, OFFERED)
        for key in NEEDED:
            if not entry.get(key):
                raise self.wrong(path, f"lacks {key}", "add it, as the provider gave it to you")
        kind = entry["type"]
        if kind not in TYPES:
            raise self.wrong(f"{path}.type", f"{kind!r} is unknown", f"one of: {', '.join(TYPES)}")
        app = {"name": entry["title"], "client_id": entry["client_id"], "secret": entry["secret"]}
        if kind != "openid_connect":
            return kind, kind, app | {"provider_id": kind}
        name = entry.get("id") or ""
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", name):
            raise self.wrong(
                path, f"has the id {name!r}", "a short word of a-z, 0-9 and -, for example county"
            )
        server = self.address(entry.get("server"), f"{path}.server")
        return kind, name, app | {"provider_id": name, "settings": {"server_url": server}}

    def flow(self, entry: dict, kind: str, path: str) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if scope := entry.get("scope"):
            said["SCOPE"] = scope if isinstance(scope, list) else scope.split()
        if entry.get("authorize_url"):
            said["AUTHORIZE_URL"] = self.address(entry["authorize_url"], f"{path}.authorize_url")
        if kind == "openid_connect":
            said["OAUTH_PKCE_ENABLED"] = True
        return said

    def sms(self, entry: Any) -> dict[str, Any]:
        if entry is None:
            return {}
        self.mapping(entry, "sms", SMS_OFFERED)
        self.address(entry.get("url"), "sms.url")
        if entry.get("format", "json") not in ("json", "form"):
            raise self.wrong("sms.format", f"{entry['format']!r} is unknown", "json or form")
        for key in ("headers", "body", "news", "expect"):
            self.mapping(entry.get(key) or {}, f"sms.{key}")
        said = " ".join(str(value) for value in (entry.get("body") or {}).values())
        if "{phone}" not in said or "{code}" not in said:
            raise self.wrong(
                "sms.body", "does not say {phone} and {code}", "write where the gateway expects them"
            )
        news = " ".join(str(value) for value in (entry.get("news") or {}).values())
        if news and ("{phone}" not in news or not ("{stop}" in news or "{text}" in news)):
            why = "does not say {phone} and {text} (or {stop}, by which people stop it)"
            raise self.wrong("sms.news", why, "write where the gateway expects them")
        return entry

    def address(self, text: Any, path: str) -> str:
        parts = urlsplit(text or "")
        if parts.scheme == "https" and parts.hostname:
            return text
        if parts.scheme == "http" and parts.hostname in NEARBY:
            return text
        raise self.wrong(
            path, f"{text!r} is no https address", "https://…; secrets must not travel in the clear"
        )

    def mapping(self, entry: Any, path: str, offered: set[str] | None = None) -> None:
        if not isinstance(entry, dict):
            raise self.wrong(path, "is no mapping", "write `key: value` lines")
        for key in entry:
            if offered is not None and key not in offered:
                where = f"{path}.{key}".strip(".")
                raise self.wrong(where, "is unknown", f"known here: {', '.join(sorted(offered))}")
