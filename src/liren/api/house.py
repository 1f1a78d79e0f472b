"""The one API object: its title, and how it refuses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from ninja import NinjaAPI, Router

from liren.api.asking import Key
from liren.api.problems import wire
from liren.api.shapes import Problem

ABOUT = """里仁的接口：读公开的记录、指标和口径不用密钥，看到的与网页上一样；
工作人员用「我的账户—接口密钥」里的密钥，看得到、办得了的与本人一样。
写要带 `Idempotency-Key`：同一个键只写一次，重发得到第一次的结果。列表一页五十条，`next` 是下一页的地址。
被拒绝时回 `application/problem+json`，`code` 见手册「拒绝」。

The API of Liren. What is published is read without a key and is what pages show; with a key made under
“My account – Access keys” a program sees and does what its owner may. Writes carry an `Idempotency-Key`: the same
key writes once, and asking again gives what the first write made. Lists come by fifty; `next` is the address of the
page after. What is refused comes as `application/problem+json`; codes are those of the handbook's page on refusals."""

api = NinjaAPI(
    title="里仁 Liren",
    version="1",
    description=ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    servers=[{"url": "/", "description": "本站 this site"}],
)
wire(api)
#: Where reads and writes stand: one for both, since an address may have several methods.
router = Router(auth=Key())

#: What any operation may answer besides: a problem.
REFUSED: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429, 500, 503, 507), Problem)


def address(path: str) -> str:
    """An address of this face as others reach it."""
    return f"{settings.LIREN_URL}/api{path}"
