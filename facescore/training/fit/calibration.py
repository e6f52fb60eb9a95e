"""Calibration on the validation part after training, folded into the linear head."""

import keras
import numpy as np
from scipy import optimize

from facescore.networks.linear_head import LinearHead
from facescore.training.data.examples import Examples
from facescore.training.predict import Numbers, apply

Fitted = dict[str, float]


def with_temperature(head: LinearHead, network: keras.Model, validation: Examples) -> tuple[LinearHead, Fitted]:
    """The network's head with its logit divided by a temperature, and the temperature."""
    both = [apply(network.predict_on_batch, crops) for crops in (validation.crops, validation.crops[:, :, ::-1])]
    logits = np.asarray(np.mean(both, axis=0), dtype=np.float64)[:, 0]  # over crop and mirror image, as served
    found = temperature(validation.targets[:, 0].astype(np.float64), logits)
    return head.scaled(1 / found), {"temperature": round(found, 4)}


def temperature(truth: Numbers, logits: Numbers) -> float:
    """The temperature that logits are divided by to minimise the log loss (Guo et al. 2017, arXiv 1706.04599)."""
    sign = np.where(truth > 0.5, -1.0, 1.0)
    found = optimize.minimize_scalar(
        lambda log_t: float(np.mean(np.logaddexp(0, sign * logits / np.exp(log_t)))), bounds=(-2, 2), method="bounded"
    )
    return float(np.exp(found.x))
