"""Reads one picture. Run as a program of its own, by an interpreter that has rapidocr; knows nothing of Kesu.

python ocr.py PICTURE    prints a line of JSON: [{"text", "x0", "y0", "x1", "y1", "score"}, …], coordinates in pixels
"""

from __future__ import annotations

import json
import logging
import sys

MEMORY = 4_000_000_000  # bytes of address space
SECONDS = 60  # of the processor
MOST_PIXELS = 60_000_000  # a larger picture is no photograph of a page
EDGE = 2000  # pixels of the longer edge that are read: more takes longer and says no more


def main(path: str) -> int:
    """0 with the boxes on standard output; 2 without rapidocr, 3 for what is no picture that can be read."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        import numpy
        from PIL import Image, ImageOps
        from rapidocr import RapidOCR
    except ImportError:
        return 2
    logging.disable(logging.CRITICAL)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # twice as many raise
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return 3
            picture.draft("RGB", (EDGE, EDGE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((EDGE, EDGE))
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return 3
    found = RapidOCR()(numpy.asarray(upright)[:, :, ::-1])
    boxes = []
    for corners, text, score in zip(found.boxes if found.boxes is not None else (), found.txts or (), found.scores or (), strict=True):
        xs, ys = [float(point[0]) for point in corners], [float(point[1]) for point in corners]
        boxes.append({"text": text, "x0": min(xs), "y0": min(ys), "x1": max(xs), "y1": max(ys), "score": round(float(score), 3)})
    print(json.dumps(boxes, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
