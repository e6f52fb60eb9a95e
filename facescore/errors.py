"""What can go wrong for a user, as sentences.

Every message says what was wrong and what to do next. The page translates it by its template, the command line prints
it and exits 2.
"""


class FaceScoreError(Exception):
    """Base of every error that is about the user's input or set-up rather than about a bug.

    Args:
        template: the sentence in English, with a ``{name}`` for each of ``values``.
        values: what goes into the sentence.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values) if values else template)
        self.template, self.values = template, values


class InvalidImage(FaceScoreError):
    """A picture that is refused: not a picture, damaged, too large or too small."""


class InvalidSetting(FaceScoreError):
    """An environment variable with a value that means nothing."""


class CheckpointError(FaceScoreError):
    """A checkpoint that is missing, incomplete, or not the one its card describes."""


class DetectorError(FaceScoreError):
    """A face detector that cannot be had."""


class DataError(FaceScoreError):
    """A data set, a study or a file of initial weights that is missing or damaged."""


class StorageError(FaceScoreError):
    """A folder that cannot be written to: the disk is full, it is not allowed, or another process uses it."""


class InvalidRequest(FaceScoreError):
    """A request for something that does not exist, such as an unknown group or recipe."""
