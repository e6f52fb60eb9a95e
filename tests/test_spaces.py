"""On ZeroGPU, as far as that goes without a Space: the package `spaces`, and a stand-in for the service it asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from tests.server import serving


@contextmanager
def zero_gpu(asked: list[str]) -> Iterator[str]:
    """The address of a service that agrees to everything, and notes in a list what it was asked."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_page_starts_on_zero_gpu_and_reports_the_function_that_it_requires(
    tmp_path: Path, astronaut_path: Path
) -> None:
    asked: list[str] = []
    with (
        zero_gpu(asked) as service,
        serving(tmp_path, SPACES_ZERO_GPU="true", SPACES_ZERO_DEVICE_API_URL=service) as server,
    ):
        photo = server.uploaded("astronaut.jpg", astronaut_path.read_bytes())
        assert server.call("score", photo, "all", "beauty")[0]["faces"]
    assert asked == ["/startup-report"]  # only sent where a function is decorated; scoring asks for no GPU


def test_elsewhere_the_page_asks_no_such_service(tmp_path: Path) -> None:
    asked: list[str] = []
    with zero_gpu(asked) as service, serving(tmp_path, SPACES_ZERO_DEVICE_API_URL=service) as server:
        assert server.http.get("/").status_code == 200
    assert asked == []
