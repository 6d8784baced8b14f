"""Django 的管理命令 · Django's own management commands"""

from __future__ import annotations

import os


def main(argv: list[str]) -> int:
    """Hands on to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesu.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["kesu manage", *argv])
    return 0
