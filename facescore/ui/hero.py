"""The first thing that a visitor sees: what this is, as a picture, and its limit in one line."""

from facescore.settings import ASSETS
from facescore.ui import stories
from facescore.ui.pictures import data_url

TEASERS = ("teaser_ticked", "teaser_missed", "teaser_same")
SPOKEN = (
    "headline",
    "lead",
    "alt_averages",
    "averages",
    "lowest",
    "highest",
    "limit",
    "limit_more",
    "found",
    *TEASERS,
)
AVERAGES = ASSETS / "average_faces" / "attractive"


def average_faces() -> list[bytes]:
    """The average faces of the label's network, lowest predictions first, as files."""
    return [path.read_bytes() for path in sorted(AVERAGES.glob("decile-*"))]


def hero() -> str:
    """Heading, average faces and limit, as HTML; the script fills in the words."""
    faces = "".join(f'<img src="{data_url(face, "image/webp")}" alt="" aria-hidden="true">' for face in average_faces())
    return f"""<div class="hero"><h1 class="headline" data-say="headline"></h1>
<p class="lead" data-say="lead"></p>
<div class="averages" role="img" data-name="alt_averages">{faces}</div>
<p class="axis fine"><span data-say="lowest"></span><span class="caption" data-say="averages"></span>
<span data-say="highest"></span></p></div>
<p class="limit"><span data-say="limit"></span> <a href="?tab=about" data-tab="about" data-say="limit_more"></a></p>"""


def teasers() -> str:
    """Three findings as large numbers that link to the stories; the script adds the words."""
    cards = "".join(
        f'<a class="card" href="?tab=stories" data-tab="stories"><span class="big">{number}</span>'
        f'<span data-say="{name}"></span></a>'
        for name, number in zip(TEASERS, stories.headlines(), strict=True)
    )
    return f'<div class="teasers"><h2 data-say="found"></h2><div class="cards">{cards}</div></div>'
