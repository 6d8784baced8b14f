"""Where an installation keeps its things, and what the environment says about it. Standard library only: the supervisor reads this.

KESU_DATA          directory of database, secret, attachments, built assets (default: `data` in the checkout)
KESU_DATABASE_URL  postgresql://… or sqlite:///…; without it `kesu.sqlite3` in the data directory
KESU_SECRET_KEY    the signing key, for installations of several machines (default: kept in the data directory)
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent  # src/kesu
ROOT = SOURCE.parent.parent
PACKS = ROOT / "packs"


def data_dir() -> Path:
    """The data directory, made when missing. Raises OSError when that is impossible."""
    path = Path(os.environ.get("KESU_DATA") or ROOT / "data").expanduser().absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


def trouble(error: BaseException) -> str | None:
    """What to tell whoever started us, where the disk or the data directory is at fault; None for every other error."""
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "database or disk is full" in str(error)
    if full:
        place = os.environ.get("KESU_DATA") or ROOT / "data"
        chinese = f"磁盘满了：{place}。请腾出空间再启动，已存的都在。"
        return f"{chinese}\nThe disk is full: {place}. Make room and start again; what was stored is there."
    if isinstance(error, OSError) and error.filename:
        said = f"{error.filename}（{error.strerror}）"
        chinese = f"用不了这个文件或目录：{said}。数据目录可用 --data 换一个。"
        return f"{chinese}\nThis file or directory cannot be used: {said}. --data names another data directory."
    return None


def database_url() -> str:
    """The database's address; SQLite in the data directory unless KESU_DATABASE_URL says otherwise."""
    return os.environ.get("KESU_DATABASE_URL") or f"sqlite:///{data_dir() / 'kesu.sqlite3'}"


def sqlite_path() -> Path | None:
    """The SQLite file, or None when another database is used."""
    url = database_url()
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def secret_key() -> str:
    """The installation's signing key: made once, readable by its owner only."""
    if key := os.environ.get("KESU_SECRET_KEY"):
        return key
    path = data_dir() / "secret.key"
    if not path.exists():
        _make_secret(path)
    return path.read_text(encoding="ascii").strip()


def _make_secret(path: Path) -> None:
    """Written aside and linked into place, so that two processes starting at once agree on one key."""
    import secrets  # not above: the supervisor should not pay for it

    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def uses_django() -> None:
    """Makes Django ready for a command that needs it. Nothing heavy is imported before this is called."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesu.config.settings")
    import django

    django.setup()
