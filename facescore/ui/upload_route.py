"""The upload of photos, in place of Gradio's: a failed one leaves nothing behind, and no two visitors share a file."""

from collections.abc import AsyncGenerator
from pathlib import Path

from gradio.route_utils import FileUploadProgress, GradioMultiPartParser, GradioUploadFile
from gradio_client.utils import strip_invalid_filename_characters
from python_multipart.exceptions import FormParserError
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from facescore.errors import FaceScoreError, InvalidImage, InvalidRequest
from facescore.scoring.ranking import MAX_PHOTOS, too_many_photos
from facescore.ui import uploads
from facescore.ui.uploads import MAX_ARCHIVE_BYTES
from facescore.ui.words import accepted, translated

MAX_UPLOAD_BYTES = 2 * 1000 * 1000 * 1000  # of one upload, with all its files
MAX_FIELDS = 10
NO_FILES = "An upload must consist of files, as a browser sends them. Choose a photo."
SLOW = "This upload took longer than photos are kept here. Upload fewer or smaller photos at once."
BROKEN = (InvalidRequest, MultiPartException, FormParserError, ClientDisconnect)
MOST_TRACKED = 1000  # uploads whose progress is remembered


class _Parser(GradioMultiPartParser):
    """Gradio's parser, except that it refuses fields other than files and notices a form that breaks off."""

    ended = False

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Take bytes of a file; `InvalidRequest` is raised if they belong to another field."""
        if self._current_part.file is None:
            raise InvalidRequest(NO_FILES)
        super().on_part_data(data, start, end)

    def on_end(self) -> None:
        """Note that the form is complete."""
        self.ended = True


async def receive(
    request: Request,
    upload_dir: str,
    max_file_size: float,
    upload_id: str | None,
    force_move: bool = True,
    upload_progress: FileUploadProgress | None = None,
) -> tuple[list[str], list[str], list[str]]:
    """Write the files of one request into folders of their own.

    Args:
        request: its body is a form; files in other fields than ``files`` are dropped.
        upload_dir: Gradio's, which is this process's private folder.
        max_file_size: bytes of one file.
        upload_id: the number under which the browser asks for the progress.
        force_move: Gradio's; nothing is ever moved later.
        upload_progress: Gradio's.

    Returns:
        The files' paths, and two empty lists in place of what Gradio would move later.

    Raises:
        MultiPartException: the upload is refused, with a sentence in the visitor's language.
    """
    try:
        with uploads.own_folder() as own:
            try:
                return await _receive(request, own, max_file_size, upload_id, upload_progress), [], []
            except FileNotFoundError as error:  # the janitor has deleted the first files before the last one came
                raise InvalidRequest(SLOW) from error
    except BROKEN as error:  # nobody reads the sentence about a visitor who has left
        raise MultiPartException(translated(_refusal(error), accepted(request.headers))) from error
    finally:
        if upload_id and upload_progress:
            upload_progress.set_done(upload_id)
            _forget(upload_progress)


def _refusal(error: InvalidRequest | MultiPartException | FormParserError | ClientDisconnect) -> FaceScoreError:
    if isinstance(error, InvalidRequest):
        return error
    if not isinstance(error, MultiPartException):
        return InvalidRequest(NO_FILES)
    if error.message.startswith("File size exceeded"):
        most = MAX_ARCHIVE_BYTES // 1000**2
        return InvalidImage(
            "One of the files is larger than {most} MB. Save a smaller version, or split the archive.", most=most
        )
    if error.message.startswith("Too many files"):
        return too_many_photos()
    return InvalidRequest(NO_FILES)


async def _receive(
    request: Request, own: Path, max_file_size: float, upload_id: str | None, progress: FileUploadProgress | None
) -> list[str]:
    if upload_id and progress:
        progress.track(upload_id)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise InvalidRequest(NO_FILES)
    parser = _Parser(
        request.headers,
        _bounded(request.stream()),
        max_files=MAX_PHOTOS,
        max_fields=MAX_FIELDS,
        upload_dir=own,
        upload_id=upload_id,
        upload_progress=progress,
        max_file_size=max_file_size,
    )
    form = await parser.parse()
    if not parser.ended:
        raise InvalidRequest(NO_FILES)
    paths = []
    for number, (field, file) in enumerate(form.multi_items()):
        if not isinstance(file, GradioUploadFile):
            continue
        written = Path(file.file.name)
        await file.close()
        if field == "files":
            place = own / str(number)
            place.mkdir(mode=0o700)
            name = strip_invalid_filename_characters(Path(file.filename or "").name)
            paths.append(str(written.rename(place / (name if name != ".." else "photo"))))
        else:
            written.unlink()
    return paths


async def _bounded(stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The body, up to the largest size of one upload."""
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > MAX_UPLOAD_BYTES:
            raise InvalidRequest(
                "This upload is larger than {most} GB. Upload the photos in several batches.",
                most=MAX_UPLOAD_BYTES // 1000**3,
            )
        yield chunk


def _forget(progress: FileUploadProgress) -> None:
    """Forget the progress of the oldest uploads, which Gradio would keep for ever."""
    for upload_id in list(progress._signals)[:-MOST_TRACKED]:
        progress._signals.pop(upload_id, None)
        progress.stop_tracking(upload_id)
