"""检查这台机器与这个安装 · examine this machine and this installation"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator

from kesu.config import freshness, installation, messages

ROOM = 2**30  # bytes that should be free beside the data
Finding = tuple[bool, str]


def main(argv: list[str]) -> int:
    """Prints one line for each thing looked at; 1 when anything is wrong."""
    findings = list(_examine())
    for good, text in findings:
        print(("✓ " if good else "✗ ") + text)
    return 0 if all(good for good, _ in findings) else 1


def _examine() -> Iterator[Finding]:
    yield _guarded(_python)
    yield _guarded(_data)
    yield _guarded(_room)
    yield _guarded(_prepared)
    yield _guarded(_database)
    yield _guarded(_worker)
    yield _guarded(_packs)
    yield _guarded(_fonts)
    yield _guarded(_mail)


def _guarded(look: Callable[[], Finding]) -> Finding:
    """What cannot even be looked at is wrong as well."""
    try:
        return look()
    except Exception as problem:
        return False, f"{look.__name__.strip('_')}: {type(problem).__name__}: {problem}"


def _python() -> Finding:
    version = sys.version_info
    return (3, 11) <= version[:2] < (3, 14), f"Python {version.major}.{version.minor}.{version.micro}, SQLite {sqlite3.sqlite_version}"


def _data() -> Finding:
    path = installation.data_dir()
    return os.access(path, os.W_OK), f"数据目录 / data directory: {path}"


def _room() -> Finding:
    free = shutil.disk_usage(installation.data_dir()).free
    return free >= ROOM, f"剩余空间 / free space: {free / 2**30:.1f} GiB"


def _prepared() -> Finding:
    static, words = freshness.static_is_stale(), messages.is_stale()
    fresh = not (static or words)
    return fresh, "页面文件与译文 / pages and translations: " + (
        "最新 / fresh" if fresh else "待更新，下次启动时自动处理 / stale, made on the next start"
    )


def _database() -> Finding:
    installation.uses_django()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    state = (
        "表结构最新 / tables up to date"
        if not missing
        else f"缺 {missing} 个迁移，下次启动时自动处理 / {missing} migrations missing, made on the next start"
    )
    return not missing, f"数据库 / database: {connection.vendor}, {state}"


def _worker() -> Finding:
    from kesu.company.models import WorkerBeat
    from kesu.config.health import ALIVE_WITHIN
    from kesu.config.now import now

    count = WorkerBeat.objects.filter(beat_at__gte=now() - ALIVE_WITHIN).count()
    return count > 0, f"后台 / workers alive: {count}" + (
        "" if count else "（请运行 kesu serve 或 kesu work / run kesu serve or kesu work）"
    )


def _packs() -> Finding:
    found = sorted(path.stem for path in installation.PACKS.glob("*.toml"))
    return bool(found), f"规程包 / packs: {', '.join(found) or '无 / none'}"


def _fonts() -> Finding:
    from kesu.papers.fonts import NoFont, case

    try:
        return True, f"打印字体 / fonts for printing: {case().families[0]}"
    except NoFont as missing:
        return False, str(missing)


def _mail() -> Finding:
    from django.conf import settings

    host = settings.EMAIL_HOST
    return True, f"邮件服务器 / mail server: {host or '未设置，通知只在站内（KESU_SMTP_URL） / none, notices stay in Kesu (KESU_SMTP_URL)'}"
