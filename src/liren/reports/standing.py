"""Who may word a report, and who may issue it: the roles it is ``for``, over the body it is about."""

from datetime import datetime

from liren.packs.catalogue import ReportEntry
from liren.people.standing import Standing
from liren.people.visibility import Viewer
from liren.places.codes import contains
from liren.places.models import Place, Unit

from .queries import bodies


def may_issue(viewer: Viewer, entry: ReportEntry, place: Place, unit: Unit | None, at: datetime) -> bool:
    """Whether a post of theirs, in a role the report is for, contains the place or unit it is issued for."""
    if viewer.person is None:
        return False
    units = [unit.pk if unit else None]
    # The viewer's posts are those of now: asked for already.
    known = Standing(_posts={viewer.person.pk: list(viewer.posts)})
    return known.post_for(viewer.person, entry.spec.for_, place.code, units, at) is not None


def may_word(viewer: Viewer, entry: ReportEntry) -> bool:
    """Whether they may change the text for everybody: a post, in a role the report is for, over the body that
    the report names; of a report that names none, a post of a whole county."""
    posts = [post for post in viewer.posts if post.role in entry.spec.for_]
    if not posts:
        return False
    body = bodies().get(entry.id)
    if body is None:
        return any(len(post.place_code) == 6 for post in posts)
    if body.unit is not None and any(post.unit_id == body.unit.pk for post in posts):
        return True
    return any(post.unit_id is None and contains(post.place_code, body.place.code) for post in posts)
