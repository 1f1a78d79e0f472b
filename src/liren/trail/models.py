"""The head of the chain and its daily anchors."""

from django.db import models


class Head(models.Model):
    """One row: the last act and its hash. Locking it orders all writers into one chain."""

    act = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)


class Anchor(models.Model):
    """The chain's head at the end of a day; published, it proves that nothing before was changed."""

    day = models.DateField(unique=True)
    act = models.BigIntegerField()
    hash = models.CharField(max_length=64)
