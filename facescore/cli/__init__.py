"""The command line. Only the training commands import what needs Keras, so that scoring starts quickly."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from facescore import __version__, terminal
from facescore.batch import manifest
from facescore.cli.faces import cells, columns, print_attribute, print_warnings
from facescore.cli.rank import rank
from facescore.errors import InvalidImage, InvalidRequest
from facescore.faces import load_detector
from facescore.files import write_text
from facescore.images import read_image
from facescore.scoring import attribute as attributes
from facescore.scoring.percentile import ALL, GROUPS
from facescore.scoring.scorer import BEAUTY_NETWORKS, NO_FACE, FaceScore, Scorer
from facescore.settings import ASSETS, CHECKPOINTS, Settings
from facescore.terminal import print_json, print_table, printable, without_native_messages
from facescore.training.data.place import Place

app = typer.Typer(
    help="What networks learned from people's ratings of faces. A study, not a judgement of anybody.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
export_app = typer.Typer(help="Write the files that the project ships.", no_args_is_help=True)
app.add_typer(export_app, name="export")

Data = Annotated[Path, typer.Option("--data", envvar="FACESCORE_DATA", help="The folder that holds the data sets.")]
Weights = Annotated[Path | None, typer.Option(help="Initial weights; default: the folder 'weights' next to the data.")]
Runs = Annotated[Path, typer.Option(help="The folder where runs and crops are kept, to be resumed later.")]


def main() -> None:
    """Run the command line; bad input prints a one-line message and exits with code 2."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # otherwise TensorFlow prints several lines at start-up
    terminal.end(terminal.run(app))


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"facescore {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that do not belong to a command."""


@app.command()
def score(
    photos: Annotated[
        list[str],
        typer.Argument(metavar="PHOTO", help="Pictures to score; - reads standard input.", show_default=False),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    group: Annotated[str, typer.Option(help=f"The faces to compare with: {', '.join(GROUPS)}.")] = ALL,
    network: Annotated[
        str, typer.Option(help=f"The network behind the rating: {', '.join(BEAUTY_NETWORKS)}.")
    ] = BEAUTY_NETWORKS[0],
    attribute: Annotated[
        str | None,
        typer.Option(help=f"Also predict a label of CelebA: {', '.join(attributes.ATTRIBUTES)}.", show_default=False),
    ] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(help="Write the photo with numbered boxes and beauty's map to this PNG file.", show_default=False),
    ] = None,
) -> None:
    """Score every face in each photo."""
    if overlay and len(photos) > 1:
        raise InvalidRequest(f"--overlay draws one photo, not {len(photos)}. Run it once per photo.")
    if overlay and (overlay.suffix.lower() != ".png" or os.path.realpath(overlay) == os.path.realpath(photos[0])):
        raise InvalidRequest(f"--overlay writes a new .png file, not {overlay}. Choose another name.")
    _refuse_folder(overlay)
    with without_native_messages():
        label = attributes.load(attribute) if attribute else None
    scorer: Scorer | None = None  # loaded when the first photo has been read
    reports: list[dict[str, Any]] = []
    failed = False
    for photo in photos:
        try:
            image = read_image(_file(photo))
        except InvalidImage as error:
            print(f"facescore: {printable(f'{photo}: {error}')}", file=sys.stderr)
            reports.append({"photo": photo, "error": str(error)})
            failed = True
            continue
        if scorer is None:
            with without_native_messages():
                scorer = Scorer(beauty=network)
        faces = scorer.score(image, group)
        numbers = [face.to_dict() for face in faces]
        if label and attribute:
            shares = attributes.probabilities(label, image, [face.face for face in faces])
            numbers = [one | {attribute: round(share, 4)} for one, share in zip(numbers, shares, strict=True)]
        reports.append({"photo": photo, "faces": numbers})
        if not as_json:
            _print_faces(printable(photo), faces)
            if attribute and faces:
                print_attribute(attribute, numbers)
        if overlay:
            from facescore.scoring.drawing import annotate, save_png

            save_png(overlay, annotate(image, faces, scorer.beauty.template))
    if as_json:
        print_json(reports)
    if failed:
        raise typer.Exit(2)


def _file(photo: str) -> bytes | BinaryIO:
    """The photo's file, or standard input.

    Raises:
        InvalidImage: it cannot be opened, or standard input is a terminal.
    """
    if photo != "-":
        return manifest.read(photo)
    if sys.stdin.isatty():
        raise InvalidImage("Standard input is a terminal. Redirect a photo to it: facescore score - < photo.jpg")
    return sys.stdin.buffer


def _refuse_folder(output: Path | None) -> None:
    """Refuse a folder before any photo is scored, rather than after all of them."""
    if output and output.is_dir():
        raise InvalidRequest(f"{output} is a folder and cannot be overwritten. Name a file.")


def _print_faces(photo: str, faces: list[FaceScore]) -> None:
    """Print one table per photo."""
    if not faces:
        print(f"{photo}: {NO_FACE}\n")
        return
    print(f"{photo}: {len(faces)} face{'s' if len(faces) > 1 else ''}, in reading order")
    rows = [(str(number), *cells(face.to_dict()), ", ".join(face.warnings)) for number, face in enumerate(faces, 1)]
    print_table(("face", *columns(faces[0].group), "warnings"), rows)
    print_warnings(name for face in faces for name in face.warnings)
    print()


app.command()(rank)


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="A recipe in facescore/training/recipes.", show_default=False)],
    data: Data,
    split: Annotated[str | None, typer.Option(help="A split other than the default, such as 60-40.")] = None,
    weights: Weights = None,
    runs: Runs = Path("runs"),
) -> None:
    """Train or resume a recipe, measure the result, and write its study and checkpoint."""
    from facescore.estimates import to_json
    from facescore.training.recipes import find, splits_of

    splits_of(find(recipe), split)  # before the seconds that Keras takes to be imported
    from facescore.training.run import run

    try:
        metrics = run(recipe, split, _place(data, weights, runs))
    except KeyboardInterrupt:
        print("\nStopped. The same command resumes.", file=sys.stderr)
        raise typer.Exit(130) from None
    print(to_json(metrics["test"]["all"]), end="")


@app.command()
def measure(study: str, data: Data, weights: Weights = None, runs: Runs = Path("runs")) -> None:
    """Measure a study again without training, and rewrite it and its checkpoint."""
    from facescore.training import again

    again.measure(study, _place(data, weights, runs))
    print(f"Wrote {ASSETS / 'studies' / study}.")


def _place(data: Path, weights: Path | None, runs: Path) -> Place:
    """The folders that training works in; weights lie beside the data unless said otherwise.

    The embedded detector finds the faces, whichever is chosen for the photos that are scored.
    """
    return Place(data, weights or data.resolve().parent / "weights", runs, load_detector(Settings()))


@export_app.command("detector")
def export_detector() -> None:
    """Convert the embedded face detector from the mtcnn package."""
    from facescore.training import export

    card = export.export_detector(CHECKPOINTS / "face-detector")
    print(f"Wrote {CHECKPOINTS / card.name}: {', '.join(card.files)}.")


@export_app.command("cards")
def export_cards() -> None:
    """Render every checkpoint's README.md from its card.json."""
    from facescore import checkpoints
    from facescore.results import model_card

    for folder in sorted(path.parent for path in CHECKPOINTS.glob("[!.]*/card.json")):
        write_text(folder / "README.md", model_card.render(checkpoints.load(folder)))
        print(f"Wrote {folder / 'README.md'}.")


@export_app.command("results")
def export_results() -> None:
    """Update the result tables in README.md and docs."""
    from facescore.results import readme

    readme.write()
    print(f"Wrote the tables in {readme.README}, {readme.RESULTS} and {readme.MALE}.")


@export_app.command("male")
def export_male(data: Data) -> None:
    """Compare the studies of CelebA's label "Male" and count their surest mistakes, without training."""
    from facescore.results.male_study import ANSWERS_FILE
    from facescore.training import answers

    answers.export(ANSWERS_FILE, data)
    print(f"Wrote {ANSWERS_FILE}.")


@export_app.command("covered")
def export_covered(data: Data) -> None:
    """Fit the detector of covered faces."""
    from facescore.training import covered

    print(f"Wrote {covered.export(data, load_detector(Settings()))}.")


@export_app.command("averages")
def export_averages(data: Data) -> None:
    """Average the faces in each tenth of a network's predictions and in each group of the data sets."""
    from facescore.training import publish

    publish.averages(ASSETS / "average_faces", data, load_detector(Settings()))
    print(f"Wrote {ASSETS / 'average_faces'}.")


@export_app.command("scores")
def export_scores(data: Data) -> None:
    """Count SCUT-FBP5500's mean ratings by group."""
    from facescore.training import export

    export.export_scores(ASSETS / "scut_scores.csv", data)
    print(f"Wrote {ASSETS / 'scut_scores.csv'}.")
