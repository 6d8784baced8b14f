"""The packs that ship, each read and checked once however many modules ask (the check compares with the law: half a second a pack)."""

from functools import cache
from pathlib import Path

from kesu.procedure.law import read
from kesu.procedure.lintbeside import beside
from kesu.procedure.pack import Pack
from kesu.procedure.packfile import Checked, examine_file, load
from kesu.procedure.packtimes import read_calendar, times_of
from kesu.procedure.playing import Times

PACKS = Path(__file__).parents[2] / "packs"
EXAMPLES = sorted((PACKS / "examples").glob("*.toml"))


@cache
def shipped(name: str) -> Pack:
    """packs/NAME.toml."""
    return load(PACKS / f"{name}.toml").pack


@cache
def shipped_times(name: str) -> Times:
    """The kinds of time of packs/NAME.toml: its opening hours and its calendar."""
    pack = shipped(name)
    return times_of(pack, read_calendar(PACKS / "calendars", pack.pack.calendar))


@cache
def checked_example(name: str) -> Checked:
    """packs/examples/NAME.toml with everything that lint says of it, beside the calendars and the law too."""
    return examine_file(PACKS / "examples" / f"{name}.toml", beside(PACKS / "calendars", read(sorted((PACKS / "law").glob("*.toml")))))


@cache
def example(name: str) -> tuple[Pack, Times]:
    """That example and the times of its country."""
    pack = checked_example(name).pack
    assert pack is not None
    return pack, times_of(pack, read_calendar(PACKS / "calendars", pack.pack.calendar))
