"""What a request must pass before Gradio sees it: only the routes that the page needs, and well-formed calls.

Everything else that Gradio's server offers (a proxy, recordings, monitoring, deep links, addresses that it would fetch)
is answered as if it did not exist.
"""

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, cast

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from gradio.routes import App, ORJSONResponse
from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from facescore.errors import FaceScoreError, InvalidRequest
from facescore.images import MAX_BYTES
from facescore.ui import head
from facescore.ui.page import MALFORMED, MOST_WAITING, UNEXPECTED, Page
from facescore.ui.uploads import uploaded
from facescore.ui.words import accepted, translated

API = "/gradio_api"
NAME = r"[\w-]{1,64}"
READ = re.compile(
    r"/|/config/?|/(assets|static)/[\w./@+-]+|/theme\.css|/favicon\.ico|/manifest\.json|/robots\.txt"
    rf"|{API}/(info/?|theme\.css|startup-events|queue/status|upload_progress|app_id/?)|{API}/heartbeat/{NAME}"
    r"|/pwa_icon/(192|512)|/social\.jpg"
)
HEADED = "/"  # the one page that monitors ask for without its body, besides files
ANSWERS = f"{API}/queue/data"
ANSWER = re.compile(rf"{API}/call/(?:v2/)?(?:score|rank)/({NAME})")
FILE = re.compile(rf"{API}/file=(.+)", re.DOTALL)
UPLOAD = f"{API}/upload"
LIVE = f"{API}/component_server"
CALL = re.compile(rf"{API}/(?:queue/join|cancel|reset|component_server|call/(?:v2/)?(score|rank))/?")
MCP = re.compile(rf"{API}/mcp(/(http/?|schema|sse|messages/?)?)?")
MAX_CALL_BYTES = 1000 * 1000
MAX_MCP_BYTES = MAX_BYTES * 4 // 3 + MAX_CALL_BYTES  # a photo in base64

HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
# Gradio needs inline scripts and builds functions from text, but the page contacts only its own server.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; connect-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'"
)

log = logging.getLogger(__name__)


class Refusal(Exception):
    """A request that does not reach Gradio, with the sentence and the HTTP status of the answer."""

    def __init__(self, status: int, error: FaceScoreError | str, **values: object) -> None:
        self.status = status
        self.error = error if isinstance(error, FaceScoreError) else InvalidRequest(error, **values)
        super().__init__(str(self.error))

    def answer(self, headers: Mapping[str, str]) -> JSONResponse:
        """The answer, in the visitor's language."""
        sentence = translated(self.error, accepted(headers))
        return JSONResponse({"detail": sentence, "error": sentence}, self.status)


async def malformed(request: Request, _: Exception) -> JSONResponse:
    """Answer what FastAPI finds wrong without its own text, which names the server's classes."""
    return Refusal(422, MALFORMED).answer(request.headers)


async def unexpected(request: Request, _: Exception) -> JSONResponse:
    """Answer an unforeseen error in one sentence; uvicorn writes the error to the server's log."""
    return Refusal(500, UNEXPECTED).answer(request.headers)


class GatedApp(App):
    """Gradio's app behind the gate."""

    def __init__(self) -> None:
        super().__init__(
            default_response_class=ORJSONResponse,
            exception_handlers={RequestValidationError: malformed, Exception: unexpected},
        )
        self.add_api_route(head.PICTURE, head.answer, include_in_schema=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a sentence."""
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:  # the page has no WebSocket
            await send({"type": "websocket.close"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = get_route_path({**scope, "root_path": self.root_path or scope.get("root_path", "")})
        is_file = FILE.fullmatch(path) is not None

        async def send_with_headers(message: Message) -> None:
            """Pass on what Gradio answers, with the headers that protect the page."""
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS | ({"Cache-Control": "no-store"} if is_file else {}))
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = POLICY
                del headers["Access-Control-Allow-Credentials"]
            await send(message)

        try:
            if path.rstrip("/") == ANSWERS and scope["method"] == "GET":
                self._admit_listener(scope)
            else:
                receive = await self._admit(scope["method"], path, Headers(scope=scope), receive)
        except Refusal as refusal:
            await refusal.answer(Headers(scope=scope))(scope, receive, send_with_headers)
            return
        if is_file:  # Gradio answers a range request with the headers of the request
            scope = {**scope, "headers": [one for one in scope["headers"] if one[0].lower() != b"range"]}
        await super().__call__(scope, receive, send_with_headers)

    def _admit_listener(self, scope: Scope) -> None:
        """Let only sessions that have made a call listen for answers; Gradio would let others wait for ever.

        Raises:
            Refusal: the session has made no call.
        """
        session = QueryParams(scope["query_string"]).get("session_hash")
        if session not in self._page()._queue.pending_messages_per_session:
            raise Refusal(404, "This session has made no call, so there is no result to wait for. Make a call first.")

    async def _admit(self, method: str, path: str, headers: Headers, receive: Receive) -> Receive:
        """Check a request, and return what Gradio reads its body from.

        Raises:
            Refusal: the request is not let through.
        """
        page = self._page()
        mcp = bool(page.mcp_server and MCP.fullmatch(path))
        if method == "POST" and CALL.fullmatch(path):
            return await self._checked(path.rstrip("/"), headers, receive)
        if method == "POST" and mcp:
            return await self._message(receive)
        if method in ("GET", "HEAD") and (file := FILE.fullmatch(path)):
            try:
                uploaded(file[1])
            except FaceScoreError as error:
                raise Refusal(404, error) from error
            return receive
        if method == "GET" and (answer := ANSWER.fullmatch(path)):
            if answer[1] not in page._queue.event_ids_to_events and not page.is_waiting_for(answer[1]):
                raise Refusal(
                    404, "There is no result with this number; each can be fetched only once. Make the call again."
                )
            return receive
        read = "/.." not in path and bool(READ.fullmatch(path))
        allowed = {
            "GET": read or mcp,
            "HEAD": path == HEADED,
            "POST": path == UPLOAD,
            "DELETE": mcp,
            "OPTIONS": path == UPLOAD or mcp or any(one.fullmatch(path) for one in (READ, ANSWER, CALL)),
        }
        if not allowed.get(method):
            raise Refusal(404, "There is nothing at this address. Start from the page itself.")
        return receive

    async def _message(self, receive: Receive) -> Receive:
        """Check a message of an MCP client, and return what Gradio reads it from."""
        body = await _whole(receive, MAX_MCP_BYTES)
        message = _parsed(body)
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            raise Refusal(422, MALFORMED)
        if not isinstance(message.get("id", 0), int | str) or not isinstance(message.get("method", ""), str):
            raise Refusal(422, MALFORMED)
        return _replayed(body, receive)

    def _page(self) -> Page:
        return cast(Page, self.get_blocks())

    async def _checked(self, path: str, headers: Headers, receive: Receive) -> Receive:
        """Check a call, and return what Gradio reads it from."""
        page = self._page()
        # Any other page that a visitor has open can send other kinds of body without a preflight request.
        if not headers.get("content-type", "").startswith("application/json"):
            raise Refusal(415, MALFORMED)
        body = await _whole(receive, MAX_CALL_BYTES)
        call = _parsed(body)
        if not isinstance(call, dict) or not _is_call(page, path, call):
            raise Refusal(422, MALFORMED)
        waiting = len(page._queue)
        if path.startswith((f"{API}/queue", f"{API}/call")) and waiting >= MOST_WAITING:
            raise Refusal(
                429, "The queue is full: {waiting} calls are waiting. Try again in a minute.", waiting=waiting
            )
        return _replayed(body, receive)


def _is_call(page: Page, path: str, call: dict[str, Any]) -> bool:
    """Whether a call names a function of the page and has as many values as it takes."""
    session = call.get("session_hash")
    if not (session is None or (isinstance(session, str) and re.fullmatch(NAME, session))):
        return False
    if path in (f"{API}/cancel", f"{API}/reset"):
        return isinstance(call.get("event_id"), str)
    if path == LIVE:
        component = page.blocks.get(call["component_id"]) if isinstance(call.get("component_id"), int) else None
        name = call.get("fn_name")
        served = getattr(component, name, None) if isinstance(name, str) else None
        return isinstance(session, str) and "data" in call and getattr(served, "_is_server_fn", False) is True
    if path == f"{API}/queue/join":
        index = call.get("fn_index")
        function = page.fns.get(index) if isinstance(index, int) else None
        target = call.get("trigger_id")
        known = target is None or (isinstance(target, int) and target in page.blocks)
        event = call.get("event_data")
        if session is None or not known or function is None or _names_a_file(event):
            return False
        if page.takes_selection(function) and not (isinstance(event, dict) and {"index", "value"} <= set(event)):
            return False
    else:
        found = CALL.fullmatch(path)
        function = next((one for one in page.fns.values() if found and one.api_name == found[1]), None)
        if path.startswith(f"{API}/call/v2/"):
            return function is not None and page.has_arguments(function, call)
    data = call.get("data")
    return function is not None and isinstance(data, list) and len(data) == len(function.inputs)


def _names_a_file(value: object) -> bool:
    """Whether an event's data contains a path anywhere: Gradio would check whether it exists."""
    waiting = [value]
    while waiting:  # a client may nest values more deeply than Python nests calls
        one = waiting.pop()
        if isinstance(one, dict):
            if "path" in one:
                return True
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return False


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(422, MALFORMED) from error


async def _whole(receive: Receive, most: int) -> bytes:
    """The body of a request.

    Raises:
        Refusal: it is larger than ``most`` bytes, or the visitor has disconnected.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refusal(400, MALFORMED)
        body += message.get("body", b"")
        if len(body) > most:
            template = "This call is larger than {most} kB. Upload the files first, then send their paths."
            raise Refusal(413, template, most=f"{most // 1000:,}")
        if not message.get("more_body"):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message, followed by whatever else arrives."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        """The body first, then what the client sends."""
        return messages.pop() if messages else await receive()

    return next_message
