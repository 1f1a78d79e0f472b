"""Requests made from the OpenAPI document, sound ones and unsound ones: every answer is one that the document names."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from liren.api import limits
from liren.api.document import document
from liren.wsgi import application
from tests.api.conftest import secret_of
from tests.fuzz.conftest import SEARCHING, case, cases
from tests.matters import accept, event

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(document())

OPERATIONS = {one.ok().label: one.ok() for one in SCHEMA.get_all_operations()}


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value
)
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_one_that_the_document_names(cast, label, mode, settings, request):
    settings.ALLOWED_HOSTS = ["*"]
    for moment in (
        request_started,
        request_finished,
    ):  # as Django's own test client: the test keeps its connection
        moment.disconnect(close_old_connections)
        request.addfinalizer(lambda moment=moment: moment.connect(close_old_connections))
    settings.ACCOUNT_RATE_LIMITS = False
    accept(cast, event(cast))
    secret = secret_of(cast.dispatcher)

    @cases(3, 120)
    @given(OPERATIONS[label].as_strategy(generation_mode=mode), st.booleans())
    def asked(one, keyed):
        limits.forget()
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {secret}"} if keyed else {})
        with case(f"api {label}"[:28]):
            one.call_and_validate(app=application, headers=headers, checks=CHECKS)

    try:
        asked()
    except schemathesis.errors.InvalidSchema:  # an operation without anything that could be made unsound
        if mode is GenerationMode.POSITIVE or SEARCHING:
            raise
