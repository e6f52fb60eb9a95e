"""The page: `python app.py` serves it on http://127.0.0.1:7860. Also the entry point on Hugging Face Spaces."""

import sys

from facescore import FaceScoreError, Scorer
from facescore.images import MAX_BYTES
from facescore.settings import ASSETS
from facescore.ui import build_page, theme
from facescore.ui.words import TEXTS


def main() -> None:
    """Load the networks, build the page and serve it."""
    try:
        scorer = Scorer()
    except FaceScoreError as error:
        sys.exit(f"facescore: {error}")
    build_page(scorer).launch(
        theme=theme(),
        css_paths=ASSETS / "style.css",
        i18n=TEXTS,
        footer_links=["api", "settings"],
        run_history=False,  # it would keep people's photos
        max_file_size=2 * MAX_BYTES,  # read_image refuses from MAX_BYTES on, in words
    )


if __name__ == "__main__":
    main()
