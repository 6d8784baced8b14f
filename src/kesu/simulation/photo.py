"""A small picture for the demonstration company: drawn, not photographed, each one different."""

from __future__ import annotations

import struct
import zlib

from kesu.complaints.files import Upload

WIDTH, HEIGHT = 64, 48


def photo(n: int) -> Upload:
    """The n-th picture: a wall with a stain on it, as a PNG."""
    data = _png([bytes(value for x in range(WIDTH) for value in _dot(n, x, y)) for y in range(HEIGHT)])
    return Upload(f"现场照片{n:03}.png", len(data), [data])


def receipt(n: int) -> Upload:
    """The n-th receipt: lines of print on paper, as a PNG."""
    data = _png([bytes(value for x in range(WIDTH) for value in _print(n, x, y)) for y in range(HEIGHT)])
    return Upload(f"收据{n:03}.png", len(data), [data])


def _print(n: int, x: int, y: int) -> tuple[int, int, int]:
    inked = y % 7 in (3, 4) and 6 <= y < HEIGHT - 6 and 8 <= x < 16 + (n * 13 + y * 5) % 40 and (x * 3 + y + n) % 5 != 0
    return (70, 70, 74) if inked else (250, 249, 245)


def _dot(n: int, x: int, y: int) -> tuple[int, int, int]:
    wall = 205 + (x * 7 + y * 3 + n) % 11
    away = (x - 12 - n * 7 % 40) ** 2 + (2 * y - 20 - n * 5 % 50) ** 2
    stain = max(0, 90 - away // 6) if away < 540 else 0
    return (wall - stain // 2, wall - 4 - stain * 3 // 5, wall - 12 - stain * 4 // 5)


def _png(rows: list[bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in ((b"IHDR", head), (b"IDAT", body), (b"IEND", b"")))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
