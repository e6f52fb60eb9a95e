"""Memory that comes back: what a large photo took is returned to the system as soon as it is freed."""

import ctypes
import sys

M_MMAP_THRESHOLD = -3  # of glibc's mallopt
LARGE = 4_000_000


def return_large_blocks() -> None:
    """Have glibc map blocks of 4 MB or more on their own.

    By default it raises this size up to 32 MB as they are freed, and keeps Pillow's blocks of 16 MB in the heap of
    every thread that ever read a photo: 900 MB after 12 photos of 40 megapixels in four threads. Other C libraries
    have no such function or ignore it.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, LARGE)
