"""Import Gradio without its writing stub files for editors, which takes nearly as long as the rest of the import.

At every import, Gradio reads each component's source and its ``.pyi``, and renders the latter again. Components
whose source cannot be found are skipped.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def none_written() -> Iterator[None]:
    """Keep Gradio from writing stub files for what is imported meanwhile."""
    find = inspect.getfile

    def without_components(thing: Any) -> str:
        """The file of anything but Gradio's components, whose file cannot be found."""
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
