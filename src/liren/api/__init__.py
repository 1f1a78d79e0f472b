"""The face for programs: reads for everybody, writes with a key, one OpenAPI document; kinds of records are data."""
