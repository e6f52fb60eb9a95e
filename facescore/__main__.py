"""Run the command line: `python -m facescore`."""

from facescore.cli import main

main()
