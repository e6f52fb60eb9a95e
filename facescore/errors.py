"""Errors that a user can run into, as sentences.

Every message says what is wrong and what to do next. The page translates it by its template; the command line prints
it and exits with code 2.
"""


class FaceScoreError(Exception):
    """Base class of errors caused by the user's input or set-up rather than by a bug.

    Args:
        template: the English sentence, with a ``{name}`` for each of ``values``.
        values: the values to fill in.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values) if values else template)
        self.template, self.values = template, values


class InvalidImage(FaceScoreError):
    """A refused picture: not an image, damaged, too large or too small."""


class InvalidSetting(FaceScoreError):
    """An environment variable with an invalid value."""


class CheckpointError(FaceScoreError):
    """A checkpoint that is missing, incomplete, or not the one its card describes."""


class DetectorError(FaceScoreError):
    """A face detector that is not available."""


class DataError(FaceScoreError):
    """A data set, a study or a file of initial weights that is missing or damaged."""


class StorageError(FaceScoreError):
    """A folder that cannot be written to: no space, no permission, or in use by another process."""


class InvalidRequest(FaceScoreError):
    """A request for something that does not exist, such as an unknown group or recipe."""


def reason(error: OSError | ValueError) -> str:
    """What the system says of an error, or Python where the system says nothing."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
