"""The packs that ship, each read and checked once however many modules ask (the check compares with the law: half a second a pack)."""

from functools import cache
from pathlib import Path

from kesu.procedure.pack import Pack
from kesu.procedure.packfile import load

PACKS = Path(__file__).parents[2] / "packs"


@cache
def shipped(name: str) -> Pack:
    """packs/NAME.toml."""
    return load(PACKS / f"{name}.toml").pack
