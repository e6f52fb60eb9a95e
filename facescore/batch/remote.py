"""Pictures behind URLs, read by fsspec: http, s3, gs and all others for which it has a package."""

import glob

import fsspec

from facescore.errors import InvalidImage
from facescore.scoring.archives import is_picture


def find(url: str) -> list[str]:
    """The URLs of the pictures in a folder or matching a glob, sorted; any other URL is taken for a picture.

    Raises:
        InvalidImage: it cannot be listed.
    """
    try:
        system, root = fsspec.url_to_fs(url)
        if glob.has_magic(root):
            found = system.glob(root)
        elif system.isdir(root):
            found = system.find(root)
        else:
            return [url]
        return [system.unstrip_protocol(path) for path in sorted(found) if is_picture(path)]
    except Exception as error:  # every back end raises errors of its own
        raise _unreadable(error) from error


def content(url: str, most: int) -> bytes:
    """The bytes behind a URL, or one more than ``most`` of them.

    Raises:
        InvalidImage: it cannot be read.
    """
    try:
        with fsspec.open(url, "rb") as file:
            data: bytes = file.read(most + 1)
            return data
    except Exception as error:  # every back end raises errors of its own
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> InvalidImage:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return InvalidImage("This address cannot be read: {reason}. Check it and the network.", reason=reason.rstrip("."))
