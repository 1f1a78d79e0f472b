"""The JSON Schema of the pack language, for editors; generated, never written by hand."""

import json

from .language import Pack


def schema_text() -> str:
    """JSON Schema (draft 2020-12) of ``pack.yaml``, stable and indented."""
    schema = Pack.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Liren pack"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
