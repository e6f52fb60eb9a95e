"""The command that scores many photos. What it needs is imported when it runs, so that scoring one starts quickly."""

from typing import Annotated

import typer

from facescore.scoring.percentile import ALL, GROUPS
from facescore.scoring.scorer import BEAUTY_NETWORKS


def rank(
    photos: Annotated[
        list[str],
        typer.Argument(
            metavar="PHOTO",
            help="Pictures, folders (with their subfolders), globs, .zip archives, URLs, and lists of these (.txt, or "
            ".parquet with the columns id and path).",
            show_default=False,
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", help="Write one row per face to this .csv or .parquet file.", show_default=False),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Score on a Ray cluster: local, auto, or its address. -o is then a folder of .parquet files, a path "
            "or URL; the same command adds the photos that are not in it yet.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    group: Annotated[str, typer.Option(help=f"The faces to compare with: {', '.join(GROUPS)}.")] = ALL,
    network: Annotated[
        str, typer.Option(help=f"The network behind the rating: {', '.join(BEAUTY_NETWORKS)}.")
    ] = BEAUTY_NETWORKS[0],
) -> None:
    """Rank the faces of many photos by rating.

    Without -o they are printed as a table; after Ctrl-C, those scored so far are printed. With -o, any number of photos
    can be ranked: finished work is kept in OUT.parts, and the same command resumes after Ctrl-C or a kill.
    """
    from facescore.batch.worker import Job
    from facescore.cli import ranking

    ranking.run(photos, out, ray, as_json, Job(group, network))
