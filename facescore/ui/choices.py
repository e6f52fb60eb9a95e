"""Checks of what a client chooses: the page's functions receive whatever was sent."""

from collections.abc import Sequence

from facescore.errors import InvalidRequest
from facescore.scoring.percentile import GROUPS
from facescore.scoring.scorer import BEAUTY_NETWORKS
from facescore.ui.page import MALFORMED


def group_named(group: object) -> str:
    """A group to compare with.

    Raises:
        InvalidRequest: there is no such group.
    """
    if not isinstance(group, str) or group not in GROUPS:
        raise InvalidRequest("There is no such group. Choose all, AF, AM, CF or CM.")
    return group


def network_named(network: object) -> str:
    """A network behind the rating.

    Raises:
        InvalidRequest: there is no such network.
    """
    if not isinstance(network, str) or network not in BEAUTY_NETWORKS:
        raise InvalidRequest("There is no such network. Choose beauty or beauty-resnet50.")
    return network


def one_of(choice: object, choices: Sequence[str]) -> str:
    """A choice that only the page itself sends.

    Raises:
        InvalidRequest: it is none of the choices.
    """
    if not isinstance(choice, str) or choice not in choices:
        raise InvalidRequest(MALFORMED)
    return choice


def place(index: object, length: int) -> int:
    """An index into a sequence of the given length, from 0.

    Raises:
        InvalidRequest: there is no such index.
    """
    if not isinstance(index, int) or not 0 <= index < length:
        raise InvalidRequest(MALFORMED)
    return index
