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
