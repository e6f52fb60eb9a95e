"""What can be done to a file's bytes."""

from collections.abc import Callable, Sequence
from random import Random

HEAD = 400  # bytes at the beginning, where structure is densest
EXTREMES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
LONGEST_RUN = 100_000


def mutated(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """A file after one to four mutations.

    Args:
        data: the file.
        others: files of which parts may be put into it.
        random: decides.
    """
    for _ in range(random.randint(1, 4)):
        data = random.choice(MUTATIONS)(data, others, random)
    return data


def _place(data: bytes, random: Random) -> int:
    return random.randrange(1 + min(len(data), random.choice((HEAD, len(data)))))


def _flip(data: bytes, _: Sequence[bytes], random: Random) -> bytes:
    changed = bytearray(data)
    for _repetition in range(random.randint(1, 8) if data else 0):
        changed[min(_place(data, random), len(data) - 1)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _set_number(data: bytes, _: Sequence[bytes], random: Random) -> bytes:
    at, size = _place(data, random), random.choice((1, 2, 4))
    number = random.choice(EXTREMES) & (1 << 8 * size) - 1
    return data[:at] + number.to_bytes(size, random.choice(("big", "little"))) + data[at + size :]


def _cut(data: bytes, _: Sequence[bytes], random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _drop(data: bytes, _: Sequence[bytes], random: Random) -> bytes:
    at = _place(data, random)
    return data[:at] + data[at + random.randint(1, 64) :]


def _repeat(data: bytes, _: Sequence[bytes], random: Random) -> bytes:
    at = _place(data, random)
    part = data[at : at + random.randint(1, 64)]
    return data[:at] + part * min(random.choice((2, 100, 10_000)), LONGEST_RUN // max(len(part), 1)) + data[at:]


def _insert(data: bytes, _: Sequence[bytes], random: Random) -> bytes:
    at = _place(data, random)
    return data[:at] + random.randbytes(random.randint(1, 64)) + data[at:]


def _splice(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    at, other = _place(data, random), random.choice(others)
    start = _place(other, random)
    return data[:at] + other[start : start + random.choice((16, 256, len(other)))] + data[at:]


MUTATIONS: Sequence[Callable[[bytes, Sequence[bytes], Random], bytes]] = (
    _flip,
    _flip,
    _set_number,
    _set_number,
    _cut,
    _drop,
    _repeat,
    _insert,
    _splice,
)
