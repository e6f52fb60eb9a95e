"""How to turn a photo upright: the one EXIF tag that matters, read without the others."""

import struct

ORIENTATION = 0x0112
TYPES = {3: "H", 4: "I"}  # SHORT, or LONG as some programs write it


def orientation_of(exif: bytes) -> int:
    r"""The orientation stated in an EXIF block.

    Only this tag of the first directory is read, so nothing else in the block can cost time or cause errors.

    Args:
        exif: a TIFF structure, with or without ``Exif\0\0`` before it.

    Returns:
        1 to 8, as in EXIF 2.32; 1, upright, if the block is broken or does not state an orientation.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(order + "HH", exif, entry)
            if tag == ORIENTATION and kind in TYPES:
                (value,) = struct.unpack_from(order + TYPES[kind], exif, entry + 8)
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:  # the block ends before its directory does
        pass
    return 1
