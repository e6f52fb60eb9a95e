"""What becomes of freed memory: a photo's is used again by the next one, a large photo's goes back to the system."""

import ctypes
import sys

import PIL.Image

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # for glibc's mallopt
LARGE = 4_000_000
KEPT = 16_000_000  # bytes at the end of the heap
BLOCKS = 1  # of 16 MB, that Pillow keeps: the pixels of a photo of 4 megapixels


def set_limits() -> None:
    """Let glibc and Pillow keep what the next photo needs, and return the rest.

    A page of memory that the system has to give anew costs more time than decoding the pixels on it. So one heap, which
    all threads share, keeps 16 MB, and blocks of 4 MB or more are mapped separately. By default, glibc returns all but
    128 kB after a small photo; but it raises that and the size for mapping as large blocks are freed, and so keeps
    Pillow's in the heap of every thread that has read a photo: 900 MB after 12 photos of 40 megapixels in four threads.
    Other C libraries lack this function or ignore the call.
    """
    PIL.Image.core.set_blocks_max(BLOCKS)  # type: ignore[attr-defined]  # documented, but not exported
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            for parameter, value in ((M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, KEPT), (M_ARENA_MAX, 1)):
                mallopt(parameter, value)
