"""Small valid pictures of every format and kind that is read."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

CASES = Path(__file__).parent.parent / "cases" / "pictures"
TURNED, CLEAR = 6, 40


def seeds() -> dict[str, bytes]:
    """The files by name; each holds the astronaut's face, and metadata where its format has any."""
    with PIL.Image.open(CASES / "astronaut_swap.jpg") as picture:
        profile, photo = picture.info["icc_profile"], picture.convert("RGB")
    exif = PIL.Image.Exif()
    exif[0x0112] = TURNED
    exif[0x010E] = "An astronaut"
    alpha = photo.copy()
    alpha.putalpha(CLEAR)
    deep = PIL.Image.fromarray(np.asarray(photo.convert("L"), np.uint16) * 257)
    film = {"save_all": True, "append_images": [photo.rotate(90)]}
    meta = {"exif": exif, "icc_profile": profile}
    kinds: dict[str, tuple[str, PIL.Image.Image, dict[str, Any]]] = {
        "baseline.jpg": ("JPEG", photo, meta),
        "progressive.jpg": ("JPEG", photo, {"progressive": True, "subsampling": 0}),
        "restarts.jpg": ("JPEG", photo, {"restart_marker_rows": 1}),
        "cmyk.jpg": ("JPEG", photo.convert("CMYK"), {}),
        "gray.jpg": ("JPEG", photo.convert("L"), {}),
        "rgb.png": ("PNG", photo, meta),
        "alpha.png": ("PNG", alpha, {}),
        "palette.png": ("PNG", photo.quantize(64), {"transparency": 3}),
        "deep.png": ("PNG", deep, {}),
        "bit.png": ("PNG", photo.convert("1"), {}),
        "film.png": ("PNG", photo, film),
        "still.gif": ("GIF", photo.quantize(64), {"comment": b"An astronaut"}),
        "film.gif": ("GIF", photo, film),
        "rgb.bmp": ("BMP", photo, {}),
        "palette.bmp": ("BMP", photo.quantize(64), {}),
        "plain.tif": ("TIFF", photo, meta),
        "deep.tif": ("TIFF", deep, {}),
        "float.tif": ("TIFF", PIL.Image.fromarray(np.asarray(photo.convert("L"), np.float32) / 255), {}),
        **{
            f"{name}.tif": ("TIFF", photo, {"compression": name})
            for name in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
        },
        "lossy.webp": ("WEBP", photo, meta),
        "alpha.webp": ("WEBP", alpha, {}),
        "lossless.webp": ("WEBP", photo, {"lossless": True}),
        "film.webp": ("WEBP", photo, film),
        "photo.avif": ("AVIF", photo, meta),
        "alpha.avif": ("AVIF", alpha, {}),
    }
    files = {name: _encoded(*kind) for name, kind in kinds.items()}
    return files | {"photo.heic": (CASES / "photo.heic").read_bytes()}


def _encoded(format_: str, picture: PIL.Image.Image, options: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    picture.save(file, format_, **options)
    return file.getvalue()
