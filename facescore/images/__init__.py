"""The only way to read a picture: any file, bytes or array becomes an upright sRGB uint8 array, or an InvalidImage."""

from facescore.images.decoding import Image
from facescore.images.encoded import PHOTO, Limits
from facescore.images.memory import tune_allocators
from facescore.images.reading import MIN_SIDE, ImageSource, read_image

tune_allocators()
MAX_BYTES, MAX_PIXELS = PHOTO.bytes, PHOTO.pixels

__all__ = ["MAX_BYTES", "MAX_PIXELS", "MIN_SIDE", "PHOTO", "Image", "ImageSource", "Limits", "read_image"]
