"""The packs that ship, each read and checked once however many modules ask (the check compares with the law: half a second a pack)."""

from functools import cache
from pathlib import Path

from kesu.procedure.pack import Pack
from kesu.procedure.packfile import load
from kesu.procedure.packtimes import read_calendar, times_of
from kesu.procedure.playing import Times

PACKS = Path(__file__).parents[2] / "packs"


@cache
def shipped(name: str) -> Pack:
    """packs/NAME.toml."""
    return load(PACKS / f"{name}.toml").pack


@cache
def shipped_times(name: str) -> Times:
    """The kinds of time of packs/NAME.toml: its opening hours and its calendar."""
    pack = shipped(name)
    return times_of(pack, read_calendar(PACKS / "calendars", pack.pack.calendar))
