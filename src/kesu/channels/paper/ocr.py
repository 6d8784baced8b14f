"""Reads one picture, or the first pages of a PDF. Run as a program of its own, by an interpreter that has rapidocr; knows nothing of Kesu.

python ocr.py FILE    prints a line of JSON: [{"text", "x0", "y0", "x1", "y1", "score"}, …], coordinates in pixels; each page of a PDF
                      begins where the one before ends
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

MEMORY = 4_000_000_000  # bytes of address space
SECONDS = 60  # of the processor
MOST_PIXELS = 60_000_000  # a larger picture is no photograph of a page
EDGE = 2000  # pixels of the longer edge that are read: more takes longer and says no more
MOST_PAGES = 3  # of a PDF: a page full of print takes eight seconds of the processor


def main(path: str) -> int:
    """0 with the boxes on standard output; 2 without rapidocr (or, for a PDF, pypdfium2), 3 for what is no picture that can be read."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        import numpy
        from rapidocr import RapidOCR

        pages = _pages(path)
    except ImportError:
        return 2
    if pages is None:
        return 3
    logging.disable(logging.CRITICAL)
    reader, boxes, above = RapidOCR(), [], 0.0
    for page in pages:
        found = reader(numpy.asarray(page)[:, :, ::-1])
        for corners, text, score in zip(found.boxes if found.boxes is not None else (), found.txts or (), found.scores or (), strict=True):
            xs, ys = [float(point[0]) for point in corners], [above + float(point[1]) for point in corners]
            boxes.append({"text": text, "x0": min(xs), "y0": min(ys), "x1": max(xs), "y1": max(ys), "score": round(float(score), 3)})
        above += page.height
    print(json.dumps(boxes, ensure_ascii=False))
    return 0


def _pages(path: str) -> list[Any] | None:
    """Upright pictures, small enough to be read; None for what is none. Raises ImportError without the program that draws PDF."""
    with open(path, "rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    if is_pdf:
        return _drawn(path)
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # twice as many raise
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.draft("RGB", (EDGE, EDGE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((EDGE, EDGE))
            return [upright]
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return None


def _drawn(path: str) -> list[Any] | None:
    """The first pages of a PDF as pictures. Scripts and forms of it are not run; what it asks to be as large as a house is drawn small."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        pages = []
        for n in range(min(len(document), MOST_PAGES)):
            page = document[n]
            scale = EDGE / max(*page.get_size(), 1.0)
            pages.append(page.render(scale=scale).to_pil().convert("RGB"))
        return pages or None
    except (pypdfium2.PdfiumError, OSError, ValueError, MemoryError):
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
