"""Gradio, imported without the stub files that it writes for editors, which take nearly as long as all the rest of it.

At every import Gradio reads each component's source and its ``.pyi``, and renders that anew. It passes over a component
whose source cannot be found.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def none_written() -> Iterator[None]:
    """No stub files are written for what is imported within."""
    find = inspect.getfile

    def without_components(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError
        return find(thing)

    inspect.getfile = without_components  # type: ignore[assignment] # by the name of its argument
    try:
        yield
    finally:
        inspect.getfile = find


with none_written():
    import gradio  # noqa: F401
