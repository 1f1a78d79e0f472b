"""What persons' posts tell whoever listens, inside the transaction of the change.

A noun knows no face: signing in keeps its security log by listening here.
"""

from django.dispatch import Signal

#: A person has taken up a post. Argument: ``post``.
post_taken = Signal()
#: A person leaves a post. Arguments: ``post``, ``at`` (the moment it ends).
post_left = Signal()
