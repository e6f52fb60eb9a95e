"""What becomes of freed memory: a photo's is used again by the next one, a large photo's goes back to the system."""

import ctypes
import sys

import PIL.Image

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # for glibc's mallopt
LARGE = 4_000_000
KEPT = 16_000_000  # bytes at the end of the heap
BLOCKS = 1  # of 16 MB, that Pillow keeps: the pixels of a photo of 4 megapixels


def tune_allocators() -> None:
    """Let glibc and Pillow keep what the next photo needs, and return the rest.

    Half of the time that reading a photo took went into memory that the system gave anew for each one
    (``benchmarks/pipeline.py``). So one heap, which all threads share, keeps 16 MB, and blocks of 4 MB or more are
    mapped separately. By default, glibc raises both limits as large blocks are freed, and so keeps Pillow's blocks of
    16 MB in the heap of every thread that has read a photo: 900 MB after 12 photos of 40 megapixels in four threads.
    Other C libraries lack this function or ignore the call.
    """
    PIL.Image.core.set_blocks_max(BLOCKS)  # type: ignore[attr-defined]  # documented, but not exported
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            for parameter, value in ((M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, KEPT), (M_ARENA_MAX, 1)):
                mallopt(parameter, value)
