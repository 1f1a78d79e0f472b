"""The security log, residents' phone numbers and codes, and what all worker processes share for a while."""

from django.conf import settings
from django.db import models


class SecurityEvent(models.Model):
    """Something that happened to an account. Holds no name, number, address or text that somebody typed.

    ``account`` and ``by`` are numbers of accounts and outlive them. ``subject`` is ``person:7`` where there
    is no account, or the keyed print of a name nobody has; ``origin`` is the keyed print of a network
    address: equal prints are one address, and nobody reads from them which.
    """

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=24)
    account = models.BigIntegerField(null=True)
    by = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=24, blank=True)
    origin = models.CharField(max_length=16, blank=True)
    detail = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "at"], name="event_account")]


class EventSeal(models.Model):
    """A line of the security log in its chain: ``digest`` of what it says, ``hash`` of this seal and the one before."""

    number = models.BigIntegerField(primary_key=True)
    event = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)


class EventAnchor(models.Model):
    """The end of the security log's chain on a day; published, it proves that nothing before was changed."""

    day = models.DateField(unique=True)
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)


class ResidentPhone(models.Model):
    """The phone by which a resident signs in: a keyed print to find it, sealed text to show it again."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="resident_phone")
    fingerprint = models.CharField(max_length=64, unique=True)
    sealed = models.TextField()
    since = models.DateTimeField()


class PhoneCode(models.Model):
    """A code on its way to a phone. ``token`` is what the browser that asked holds in its session."""

    token = models.CharField(max_length=43, unique=True)
    fingerprint = models.CharField(max_length=64, db_index=True)
    sealed = models.TextField()
    code_print = models.CharField(max_length=64)
    expires = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used = models.BooleanField(default=False)


class SharedValue(models.Model):
    """A value of the cache (:mod:`liren.signin.sharing`): JSON, gone after ``until``."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.TextField()
    until = models.DateTimeField(null=True, db_index=True)
