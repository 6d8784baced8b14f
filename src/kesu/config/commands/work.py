"""只启动后台（闹铃、通知） · the worker alone: alarms and notices"""

from __future__ import annotations

import argparse

from kesu.config import freshness, installation, lifeline


def main(argv: list[str]) -> int:
    """Works until SIGTERM or SIGINT. Started alone it prepares the installation first."""
    argparse.ArgumentParser(prog="kesu work").parse_args(argv)
    installation.uses_django()
    if lifeline.lifeline() is None and freshness.is_stale():
        from kesu.config import preparing

        preparing.prepare()
    from kesu.config import worker

    worker.run()
    return 0
