"""The pictures in a zip archive, listed and read within limits, under the names their owner gave them."""

import io
import os
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from facescore import files
from facescore.errors import InvalidImage
from facescore.images import MAX_BYTES

# The files taken from a folder or an archive: those that `read_image` can read.
SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif")
MAX_ENTRIES = 2000  # files in an archive, pictures or not
MAX_LIST = 1000 * 1000  # bytes of the list of files, 500 each: Python reads the whole list, however long
# A photo file hardly shrinks when packed; one that is mostly white may, but then it is small.
MAX_RATIO, ALWAYS = 100, 1000 * 1000
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # all that photos come in, and both are easy to limit
LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, and the lengths of the name and the extra fields after it
DAMAGE = (zipfile.BadZipFile, struct.error, EOFError, RuntimeError, ValueError, OverflowError)
GONE = "A photo is no longer there. Choose it again."
IRREGULAR = "This is not an ordinary file. Choose a picture, a folder or a .zip archive."
UNICODE_PATH = 0x7075  # the extra field that repeats a name in UTF-8


@dataclass(frozen=True)
class Member:
    """A picture in a zip archive. It is read into memory; its name is never used as a path on disk.

    Attributes:
        archive: path of the archive.
        info: the entry of the picture.
    """

    archive: Path
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """The path in the archive, with its encoding guessed, since most programs do not state it."""
        if self.info.flag_bits & 0x800:
            return self.info.orig_filename
        return _decoded(self.info.orig_filename.encode("cp437"), self.info.extra)  # the bytes that Python decoded

    def read(self) -> bytes:
        """Read the picture's file, without reading the archive's list again.

        Raises:
            InvalidImage: it is larger than 20 MB, packed in an unusual way, or damaged, or the archive is gone.
        """
        if self.info.compress_type not in PACKINGS:
            raise InvalidImage(
                "This file is compressed in an unusual way. Create the archive again, as an ordinary zip."
            )
        try:
            packed = self._packed()
            # Whatever size the archive states, no more than this is unpacked.
            most = min(MAX_BYTES, max(ALWAYS, MAX_RATIO * len(packed)))
            stored = self.info.compress_type == zipfile.ZIP_STORED
            content = packed if stored else zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most + 1)
        except FileNotFoundError as error:
            raise InvalidImage(GONE) from error
        except (OSError, zlib.error, *DAMAGE) as error:
            raise InvalidImage("This file is damaged within its archive. Create the archive again.") from error
        if len(content) > MAX_BYTES:
            raise InvalidImage("This file is larger than 20 MB. Save a smaller version and try again.")
        if len(content) > most:
            raise InvalidImage("This file expands far more than a photo would. Save the picture as JPEG or PNG.")
        if (len(content), zlib.crc32(content)) != (self.info.file_size, self.info.CRC):
            raise InvalidImage("This file is damaged within its archive. Create the archive again.")
        return content

    def _packed(self) -> bytes:
        """The packed bytes; at most one more than a picture may have."""
        with open_regular(self.archive) as file:
            file.seek(self.info.header_offset)
            signature, name_length, extra_length = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
            if signature != b"PK\x03\x04":
                raise zipfile.BadZipFile
            file.seek(name_length + extra_length, os.SEEK_CUR)
            return file.read(min(self.info.compress_size, MAX_BYTES + 1))


class _Bounded(io.BufferedReader):
    """A file that refuses to read more at once than the longest allowed list, whatever the end record states."""

    def read(self, size: int | None = -1, /) -> bytes:
        """As that of a file, but `InvalidImage` is raised for more than `MAX_LIST` bytes."""
        if size is not None and size > MAX_LIST:
            raise InvalidImage(
                "This archive holds more than {most} files or very long file names. Include only the pictures.",
                most=f"{MAX_ENTRIES:,}",
            )
        return super().read(size)


def members(path: Path) -> list[Member]:
    """The pictures in an archive, including its folders, in the order in which they were packed.

    Raises:
        InvalidImage: it is not a zip archive, is damaged or locked with a password, or holds too many files.
        OSError: the file cannot be opened.
    """
    try:
        with _Bounded(open_regular(path)) as file, zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except DAMAGE as error:
        raise InvalidImage("This is not a zip archive, or it is damaged. Create or download it again.") from error
    if len(infos) > MAX_ENTRIES:
        raise InvalidImage(
            "This archive holds more than {most} files. Include only the pictures.", most=f"{MAX_ENTRIES:,}"
        )
    packed = (Member(path, info) for info in infos if not info.filename.endswith("/"))  # a name may also be empty
    found = [member for member in packed if is_picture(member.name)]
    if any(member.info.flag_bits & 1 for member in found):
        raise InvalidImage("This archive is protected by a password. Create it again without one.")
    return found


def open_regular(path: Path) -> io.FileIO:
    """Open a regular file, unbuffered; anything else, such as a pipe, is refused because it could block.

    Raises:
        InvalidImage: it is not a regular file.
        OSError: it cannot be opened.
    """
    try:
        return files.open_regular(path)
    except files.Irregular as error:
        raise InvalidImage(IRREGULAR) from error


def is_picture(name: str) -> bool:
    """Whether the name is that of a picture, and not of a hidden or system file."""
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and "__MACOSX" not in path.parts


def _decoded(name: bytes, extra: bytes) -> str:
    """Decode a name of unstated encoding: UTF-8 from macOS, GBK from Chinese Windows, and cp437 from DOS.

    Source: APPNOTE.TXT, sections 4.6.9 (the extra field) and D (cp437).
    """
    for encoded, encoding in ((_unicode_path(name, extra), "utf-8"), (name, "utf-8"), (name, "gbk")):
        try:
            text = encoded.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoded and (encoding == "utf-8" or _is_plausible_gbk(text)):
            return text
    return name.decode("cp437")


def _unicode_path(name: bytes, extra: bytes) -> bytes:
    """The name as repeated in UTF-8 in an extra field; empty if there is none or it belongs to another name."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == UNICODE_PATH and extra[4:9] == b"\x01" + zlib.crc32(name).to_bytes(4, "little"):
            return extra[9 : 4 + length]
        extra = extra[4 + length :]
    return b""


def _is_plausible_gbk(text: str) -> bool:
    """Whether most characters are common ones (GB2312): cp437's accented letters may decode to rare ones."""
    wide = [letter for letter in text if not letter.isascii()]
    common = [letter for letter in wide if len(letter.encode("gb2312", "ignore")) == 2]
    return 2 * len(common) > len(wide)
