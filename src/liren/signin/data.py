"""One's own data: who read what is private in it, and all of it to take away."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from liren.clock import today
from liren.look.handing import archive_answer
from liren.privacy.own import own_archive, reads_of

from .middleware import signed_in_viewer


@login_required
@never_cache
def own_data(request: HttpRequest) -> HttpResponse:
    """The page; a POST takes the data away. An account without a person has none."""
    viewer = signed_in_viewer(request)
    if viewer is None or viewer.person is None:
        raise Http404
    if request.method == "POST":
        return archive_answer(own_archive([viewer.person]), f"liren-{today():%Y%m%d}.zip")
    return render(request, "signin/data.html", {"reads": reads_of([viewer.person])})
