"""What the tab Score shows of a photo.

Each photo is searched and scored once per network; every later choice is answered from `Kept`.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from facescore.errors import FaceScoreError
from facescore.images import Image, read_image
from facescore.scoring.groups import compared
from facescore.scoring.scorer import BEAUTY_NETWORKS, NO_FACE, FaceScore, Scorer
from facescore.ui import charts, downloads, moves, photo, pictures, trust
from facescore.ui.cards import details, message
from facescore.ui.janitor import DELETE_OLDER
from facescore.ui.kept import Kept
from facescore.ui.lanes import LANE
from facescore.ui.words import say, translated

MAPS = ("beauty", "attractive")
MAP_SIZE = 336
PARTS_SCALE = {"beauty": 1.0, "attractive": 3.0}  # a bar's length at most, in points and in log-odds
MOST_PHOTOS, MOST_BYTES = 200, 64 * 1000 * 1000  # whose scores are kept
KEPT = Kept(MOST_PHOTOS, MOST_BYTES, DELETE_OLDER)

Report = dict[str, Any]
Answer = dict[str, Any]
"""What the page shows, by the names of `SHOWN`."""
SHOWN = (
    "view",
    "thumbs",
    "optional",
    "numbers",
    "moving",
    "chosen",
    "explained",
    "why",
    "note",
    "slider",
    "parts",
    "saved",
)


class Desk:
    """The networks, and the scores of recent photos.

    Args:
        scorer: with the default network behind the rating; the others are loaded when they are first asked for.
    """

    def __init__(self, scorer: Scorer) -> None:
        self.of_network: Callable[[str], Scorer] = cache(
            lambda name: scorer if name == BEAUTY_NETWORKS[0] else scorer.with_beauty(name)
        )

    def faces(self, path: Path, group: str, network: str, image: Image | None = None) -> list[FaceScore]:
        """The faces of an upload, in reading order, compared with a group.

        Args:
            path: the path of the upload.
            group: all, AF, AM, CF or CM.
            network: the name of the network behind the rating.
            image: the photo, if it has been read.

        Raises:
            FaceScoreError: the photo is refused.
        """
        scorer = self.of_network(network)

        def score() -> list[FaceScore]:
            """Score the photo, once per network; rankings wait meanwhile."""
            with LANE.short():
                return scorer.score(read_image(path) if image is None else image)

        found = KEPT.faces(path, network, score)
        return [compared(face, scorer.distribution, group) for face in found]

    def report(self, path: Path | None, group: str, network: str) -> Report:
        """What `/score` answers."""
        faces = [] if path is None else self.faces(path, group, network)
        return {"faces": [face.to_dict() for face in faces]}


def first_view(desk: Desk, path: Path, group: str, network: str, shown: str, language: str) -> Answer:
    """What the page shows of a new photo: its faces as buttons, and the first one's numbers.

    Raises:
        FaceScoreError: the photo is refused.
    """
    image = read_image(path)
    faces = desk.faces(path, group, network, image)
    view = {"view": photo.with_boxes(image, faces, language, photo.token(path))}
    if not faces:
        return nothing(message(translated(NO_FACE, language))) | view
    return view | one_face(desk, faces, 1, network, shown, language)


def one_face(desk: Desk, faces: list[FaceScore], number: int, network: str, shown: str, language: str) -> Answer:
    """What the page shows of one face; the photo itself stays as it is.

    Args:
        desk: holds the networks.
        faces: the faces of the photo, one or more.
        number: the number of the face, from 1.
        network: the name of the network behind the rating.
        shown: the map: beauty or attractive.
        language: the language of the text.
    """
    scorer = desk.of_network(network)
    face, cards = faces[number - 1], (scorer.beauty.card, scorer.attractive.card)
    report = {"faces": [one.to_dict() for one in faces]}
    return {
        "thumbs": photo.as_buttons(faces, number, language),
        "optional": gr.update(visible=True),
        "numbers": details(face, number, len(faces) == 1, scorer.distribution, cards, language),
        "moving": moves.waiting(language),
        "chosen": number,
        "explained": gr.update(visible=True),
        **why(scorer, face, number, shown, language),
        "saved": downloads.links(report, face, number, cards, language),
    }


def among(faces: list[FaceScore], chosen: object) -> int:
    """The number of the face that the page says was chosen; the first if there is no such face."""
    return chosen if isinstance(chosen, int) and 1 <= chosen <= len(faces) else 1


def why(scorer: Scorer, face: FaceScore, number: int, shown: str, language: str) -> Answer:
    """The map and the parts; unfolded only if the study found the map faithful for such faces."""
    of_rating = shown == MAPS[0]
    explanation = face.beauty_explanation if of_rating else face.attractive_explanation
    trusted = trust.map_is_trusted((scorer.beauty if of_rating else scorer.attractive).card, face.wild)
    unit = say(f"score.unit_{shown}", language)
    return {
        "why": gr.update(open=trusted),
        "note": "" if trusted else message(say("score.map_doubt", language)),
        "slider": pictures.under_slider(explanation.side_by_side(MAP_SIZE), number, shown, language),
        "parts": charts.regions(explanation.regions(), PARTS_SCALE[shown], unit, language),
    }


def nothing(said: str) -> Answer:
    """What the page shows without a face: a sentence, as HTML."""
    hidden = gr.update(visible=False)
    return dict.fromkeys(SHOWN, "") | {
        "optional": hidden,
        "numbers": said,
        "chosen": 1,
        "explained": hidden,
        "why": gr.skip(),
    }


def refused(error: FaceScoreError, path: Path | None, language: str) -> Answer:
    """What the page shows for a photo that is not scored: why not, and what to do."""
    gone = path is not None and not path.is_file()
    return nothing(message(say("errors.gone", language) if gone else translated(error, language), alert=True))
