"""The FACESCORE_* environment variables, read once into one frozen dataclass."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from facescore.errors import InvalidSetting

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent


def _folder(name: str) -> Path:
    """A folder inside the installed package, or at the top of a checkout."""
    packed = PACKAGE / f"_{name}"
    return packed if packed.is_dir() else ROOT / name


ASSETS = _folder("assets")
CHECKPOINTS = _folder("checkpoints")

DETECTORS = ("mtcnn", "yunet")


@dataclass(frozen=True)
class Settings:
    """The settings of this process.

    Attributes:
        detector: FACESCORE_DETECTOR, ``mtcnn`` (the embedded one) or ``yunet``.
        yunet_model: FACESCORE_YUNET_MODEL, YuNet's .onnx file; None means the pinned file from the Hugging Face Hub.
        data: FACESCORE_DATA, the folder that holds the data sets (``celeba``, ``SCUT-FBP5500_v2``, ``mebeauty`` and
            ``omi``); None if not set.
    """

    detector: str = "mtcnn"
    yunet_model: Path | None = None
    data: Path | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; unset and empty variables take their defaults.

        Raises:
            InvalidSetting: a variable has an invalid value.
        """
        detector = environment.get("FACESCORE_DETECTOR") or "mtcnn"
        if detector not in DETECTORS:
            raise InvalidSetting(f"FACESCORE_DETECTOR must be one of {', '.join(DETECTORS)}; received {detector!r}.")
        yunet_model = environment.get("FACESCORE_YUNET_MODEL")
        data = environment.get("FACESCORE_DATA")
        return cls(
            detector=detector,
            yunet_model=Path(yunet_model) if yunet_model else None,
            data=Path(data) if data else None,
        )
