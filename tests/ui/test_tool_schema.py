"""What assistants are told of a tool's arguments."""

from typing import Any

from facescore.ui.tool_schema import FILE, lifted


def test_definitions_are_at_the_top_and_files_are_strings() -> None:
    file = {"$ref": "#/$defs/FileData", "type": "string", "format": f"{FILE} - a url"}
    other = {"$ref": "#/$defs/Other"}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "files": {"type": "array", "items": file, "$defs": {"FileData": {"type": "object"}}},
            "other": {"anyOf": [other, {"type": "null"}], "$defs": {"Other": {"type": "integer"}}},
        },
    }
    flat = lifted(schema)
    assert flat["properties"]["files"] == {"type": "array", "items": {key: file[key] for key in ("type", "format")}}
    assert flat["properties"]["other"] == {"anyOf": [other, {"type": "null"}]}
    assert flat["$defs"]["Other"] == {"type": "integer"}


def test_a_schema_without_references_has_no_definitions() -> None:
    assert lifted({"type": "object", "properties": {"photo": {"type": "string", "$defs": {"A": {}}}}}) == {
        "type": "object",
        "properties": {"photo": {"type": "string"}},
    }
