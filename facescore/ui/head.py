"""What links to the page show: its title, description and picture, in place of Gradio's."""

import io
import re
from functools import cache
from pathlib import Path

import gradio
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
from fastapi import Response
from jinja2 import BaseLoader, ChoiceLoader, DictLoader

from facescore.ui.hero import average_faces
from facescore.ui.words import say, say_html

TITLE = "facescore: what networks learn when people rate faces"
INDEX = "frontend/index.html"
PICTURE = "/social.jpg"
WIDTH, HEIGHT, ACROSS = 1200, 630, 5  # pixels, as social networks show it, and average faces in a row
PAPER, INK = (251, 250, 248), (29, 27, 26)


def loader(gradios: BaseLoader | None) -> ChoiceLoader:
    """Gradio's templates, with our own head of the page."""
    page = (Path(gradio.__file__).parent / "templates" / INDEX).read_text(encoding="utf-8")
    return ChoiceLoader([DictLoader({INDEX: with_own_head(page)}), *([gradios] if gradios else [])])


def with_own_head(page: str) -> str:
    """Gradio's page with our own description in place of all of Gradio's."""
    bare = re.sub(r'<meta\s+(?:property="og:|name="(?:twitter:|description))[^>]*?/>', "", page, flags=re.DOTALL)
    address = "{{ config.get('root', '') }}"
    described = say_html("score.description")
    facts = {
        'name="description"': described,
        'property="og:title"': TITLE,
        'property="og:description"': described,
        'property="og:type"': "website",
        'property="og:url"': address,
        'property="og:image"': f"{address}{PICTURE}",
        'property="og:image:alt"': say_html("score.alt_averages"),
        'name="twitter:card"': "summary_large_image",
    }
    tags = "".join(f'<meta {name} content="{content}" />\n' for name, content in facts.items())
    return bare.replace("</head>", f"{tags}</head>", 1)


@cache
def social() -> bytes:
    """The picture that links show: the average faces and what they are, as a JPEG file."""
    side = WIDTH // ACROSS
    picture = PIL.Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    for place, face in enumerate(average_faces()):
        portrait = PIL.Image.open(io.BytesIO(face)).convert("RGB").resize((side, side), PIL.Image.Resampling.BICUBIC)
        picture.paste(portrait, (place % ACROSS * side, place // ACROSS * side))
    draw = PIL.ImageDraw.Draw(picture)
    for top, size, text in ((505, 46, say("score.headline")), (570, 28, f"facescore. {say('score.limit')}")):
        plain = text.replace("“", '"').replace("”", '"')  # the font has no others
        draw.text((40, top), plain, fill=INK, font=PIL.ImageFont.load_default(size))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()


async def answer() -> Response:
    """The picture that links show."""
    return Response(social(), media_type="image/jpeg", headers={"Cache-Control": "public, max-age=86400"})
