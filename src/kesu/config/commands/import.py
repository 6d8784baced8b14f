"""导入表格 · import cases, customers, homes, staff FILE --as LOGIN [--site CODE] [--channel ID] [--source NAME] [--map 列=字段] [--dry]

CSV, Excel or JSON lines; see docs/import.md. Interrupted, the same command goes on where it stopped. Refused rows go to --faults FILE.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

from kesu.config import installation

KINDS = ("cases", "customers", "homes", "staff")


def main(argv: list[str]) -> int:
    """0 when every row was taken or was there already, 1 when some were refused, 2 when nothing could be done."""
    options = _options(argv)
    installation.uses_django()
    import django

    django.setup()
    from kesu.procedure.refused import Refused

    try:
        return _run(options)
    except (Refused, OSError) as problem:
        said = f"{problem.zh} / {problem.en}" if isinstance(problem, Refused) else str(problem)
        print(said, file=sys.stderr)
        return 2


def _options(argv: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="kesu import", epilog="docs/import.md")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("file", type=Path)
    parser.add_argument("--as", dest="login", required=True, help="whose rights count and whose name stands in the journal")
    parser.add_argument("--site", default="", help="code of the site, where the file has no column for it")
    parser.add_argument("--channel", default="", help="channel of the procedure for the whole file")
    parser.add_argument("--source", default="", help="whose numbers these are: 12315, 12345, wxpay …")
    parser.add_argument("--map", action="append", default=[], metavar="列=字段", help="column=field, any number of times")
    parser.add_argument("--dry", action="store_true", help="try it and keep nothing")
    parser.add_argument("--faults", type=Path, help="CSV of the refused rows with the reasons")
    return parser.parse_args(argv)


def _run(options: Any) -> int:
    from kesu.company.models import Person
    from kesu.config.now import now
    from kesu.exchange.actions import imports
    from kesu.procedure.refused import Refused

    person = Person.objects.select_related("company").filter(login=options.login, is_active=True).first()
    if person is None:
        raise Refused("person", f"没有登录名 {options.login}", f"there is no login {options.login}")
    whole = _begun(person, options) or _prepared(person, options)
    if whole.state != "running":
        whole = imports.start(person, whole.pk, now(), dry=options.dry)
    whole = imports.run(whole.pk, now(), _tell)
    print(file=sys.stderr)
    zh = f"共 {whole.seen} 行：新 {whole.added}，已有 {whole.known}，没收 {whole.refused}" + ("（试行，没有存）" if whole.dry else "")
    en = f"{whole.seen} rows: {whole.added} new, {whole.known} known, {whole.refused} refused"
    en += " (dry run, nothing kept)" if whole.dry else ""
    print(f"{zh} / {en}")
    if whole.state == "failed":
        raise Refused("failed", *whole.why)
    if options.faults:
        _write_faults(whole, options.faults)
    return 1 if whole.refused else 0


def _begun(person: Any, options: Any) -> Any:
    """An earlier run of the same file that did not come to its end."""
    from kesu.exchange.actions.imports import keep_file
    from kesu.exchange.models import Import

    sha = keep_file(_pieces(options.file))
    rows = Import.objects.filter(
        company_id=person.company_id, person=person, kind=options.kind, sha256=sha, state="running", dry=options.dry
    )
    return rows.order_by("-id").first()


def _prepared(person: Any, options: Any) -> Any:
    from kesu.config.now import now
    from kesu.exchange.actions import imports

    whole = imports.prepare(person, options.kind, options.file.name, _pieces(options.file), now())
    columns = whole.columns | dict(pair.split("=", 1) for pair in options.map if "=" in pair)
    settled = whole.settled | {name: value for name in ("site", "channel", "source") if (value := getattr(options, name))}
    return imports.map_columns(person, whole.pk, columns, settled, now())


def _pieces(path: Path) -> Any:
    with path.open("rb") as file:
        while piece := file.read(2**20):
            yield piece


def _tell(whole: Any) -> None:
    print(f"\r{whole.seen}/{whole.rows}", end="", file=sys.stderr, flush=True)


def _write_faults(whole: Any, path: Path) -> None:
    from kesu.exchange.faults import fault_rows

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(fault_rows(whole, "zh-hans"))
