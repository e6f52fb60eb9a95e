"""What a tool takes, for assistants: Gradio's schema without definitions in places where no reference finds them."""

from typing import Any

from gradio.mcp import GradioMCPServer

FILE = "Gradio File Input"  # how Gradio marks what it has made a string
_as_gradio_does = GradioMCPServer.get_input_schema
_one_by_one = GradioMCPServer.convert_strings_to_filedata


def get_input_schema(
    server: GradioMCPServer, tool_name: str, parameters: dict[str, str] | None = None
) -> tuple[dict[str, Any], list[list[str | int]]]:
    """In place of `GradioMCPServer.get_input_schema`: the schema, and where files are in it."""
    schema, positions = _as_gradio_does(server, tool_name, parameters)
    return lifted(schema), positions


def convert_strings_to_filedata(
    server: GradioMCPServer, value: dict[str, Any], positions: list[list[str | int]]
) -> Any:
    """In place of `GradioMCPServer.convert_strings_to_filedata`, which does not convert files in lists.

    Their place is `items` in the schema, and a number in what was sent.
    """
    listed = [place[0] for place in positions if place[1:] == ["items"] and isinstance(value.get(str(place[0])), list)]
    numbered = [[name, number] for name in listed for number in range(len(value[str(name)]))]
    return _one_by_one(server, value, positions + numbered)


def lifted(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose definitions are all at its top, where references look for them; none if nothing refers to them."""
    definitions: dict[str, Any] = {}
    plain: dict[str, Any] = _without_definitions(schema, definitions)
    return plain | ({"$defs": definitions} if "$ref" in str(plain) else {})


def _without_definitions(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_without_definitions(one, definitions) for one in node]
    if not isinstance(node, dict):
        return node
    for name, definition in node.get("$defs", {}).items():
        definitions[name] = _without_definitions(definition, definitions)
    is_file = str(node.get("format", "")).startswith(FILE)  # a string by now, whatever it once referred to
    left_out = {"$defs", "$ref"} if is_file else {"$defs"}
    return {key: _without_definitions(value, definitions) for key, value in node.items() if key not in left_out}
