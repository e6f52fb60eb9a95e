"""Gradio's Blocks, without what a public server must not do."""

import asyncio
import logging
import time
import typing
from typing import Any, NoReturn, Protocol

import gradio as gr
import huggingface_hub.constants
from gradio import analytics, blocks, mcp, processing_utils, routes
from gradio.block_function import BlockFunction
from gradio.state_holder import SessionState
from gradio.utils import LRUCache

from facescore.errors import FaceScoreError, InvalidRequest
from facescore.ui import api_docs, head, janitor, tool_schema, upload_route, uploads
from facescore.ui.words import language_of, translated

MOST_WAITING = 64  # calls in the queue: fifty visitors at once, and some more
MOST_KEPT = 100  # sessions whose answers are kept until they are fetched, some of half a megabyte
MALFORMED = "This call does not have the right form. See “Use via API” at the bottom of the page."
UNEXPECTED = "Something went wrong on the server; its log has the details. Try again, or try another photo."

log = logging.getLogger(__name__)


def _refuse(*_: object, **__: object) -> NoReturn:
    raise InvalidRequest("This server fetches nothing from other addresses. Upload the photo itself.")


async def _refuse_later(*_: object, **__: object) -> NoReturn:
    _refuse()


def _nothing(*_: object, **__: object) -> None: ...


class _NoApp:
    """In place of the three apps that Gradio makes and drops before `launch` makes the one that is served."""

    create_app = staticmethod(_nothing)


REPLACED: tuple[tuple[Any, str, Any], ...] = (
    (huggingface_hub.constants, "HF_HUB_OFFLINE", True),  # Gradio's client reports usage and fetches lists
    (processing_utils, "async_ssrf_protected_get", _refuse_later),
    (processing_utils, "async_ssrf_protected_download", _refuse_later),
    (processing_utils, "ssrf_protected_download", _refuse),
    (processing_utils, "save_url_to_cache", _refuse),
    (processing_utils, "unsafe_download", _refuse),
    (processing_utils, "save_base64_to_cache", uploads.add_base64),  # which only MCP calls
    (routes, "secure_url_stream_response", _refuse_later),
    (routes.App, "build_proxy_request", _refuse),
    (routes, "upload_fn", upload_route.receive),
    (blocks, "App", _NoApp),
    (routes.templates.env, "loader", head.loader(routes.templates.env.loader)),
    (mcp.GradioMCPServer, "get_input_schema", tool_schema.get_input_schema),  # strict clients resolve its references
    (mcp.GradioMCPServer, "convert_strings_to_filedata", tool_schema.convert_strings_to_filedata),
    (analytics, "version_check", _nothing),
    (analytics, "_do_analytics_request", _nothing),
    # A copy of everything that a session was shown, for deep links, which this page does not offer.
    (SessionState, "_update_value_in_config", _nothing),
)
"""What fetches, reports or keeps data, or only takes time, each with its replacement.

A detector from the Hub has been fetched by then.
"""


class Keeper(Protocol):
    """Whatever keeps in memory what was computed from photos."""

    def drop_old(self) -> None:
        """Drop what belongs to photos that were deleted or are too old; called by the janitor."""


class Answers(LRUCache):  # type: ignore[type-arg]
    """Answers waiting to be fetched, for a limited number of sessions; the oldest that nobody fetches go first.

    They may hold photos, so none waits longer than a photo stays on the disk.
    """

    def __init__(self, queue: Any) -> None:
        super().__init__(MOST_KEPT)
        self.queue = queue
        self._used: dict[str, float] = {}  # when a session last got or fetched an answer
        self._loop: asyncio.AbstractEventLoop | None = None

    def __getitem__(self, session: str) -> "asyncio.Queue[Any]":
        messages: asyncio.Queue[Any] = super().__getitem__(session)
        self._used[session] = time.monotonic()
        return messages

    def __setitem__(self, session: str, messages: "asyncio.Queue[Any]") -> None:
        if session not in self and len(self) >= self.max_size:
            unfinished = {event.session_hash for event in self.queue.event_ids_to_events.values()}
            oldest = next((one for one in self if one not in unfinished), next(iter(self)))
            self._drop(oldest)
        super().__setitem__(session, messages)
        self._used[session], self._loop = time.monotonic(), asyncio.get_running_loop()

    def drop_old(self) -> None:
        """Have the server drop the answers that nobody has fetched in time."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._drop_old)

    def _drop_old(self) -> None:
        since = time.monotonic() - janitor.DELETE_OLDER
        unfinished = {event.session_hash for event in self.queue.event_ids_to_events.values()}
        self._used = {session: self._used[session] for session in self}
        for session in [one for one, last in self._used.items() if last < since and one not in unfinished]:
            self._drop(session)

    def _drop(self, session: str) -> None:
        del self[session], self._used[session]
        self.queue.pending_event_ids_session.pop(session, None)


class Page(gr.Blocks):
    """A page whose functions receive unprocessed what a client sent; only `uploads` opens the files that it names.

    Errors reach the visitor as a sentence in the visitor's language.

    Attributes:
        folder: the private folder of this process.
        keepers: what keeps something of photos in memory, besides `Answers`.
    """

    def __init__(self) -> None:
        self.folder = uploads.folder()  # before any component remembers where it may write
        self.keepers: list[Keeper] = []
        for place, name, function in REPLACED:
            setattr(place, name, function)
        super().__init__(title="facescore", analytics_enabled=False)
        self.bound()

    def bound(self) -> None:
        """Limit what Gradio keeps of calls and sessions."""
        self.queue(max_size=MOST_WAITING)
        self._queue.ANALYTICS_MAX_EVENTS = 0  # Gradio would tabulate up to 10,000 after every call
        self._queue.pending_messages_per_session = self.answers = Answers(self._queue)

    def drop_old(self) -> None:
        """Drop whatever is kept in memory of photos that are gone, or should be."""
        for keeper in (self.answers, *self.keepers):
            keeper.drop_old()

    def is_waiting_for(self, event: str) -> bool:
        """Whether the answer to a call is ready but has not been fetched yet."""
        return any(event in events for events in self._queue.pending_event_ids_session.values())

    def has_arguments(self, function: BlockFunction, named: dict[str, Any]) -> bool:
        """Whether a call by name gives a function everything that it needs, and nothing else."""
        parameters = super().get_api_info()["named_endpoints"][f"/{function.api_name}"]["parameters"]
        names = {one["parameter_name"] for one in parameters}
        needed = {one["parameter_name"] for one in parameters if not one.get("parameter_has_default")}
        return needed <= set(named) <= names

    def get_api_info(self, all_endpoints: bool = False, page: str | None = None) -> Any:
        """As Gradio makes it, with what the functions say of themselves."""
        info = super().get_api_info(all_endpoints, page)
        for function in self.fns.values():
            if function.fn and (endpoint := info["named_endpoints"].get(f"/{function.api_name}")):
                api_docs.describe(endpoint, function.fn)
        return info

    def takes_selection(self, function: BlockFunction) -> bool:
        """Whether a function needs to know what was selected; Gradio fails if that is missing."""
        return function.fn is not None and gr.SelectData in typing.get_type_hints(function.fn).values()

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """What the client sent, in place of what Gradio would open, copy or fetch for it."""
        if len(inputs) != len(block_fn.inputs):
            raise InvalidRequest(MALFORMED)
        return list(inputs)

    async def process_api(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        """As Gradio does, but whatever goes wrong is answered in one sentence."""
        request = named.get("request")
        language = language_of(request if isinstance(request, gr.Request) else None)
        try:
            return await super().process_api(*arguments, **named)
        except FaceScoreError as error:
            raise gr.Error(translated(error, language), print_exception=False) from error
        except gr.Error as error:  # Gradio's own, about a file that an event names
            raise gr.Error(translated(MALFORMED, language), print_exception=False) from error
        except Exception as error:
            log.exception("A call ended in an unforeseen error.")
            raise gr.Error(translated(UNEXPECTED, language), print_exception=False) from error
