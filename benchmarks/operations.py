"""What a network has to compute, and what this machine is and how fast it computes: the floor of a network's time."""

import math
import platform
import time
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

SIDE, RUNS = 1024, 20  # of the matrices


def of_network(path: Path, shape: tuple[int, ...]) -> int:
    """The multiplications and additions of a .tflite network's convolutions and products for one batch.

    Args:
        path: the .tflite file.
        shape: of the batch.
    """
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES  # a delegate would hide what it does
    interpreter = Interpreter(str(path), experimental_op_resolver_type=plain)
    interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], shape)
    interpreter.allocate_tensors()
    total = 0
    for operation in interpreter._get_ops_details():
        if operation["op_name"] not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            continue
        _, weights = (interpreter._get_tensor_details(index, 0)["shape"] for index in operation["inputs"][:2])
        output = interpreter._get_tensor_details(operation["outputs"][0], 0)["shape"]
        # Weights are [outputs, height, width, inputs], [1, height, width, outputs] or [outputs, inputs].
        each = math.prod(weights[1:3] if operation["op_name"] == "DEPTHWISE_CONV_2D" else weights[1:])
        total += 2 * math.prod(output) * int(each)
    return int(total)


def rate() -> float:
    """Floating-point operations per second in the product of two large matrices, on all cores: the best of several."""
    left, right = np.random.default_rng(0).random((2, SIDE, SIDE), np.float32)
    best = math.inf
    for _ in range(RUNS):
        start = time.perf_counter()
        left @ right
        best = min(best, time.perf_counter() - start)
    return 2 * SIDE**3 / best


def processor() -> str:
    """The processor's name (Linux)."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
