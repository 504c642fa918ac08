"""Charts as PNG for documents that take no SVG, and clean copies of pictures: the only module that knows Pillow."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

WIDTH_PX = 1_500
ROW_PX = 92
LABEL_PX = 34
BAR_TOP_PX = 48
BAR_PX = 26
MOST_DOTS = 40_000_000
JPEG_QUALITY = 92
INK = "#1c2426"
ACCENT = "#0b4f55"
TRACK = "#e2e7e8"
FONT = Path(__file__).resolve().parent.parent / "web" / "static" / "vendor" / "source-sans-3-latin-400-normal.woff2"


def bar_chart_png(bars: Sequence[tuple[str, int, str]]) -> bytes:
    """Draw horizontal bars from zero, in the order given, as the charts on the screen; `bars` are not empty."""
    picture = Image.new("RGB", (WIDTH_PX, ROW_PX * len(bars)), "white")
    pen = ImageDraw.Draw(picture)
    font = _font()
    largest = max(value for _, value, _ in bars) or 1
    for number, (label, value, text) in enumerate(bars):
        top = ROW_PX * number
        pen.text((0, top), label, font=font, fill=INK)
        pen.text((WIDTH_PX, top), text, font=font, fill=INK, anchor="ra")
        bar = (0, top + BAR_TOP_PX, WIDTH_PX - 1, top + BAR_TOP_PX + BAR_PX)
        pen.rounded_rectangle(bar, radius=5, fill=TRACK)
        if value:
            width = max(6, (WIDTH_PX - 1) * value // largest)
            pen.rounded_rectangle((0, bar[1], width, bar[3]), radius=5, fill=ACCENT)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


class PictureRefused(ValueError):
    """A picture is not taken; the message says why in Dutch."""


def clean_picture(data: bytes, form: str) -> bytes:
    """Return a picture (PNG or JPEG) drawn anew: the same dots, upright, and nothing of where or with what it was made.

    Its size is read from its head, before any dot is unpacked: a small file can claim a picture of gigabytes.

    Raises:
        PictureRefused: no such picture, too many dots, or broken.
    """
    try:
        picture = Image.open(BytesIO(data), formats=[form])
        width, height = picture.size
        is_small = width * height <= MOST_DOTS and getattr(picture, "n_frames", 1) == 1
        clean = _drawn_anew(picture, form) if is_small else b""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        clean = b""
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, OverflowError, MemoryError) as broken:
        raise PictureRefused("Deze afbeelding is beschadigd en kan niet gelezen worden. Bewaar ze opnieuw.") from broken
    if not clean:
        raise PictureRefused("Deze afbeelding is te groot: ten hoogste 40 miljoen beeldpunten, en één beeld.")
    return clean


def _drawn_anew(picture: Image.Image, form: str) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    bare = Image.new(upright.mode, upright.size)
    if upright.mode == "P" and (palette := upright.getpalette()) is not None:
        bare.putpalette(palette)
    bare.paste(upright)
    file = BytesIO()
    bare.save(file, form, quality=JPEG_QUALITY)
    return file.getvalue()


def _font() -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """Return the font of the site; the one that comes with Pillow where FreeType cannot read WOFF2."""
    try:
        return ImageFont.truetype(str(FONT), LABEL_PX)
    except OSError:
        return ImageFont.load_default(LABEL_PX)
