"""Addresses under /api/: the document, the operations, and a plain no for everything else."""

from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from .document import document
from .house import api
from .problems import no_such_address, telling


@telling
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """The OpenAPI document."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


#: Every operation has its view; only their root, which would lead to pages of documentation, has none.
_operations = [one for one in api.urls[0] if getattr(one, "name", "") != "api-root"]
for _one in _operations:
    assert _one.callback is not None, "every operation has its view"
    _one.callback = telling(_one.callback)

app_name = "api"
urlpatterns = [
    path("openapi.json", csrf_exempt(openapi), name="openapi"),
    *_operations,
    re_path(r"^[\s\S]*$", csrf_exempt(telling(no_such_address)), name="nothing"),
]
