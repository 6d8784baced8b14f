"""A real IMAP server for the tests of mailboxes: Dovecot, the system's or installed where that is possible, on a port of its own.

KESU_DOVECOT  the program to use instead
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kesu.config.testprogram import program

PASSWORD = "kesu-mailbox"
# The user under which the server reads mail; its logins are files below one directory.
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{home}/mail/%u
first_valid_uid = 0
auth_failure_delay = 0 secs
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u
}}
"""


class NoDovecot(Exception):
    """No IMAP server could be started; the text says why, in both languages."""


@dataclass
class ImapServer:
    """Where it listens, and its process. Any login has the same password and a mailbox of its own."""

    port: int
    home: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()


def installed() -> str | None:
    """The path of the program; None without one."""
    return program(os.environ.get("KESU_DOVECOT", "dovecot"), "dovecot-imapd")


@contextmanager
def server() -> Iterator[ImapServer]:
    """A running server with empty mailboxes. Raises NoDovecot."""
    path = installed()
    if path is None:
        raise NoDovecot("没有 Dovecot，请运行 apt install dovecot-imapd / No Dovecot: apt install dovecot-imapd")
    home = Path(tempfile.mkdtemp(prefix="kesu-imap-", dir="/tmp"))
    try:
        running = start(path, home)
        try:
            yield running
        finally:
            running.process.terminate()
            running.process.wait(10)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def start(path: str, home: Path, port: int = 0) -> ImapServer:
    """Start it in that directory, again when it was there before."""
    import grp
    import pwd

    user, group = pwd.getpwuid(os.geteuid() or pwd.getpwnam("nobody").pw_uid).pw_name, grp.getgrgid(os.getegid()).gr_name
    if os.geteuid() == 0:
        user, group = "nobody", grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
        home.chmod(0o755)
    for name in ("run", "state", "mail"):
        (home / name).mkdir(exist_ok=True)
        (home / name).chmod(0o777 if name == "mail" else 0o755)
    port = port or _free_port()
    config = home / "dovecot.conf"
    config.write_text(CONFIG.format(home=home, user=user, group=group, port=port, password=PASSWORD), encoding="ascii")
    process = subprocess.Popen([path, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    running = ImapServer(port, home, process)
    for _ in range(100):
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as line:
                if line.recv(20).startswith(b"* OK"):
                    return running
        except OSError:
            pass
        time.sleep(0.05)
    running.stop()
    log = home / "log"
    raise NoDovecot(f"Dovecot: {log.read_text(errors='replace')[-600:] if log.exists() else process.returncode}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
