"""What “Use via API” says of a function: its own docstring and our example, where Gradio has neither."""

from collections.abc import Callable
from typing import Any

from gradio.data_classes import APIEndpointInfo
from gradio.utils import get_function_description

EXAMPLE = "assets/examples/astronaut.jpg"
FILE = {"path": EXAMPLE, "url": EXAMPLE, "orig_name": "astronaut.jpg", "meta": {"_type": "gradio.FileData"}}
EXAMPLES: dict[str, Any] = {"Image": FILE, "File": [FILE]}
"""What is given to a component as an example, by the component's name."""


def describe(endpoint: APIEndpointInfo, function: Callable[..., Any]) -> None:
    """Complete what Gradio says of a function: its arguments' names and descriptions, an example, and what it returns.

    Args:
        endpoint: as `gradio.Blocks.get_api_info` makes it; it is changed.
        function: the function behind it, whose docstring has the sections ``Args`` and ``Returns``.
    """
    _, arguments, returned = get_function_description(function)
    for parameter in endpoint["parameters"]:
        name, component = parameter["parameter_name"], parameter["component"]
        parameter["label"] = name
        parameter["python_type"]["description"] = arguments[name]
        parameter["example_input"] = EXAMPLES.get(component, parameter["example_input"])
    endpoint["description"] += " " + " ".join(returned)  # the page shows no other description of what is returned
