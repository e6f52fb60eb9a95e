"""The page: `python app.py` serves it on http://127.0.0.1:7860. Also the entry point on Hugging Face Spaces."""

import argparse
import os
import sys

from facescore import FaceScoreError, Scorer
from facescore.ui import build_page, launch


def satisfy_zero_gpu() -> None:
    """Register a function with ZeroGPU, which starts no app without one; the networks run on the CPU."""
    if os.environ.get("SPACES_ZERO_GPU"):
        import spaces  # preinstalled on Spaces

        spaces.GPU(lambda: None)


def main() -> None:
    """Load the networks, build the page and serve it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mcp", action="store_true", help="also offer the page's functions as MCP tools")
    arguments = parser.parse_args()
    satisfy_zero_gpu()
    try:
        launch(build_page(Scorer()), mcp_server=arguments.mcp)
    except (FaceScoreError, OSError) as error:  # no folder for uploads, or no free port
        sys.exit(f"facescore: {error}")


if __name__ == "__main__":
    main()
