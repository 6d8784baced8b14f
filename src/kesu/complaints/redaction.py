"""Blacking out parts of a picture: a new picture, upright, without what the camera wrote into it; the original is never touched."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from kesu.procedure.refused import Refused

WHOLE = 10_000  # boxes are given in shares of this, so that they fit whatever size the picture is shown at
MOST_PIXELS = 50_000_000
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
Box = tuple[int, int, int, int]  # left, top, right, bottom


def blacked_out(path: Path, kind: str, boxes: Sequence[Box]) -> bytes:
    """The picture with these boxes black: PNG for a PNG, else JPEG. Refused for what is no picture we can read, or too large."""
    try:
        with Image.open(path, formats=[FORMATS[kind]]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Refused(
                    "picture_large", "照片太大，遮盖不了；先缩小再传", "the picture is too large to black out; upload a smaller one"
                )
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (KeyError, OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        raise Refused("no_picture", "这个文件打不开，不能遮盖", "this file cannot be read as a picture") from None
    pen = ImageDraw.Draw(picture)
    for left, top, right, bottom in boxes:
        across, down = picture.width / WHOLE, picture.height / WHOLE
        pen.rectangle((int(left * across), int(top * down), int(right * across), int(bottom * down)), fill="black")
    out = BytesIO()
    if kind == "image/png":
        picture.save(out, "PNG")
    else:
        picture.save(out, "JPEG", quality=90)
    return out.getvalue()
