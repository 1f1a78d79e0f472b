"""The ways out of the house: e-mail, and the robots of WeCom, DingTalk and Feishu.

Sending may fail and may take place twice (a worker can die between sending and noting it): a mail sent again has
the same Message-ID, and a team sees the same line again. Nothing is ever sent to a host that is not set.
"""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from .county import ROBOTS, county

#: Most bytes of a robot's message: WeCom takes 2048.
ROBOT_BYTES = 1900


class NotSent(Exception):
    """A message did not go out; says why, without addresses."""


# -- e-mail -------------------------------------------------------------------------------------------


def mail_sender() -> str:
    """The address mails come from; empty where this installation sends none."""
    return getattr(settings, "LIREN_MAIL_FROM", "")


def send_mail(
    address: str, subject: str, body: str, *, key: str, headers: dict[str, str] | None = None
) -> None:
    """Send a plain text. The Message-ID comes from the key, so that a second copy is known as one."""
    sender = mail_sender()
    if not sender:
        raise NotSent("没有设置邮件（LIREN_MAIL_URL）")
    host = sender.rpartition("@")[2].rstrip("> ")
    number = hashlib.sha256(f"{settings.LIREN_URL} {key}".encode()).hexdigest()[:32]
    headers = {"Message-ID": f"<{number}@{host}>", "Auto-Submitted": "auto-generated"} | (headers or {})
    message = EmailMessage(subject, body, sender, [address], headers=headers, connection=get_connection())
    if message.send() != 1:
        raise NotSent("邮件服务器没有收下")


# -- robots -------------------------------------------------------------------------------------------


def send_robot(name: str, body: str) -> None:
    """Say something through a team's robot, as it is set now. Raises :class:`NotSent`, or Refusal for a bad file."""
    said = county()
    robot = said.robots.get(name)
    if robot is None:
        raise NotSent(f"var/notices.yaml 里没有机器人「{name}」了")
    plugin = _plugin(robot.url)
    if plugin is None:
        raise NotSent(f"机器人「{name}」的地址读不懂；请重新从群里复制")
    host = urlsplit(plugin.notify_url).hostname
    if host not in said.hosts:
        raise NotSent(f"机器人「{name}」要发往 {host}，不在 var/notices.yaml 的 hosts 里")
    if not plugin.notify(body=body):
        raise NotSent(f"机器人「{name}」（{ROBOTS[urlsplit(robot.url).scheme]}）没有收下")


def _plugin(url: str):
    """apprise's robot for an address. Whatever the address says, nobody is redirected and certificates are checked."""
    from apprise import Apprise, AppriseAsset  # half a second, and only where something is sent

    asset = AppriseAsset(
        app_id="Liren", app_url=settings.LIREN_URL, http_redirects=False, storage_mode="memory"
    )
    plugin = Apprise.instantiate(url, asset=asset)
    if plugin is not None:
        plugin.redirects = False
        plugin.verify_certificate = True
    return plugin
