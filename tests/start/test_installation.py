"""Where things are kept, and the installation's secret."""

import stat
from concurrent.futures import ThreadPoolExecutor

from kesu.config import freshness, installation


def test_the_secret_is_made_once_and_read_by_its_owner_only(tmp_path, monkeypatch):
    monkeypatch.setenv("KESU_DATA", str(tmp_path / "new"))
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: installation.secret_key(), range(40)))
    path = tmp_path / "new" / "secret.key"
    assert len(keys) == 1 and len(keys.pop()) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path], "no draft is left behind"


def test_a_secret_from_the_environment_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setenv("KESU_DATA", str(tmp_path))
    monkeypatch.setenv("KESU_SECRET_KEY", "ours")
    assert installation.secret_key() == "ours" and not list(tmp_path.iterdir())


def test_sqlite_in_the_data_directory_unless_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.setenv("KESU_DATA", str(tmp_path))
    monkeypatch.delenv("KESU_DATABASE_URL", raising=False)
    assert installation.sqlite_path() == tmp_path / "kesu.sqlite3"
    monkeypatch.setenv("KESU_DATABASE_URL", "postgresql://kesu@db/kesu")
    assert installation.sqlite_path() is None


def test_a_missing_or_old_or_foreign_database_file_is_stale(tmp_path, monkeypatch):
    import sqlite3

    monkeypatch.setenv("KESU_DATA", str(tmp_path))
    monkeypatch.delenv("KESU_DATABASE_URL", raising=False)
    assert freshness.database_is_stale()
    database = sqlite3.connect(tmp_path / "kesu.sqlite3")
    freshness.stamp(freshness.LOCK_STAMP, freshness.locked())
    assert freshness.database_is_stale(), "no migrations table"
    database.execute("CREATE TABLE django_migrations (app, name)")
    database.executemany("INSERT INTO django_migrations VALUES (?, ?)", freshness.our_migrations())
    database.commit()
    assert not freshness.database_is_stale()
    database.execute("DELETE FROM django_migrations WHERE rowid = 1")
    database.commit()
    assert freshness.database_is_stale(), "one migration is missing"


def test_other_packages_make_the_database_and_the_static_files_stale(tmp_path, monkeypatch):
    monkeypatch.setenv("KESU_DATA", str(tmp_path))
    (tmp_path / "static").mkdir()
    freshness.stamp(freshness.STATIC_STAMP, freshness.static_fingerprint())
    assert not freshness.static_is_stale()
    monkeypatch.setattr(freshness, "locked", lambda: "other packages")
    assert freshness.static_is_stale()
