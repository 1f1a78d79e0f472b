"""What persons' posts, keys and phones tell whoever listens; of posts and keys inside the transaction of the change.

A noun knows no face: signing in keeps its security log by listening here.
"""

from django.dispatch import Signal

#: A person has taken up a post. Argument: ``post``.
post_taken = Signal()
#: A person leaves a post. Arguments: ``post``, ``at`` (the moment it ends).
post_left = Signal()
#: A key by which a program speaks for a person was made, or ended before its time. Argument: ``key``.
key_made = Signal()
key_ended = Signal()
#: Somebody showed a key that is none, no longer one, or not for this. Argument: ``request``.
key_refused = Signal()
#: A code went to a phone outside of signing in, or did not, or a wrong one was typed. Arguments: ``kind`` (a key of the
#: log's kinds), ``phone``, ``request``, ``detail``.
phone_code = Signal()
