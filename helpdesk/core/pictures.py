"""Charts as PNG, for documents that take no SVG: the only module that knows Pillow."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH_PX = 1_500
ROW_PX = 92
LABEL_PX = 34
BAR_TOP_PX = 48
BAR_PX = 26
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


def _font() -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """Return the font of the site; the one that comes with Pillow where FreeType cannot read WOFF2."""
    try:
        return ImageFont.truetype(str(FONT), LABEL_PX)
    except OSError:
        return ImageFont.load_default(LABEL_PX)
