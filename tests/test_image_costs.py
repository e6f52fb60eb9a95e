import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from facescore import read_image
from facescore.settings import ASSETS, ROOT
from tests.cost import Cost

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from Linux's /proc"),
]
HOSTILE = Path(__file__).parent / "cases" / "hostile_pictures.py"
KEPT = """
import sys
from concurrent.futures import ThreadPoolExecutor
from facescore import read_image
from tests.cost import megabytes
read_image("assets/examples/astronaut.jpg")
before = megabytes("VmRSS")
with ThreadPoolExecutor(4) as pool:
    shapes = list(pool.map(lambda path: read_image(path).shape, sys.argv[1:] * 6))
print(megabytes("VmRSS") - before)
"""


def costs(folder: Path) -> list[Cost]:
    """What it costs to read each picture of a folder, measured in processes of their own."""
    command = [sys.executable, "-m", "tests.cost", str(folder)]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [Cost(*json.loads(line)) for line in output.splitlines()]


def test_every_hostile_picture_is_read_or_refused_within_the_bar(tmp_path: Path) -> None:
    photo = ASSETS / "examples" / "astronaut.jpg"
    subprocess.run([sys.executable, HOSTILE, tmp_path, photo], check=True, capture_output=True)
    found = costs(tmp_path)
    assert len(found) > 190
    assert [cost for cost in found if not cost.is_within] == []


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The largest photos that are read, each as costly to decode as its format allows in a few seconds of making."""
    folder = tmp_path_factory.mktemp("large")
    astronaut = PIL.Image.open(ASSETS / "examples" / "astronaut.jpg").convert("RGB")
    with PIL.Image.open(HOSTILE.parent / "pictures" / "hopper_prophoto.jpg") as picture:
        profile = picture.info["icc_profile"]
    turned = PIL.Image.Exif()
    turned[0x0112] = 6
    photo = astronaut.resize((8000, 5000))
    few = photo.quantize(32)
    few_alpha = few.convert("RGBA")
    few_alpha.putalpha(photo.convert("L").point(lambda value: value & 0xF0))
    photo.save(folder / "turned.jpg", exif=turned, icc_profile=profile)
    photo.save(folder / "progressive.jpg", progressive=True, subsampling=0, exif=turned)
    photo.convert("CMYK").save(folder / "cmyk.jpg")
    few.save(folder / "palette.png", icc_profile=profile, compress_level=1)
    few_alpha.save(folder / "alpha.png", icc_profile=profile, exif=turned, compress_level=1)
    few.save(folder / "palette.gif")
    few.convert("RGB").save(folder / "lzw.tif", compression="tiff_lzw", icc_profile=profile)
    photo.save(folder / "jpeg.tif", compression="jpeg")
    small = astronaut.resize((6000, 4000))
    small.save(folder / "photo.webp", method=0, quality=90)
    small.putalpha(small.convert("L"))
    small.save(folder / "alpha.webp", method=0, quality=90)
    small.save(folder / "photo.avif", speed=10, icc_profile=profile)
    for name, size in (("108", (12_000, 9_000)), ("200", (16_320, 12_240))):
        astronaut.resize(size).save(folder / f"{name}.jpg", quality=85)
    return folder


def test_the_largest_photos_are_read_within_the_bar(large: Path) -> None:
    found = costs(large)
    assert [cost for cost in found if not cost.is_within or cost.outcome != "read"] == []


def test_memory_comes_back_after_large_photos(large: Path) -> None:
    photos = [str(large / "turned.jpg"), str(large / "alpha.png")]
    output = subprocess.run(
        [sys.executable, "-c", KEPT, *photos], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert float(output) < 300


def test_a_photo_of_many_megapixels_keeps_its_colours() -> None:
    """Read at a smaller scale, and still converted by its profile."""
    name = HOSTILE.parent / "pictures" / "hopper_prophoto.jpg"
    with PIL.Image.open(name) as picture:
        file = io.BytesIO()
        picture.resize((6000, 6000)).save(file, "JPEG", quality=90, icc_profile=picture.info["icc_profile"])
    image = read_image(file.getvalue())
    assert image.shape == (3000, 3000, 3)
    expected = PIL.Image.fromarray(read_image(name)).resize((3000, 3000))
    assert np.abs(image.astype(int) - np.asarray(expected)).mean() < 3
