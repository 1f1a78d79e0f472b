"""The JSON Schema for editors: fresh, and agreeing with the language on what a key is called."""

import json

from liren.packs.language import Pack
from liren.packs.schema import schema_text


def test_the_schema_in_the_handbook_is_fresh(repository):
    kept = (repository / "docs" / "pack.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(), "renew it: liren packs schema > docs/pack.schema.json"


def test_the_schema_speaks_in_the_keys_packs_are_written_in():
    schema = json.loads(schema_text())
    kind = schema["$defs"]["Kind"]["properties"]
    assert {"opened by", "seen by", "attended as", "open title"} <= set(kind)
    assert not {key for key in kind if "_" in key}
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {field.alias or name for name, field in Pack.model_fields.items()}
