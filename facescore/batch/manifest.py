"""List photos as a stream, from pictures, folders with their subfolders, globs, lists, .zip archives and URLs."""

import glob
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import urlsplit

from facescore.errors import InvalidImage, reason
from facescore.images import MAX_BYTES
from facescore.scoring.archives import GONE, IRREGULAR, Member, is_picture, members, open_regular

MEMBER = "member://"  # member://NUMBER::ARCHIVE is a picture in an archive; by number, since names may repeat
EMPTY = "It contains no pictures. Choose another one."
ITSELF = "This list names itself, so it would never end. Remove its own name from it."
OPENED = 16  # archives whose lists of files a process keeps


class Item(NamedTuple):
    """A photo to score, or the reason why it cannot be read.

    Attributes:
        id: the photo's name in the result, unique among all photos.
        path: where it is read from: a path, a URL, or a picture in an archive; empty if there is nothing to read.
        error: why it cannot be read; empty if nothing is known to prevent it.
    """

    id: str
    path: str
    error: str = ""


def listed(inputs: Iterable[str]) -> Iterator[Item]:
    """Every photo that a user named, once, in a fixed order; others under an id that occurred before are numbered.

    No picture is read yet.

    Args:
        inputs: pictures, folders, globs, .zip archives, URLs, lists of such (.txt, one per line), and manifests
            (.parquet, with the columns ``id`` and ``path``). What cannot be listed becomes an item with an error.
    """
    paths, numbered, again = dict[str, str](), set[tuple[str, str]](), Counter[str]()
    for item in _listed(inputs):
        if paths.get(item.id) == item.path or (item.id, item.path) in numbered:
            continue
        id_ = item.id
        while id_ in paths:
            again[item.id] += 1
            id_ = f"{item.id} ({again[item.id] + 1})"
        if id_ != item.id:
            numbered.add((item.id, item.path))
        paths[id_] = item.path
        yield item._replace(id=id_)


def _listed(inputs: Iterable[str], lists: frozenset[str] = frozenset()) -> Iterator[Item]:
    """The items of all inputs, which stand in ``lists`` within lists."""
    for name in inputs:
        try:
            yield from _url(name) if "://" in name else _local(name, lists)
        except InvalidImage as error:
            yield Item(shown(name), "", str(error))
        except (OSError, ValueError) as error:  # a name in a list may hold a zero byte
            yield Item(shown(name), "", str(unopened(error)))


def unopened(error: OSError | ValueError) -> InvalidImage:
    """The error for a file or folder that the system does not open."""
    return InvalidImage("It cannot be opened: {reason}. Check its name.", reason=reason(error))


def _local(name: str, lists: frozenset[str]) -> Iterator[Item]:
    path, suffix = Path(name), Path(name).suffix.lower()
    if not os.path.lexists(path) and glob.has_magic(name):
        found = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 (it may be absolute)
        yield from _some(_listed(found, lists))
    elif path.is_dir():
        yield from _some(_folder(name))
    elif suffix == ".txt":
        if (real := os.path.realpath(name)) in lists:
            raise InvalidImage(ITSELF)
        with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
            yield from _some(_listed((line.strip() for line in lines if line.strip()), lists | {real}))
    elif suffix == ".parquet":
        yield from _some(_manifest(path))
    elif suffix == ".zip":
        yield from _some(_archive(name))
    else:
        yield _file(name)


def _some(items: Iterator[Item]) -> Iterator[Item]:
    """The items.

    Raises:
        InvalidImage: there is none.
    """
    first = next(items, None)
    if first is None:
        raise InvalidImage(EMPTY)
    yield first
    yield from items


def _folder(name: str) -> Iterator[Item]:
    """The pictures and archives of a folder, then those of its subfolders; links to folders are not followed."""
    waiting = [name]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:  # it may be a subfolder: the others are still read
            yield Item(shown(folder), "", str(unopened(error)))
            continue
        below = []
        for entry in ordered:
            path = f"{folder.rstrip('/')}/{entry.name}"
            # os.path answers False where a link cannot be followed; `entry` would raise, and hide the rest.
            if is_picture(entry.name) and not os.path.isdir(path):  # noqa: PTH112
                yield _file(path)
            elif entry.name.lower().endswith(".zip") and os.path.isfile(path):  # noqa: PTH113
                yield from _listed([path])
            elif entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.name != "__MACOSX":
                below.append(path)
        waiting += reversed(below)


def _file(name: str) -> Item:
    """The file, or why it is not read: a pipe or a device could block its reader forever."""
    path = str(Path(name).absolute())
    irregular = os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113 (pathlib may raise)
    return Item(shown(name), path, IRREGULAR if irregular else "")


def _archive(name: str) -> Iterator[Item]:
    archive = Path(name).absolute()
    for number, member in enumerate(members(archive)):
        yield Item(shown(f"{name}/{member.name}"), f"{MEMBER}{number}::{archive}")


def _manifest(path: Path) -> Iterator[Item]:
    """The rows of a Parquet file."""
    from facescore.batch.tables import read_columns

    for id_, where in read_columns(path, ("id", "path")):
        yield Item(shown(id_), where if "://" in where else str((path.parent / where).absolute()))


def _url(name: str) -> Iterator[Item]:
    """The picture, the pictures below a folder, or those that match a glob, wherever fsspec can look."""
    if is_picture(urlsplit(name).path) and not re.search(r"[*[]", name):  # "?" begins a query
        yield Item(shown(name), name)
        return
    from facescore.batch.remote import find

    yield from _some(Item(shown(found), found) for found in find(name))


def shown(name: str) -> str:
    """A name as text that is safe in files and on terminals; different names stay different.

    Backslashes and whatever is not printable, such as bytes that are not UTF-8, are escaped.
    """
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(_escaped(letter) for letter in name)


def _escaped(letter: str) -> str:
    if letter.isprintable() and letter != "\\":
        return letter
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


def read(path: str) -> bytes:
    """The content of a picture's file, cut just above the size limit if it is larger.

    Args:
        path: the path of an `Item`.

    Raises:
        InvalidImage: it cannot be opened, or its archive is damaged or has changed.
    """
    if path.startswith(MEMBER):
        number, _, archive = path.removeprefix(MEMBER).partition("::")
        return _member(Path(archive), number).read()
    if "://" in path:
        from facescore.batch.remote import content

        return content(path, MAX_BYTES)
    try:
        with open_regular(Path(path)) as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a name may hold a zero byte
        raise unopened(error) from error


def _member(archive: Path, number: str) -> Member:
    try:
        return _members(archive)[int(number)]
    except (OSError, IndexError, ValueError) as error:  # an address that a user wrote may be none
        raise InvalidImage(GONE) from error


_members = lru_cache(OPENED)(members)


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of a given size; the last one may be shorter."""
    items = iter(items)
    while chunk := list(islice(items, size)):
        yield chunk


def save(items: Iterable[Item], file: IO[bytes]) -> None:
    """Write items to a file, one JSON list per line."""
    file.writelines(json.dumps(item).encode() + b"\n" for item in items)


def load(file: Iterable[Any]) -> Iterator[Item]:
    """The items in a file that `save` wrote."""
    return (Item(*json.loads(line)) for line in file)
