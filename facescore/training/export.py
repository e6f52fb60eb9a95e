"""Export to LiteRT, and the files that need no training. The only module that needs TensorFlow."""

from importlib.metadata import distribution, version
from pathlib import Path

import keras
import tensorflow as tf
from keras import layers

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.datasets import scut
from facescore.errors import DetectorError
from facescore.files import write_text
from facescore.results import model_card


def to_tflite(network: keras.Model, half: bool = False) -> bytes:
    """Convert a network to a .tflite file whose inputs and outputs keep their Keras names.

    Args:
        network: a functional model; its batch size stays variable.
        half: store the weights as float16, in half the space; computations are in float32.
    """
    # from_keras_model's files compute the same, but it traces the network several times and takes twice as long.
    inputs = [tf.TensorSpec((None, *one.shape[1:]), one.dtype, name=one.name) for one in network.inputs]
    function = tf.function(lambda *crops: network(*crops, training=False), input_signature=inputs)
    owner = tf.Module()
    owner.weights = [variable.value for variable in network.variables]
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], owner)
    if half:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())


def export_scores(path: Path, data: Path) -> None:
    """Write the table of SCUT-FBP5500's ratings, ``group,score,count``.

    Raises:
        DataError: the data set is missing.
    """
    counts = scut.load_scores(data).groupby(["group", "score"]).size().rename("count").reset_index()
    write_text(path, counts.to_csv(index=False))


def export_detector(folder: Path) -> Card:
    """Convert MTCNN's three networks from the `mtcnn` package to a checkpoint.

    Raises:
        DetectorError: the package is not installed.
    """
    try:
        from mtcnn.stages import StageONet, StagePNet, StageRNet
    except ImportError as error:
        raise DetectorError("The package mtcnn is not installed. Run 'pip install -r requirements-dev.txt'.") from error
    networks = {
        "pnet.tflite": _with_pixels_in(StagePNet().model, None, ("offsets", "face")),
        "rnet.tflite": _with_pixels_in(StageRNet().model, 24, ("offsets", "face")),
        "onet.tflite": _with_pixels_in(StageONet().model, 48, ("offsets", "landmarks", "face")),
    }
    notice = distribution("mtcnn").read_text("LICENSE") or ""
    contents = {name: to_tflite(network) for name, network in networks.items()} | {"LICENSE": notice.encode()}
    card = Card(
        name=folder.name,
        title="Finds faces and their five landmarks",
        task="detection",
        network="MTCNN: P-Net, R-Net and O-Net (Zhang et al. 2016, arXiv 1604.02878)",
        initial_weights=f"converted unchanged from the Python package mtcnn {version('mtcnn')} (MIT licence)",
        licence="MIT; see LICENSE",
        limits=(
            "Finds upright faces; a face turned by more than about 45° in the picture, seen from the side, or mostly "
            "covered may be missed.",
            "Faces smaller than about a twentieth of the photo's longer side are missed.",
            "It tells where a face is, not whose it is.",
        ),
    )
    return checkpoints.save(folder, card, contents, model_card.render(card))


def _with_pixels_in(network: keras.Model, size: int | None, outputs: tuple[str, ...]) -> keras.Model:
    """The network with uint8 RGB crops as input and with named outputs."""
    crops = keras.Input((size, size, 3), dtype="uint8", name="crops")
    x = layers.Rescaling(1 / 128, offset=-127.5 / 128)(crops)
    return keras.Model(crops, dict(zip(outputs, network(x), strict=True)))
