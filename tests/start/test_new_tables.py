"""A new database gets its tables in one step; they are those that every migration, one after the other, gives."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).parents[2]
STEP_BY_STEP = "from django.core.management import call_command as c; c('migrate', verbosity=0)"
AT_ONCE = "from django.db import connection as c; from kesu.config.newtables import make; assert make(c) and not make(c)"
OF_TABLES = "FROM sqlite_master t JOIN {} WHERE t.type = 'table'"
ASKED = {
    "sqlite": {
        "columns": 'SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk ' + OF_TABLES.format("pragma_table_info(t.name) c"),
        "references": 'SELECT t.name, f."table", f."from", f."to" ' + OF_TABLES.format("pragma_foreign_key_list(t.name) f"),
        "indexes": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "unique": 'SELECT t.name, i."unique", i.partial, group_concat(c.name) '
        + OF_TABLES.format("pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c")
        + " GROUP BY t.name, i.name",
    },
    "postgresql": {
        "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length, is_identity"
        " FROM information_schema.columns WHERE table_schema = 'public'",
        "constraints": "SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "indexes": r"SELECT tablename, regexp_replace(indexdef, 'INDEX \S+ ON', 'INDEX ON') FROM pg_indexes WHERE schemaname = 'public'",
    },
}
ASKED_BOTH = {"migrations": "SELECT app, name FROM django_migrations", "content": "SELECT app_label, model FROM django_content_type"}


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


def test_no_migration_makes_what_the_last_state_does_not_know() -> None:
    """Carrying rows over is nothing to a new database; other statements of one's own would be missing there."""
    called = {
        node.func.attr
        for path in (ROOT / "src/kesu").glob("*/migrations/0*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "migrations"
    }
    assert called and not called & {"RunSQL", "SeparateDatabaseAndState"}


@pytest.fixture
def two(tmp_path: Path, django_db_setup: None) -> Iterator[list[str]]:
    """The addresses of two empty databases of the kind under test."""
    if connection.vendor == "sqlite":
        yield [f"sqlite:///{tmp_path}/{name}.sqlite3" for name in ("steps", "once")]
        return
    import psycopg

    there = connection.get_connection_params()
    address = {key: there[key] for key in ("host", "port", "user", "password") if there.get(key)}
    names = [f"kesu_tables_{uuid.uuid4().hex[:12]}" for _ in range(2)]
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        yield [urlsplit(os.environ["KESU_DATABASE_URL"])._replace(path=f"/{name}").geturl() for name in names]
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_at_once_and_step_by_step_give_the_same_tables(two: list[str], tmp_path: Path) -> None:
    said = [_made(url, how, tmp_path / name) for url, how, name in zip(two, (STEP_BY_STEP, AT_ONCE), ("steps", "once"), strict=True)]
    for what in ASKED[connection.vendor] | ASKED_BOTH:
        assert said[0][what] and said[0][what] == said[1][what], what


def _made(url: str, how: str, data: Path) -> dict[str, list[str]]:
    asking = f"""
import django; django.setup()
{how}
from django.db import connection
for what, question in {ASKED[connection.vendor] | ASKED_BOTH!r}.items():
    with connection.cursor() as cursor:
        cursor.execute(question.replace('%', '%%'))
        for row in cursor.fetchall(): print(what, *row, sep='\\x1f', end='\\x1e')
"""
    env = os.environ | {
        "KESU_DATABASE_URL": url, "KESU_DATA": str(data), "PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "kesu.config.settings",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", asking], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, list[str]] = {}
    for row in done.stdout.split("\x1e"):
        what, _, rest = row.partition("\x1f")
        found.setdefault(what, []).append(rest)
    return {what: sorted(rows) for what, rows in found.items()}
