"""The listening socket. The supervisor owns it, so that callers wait instead of being refused while a dead web process is replaced."""

from __future__ import annotations

import errno
import os
import socket

FD = "KESU_DOOR"
BACKLOG = 512


class DoorShut(Exception):
    """The address cannot be listened on; the text says why and what to do, in both languages."""


def open_door(host: str, port: int) -> socket.socket:
    """Listens. Raises DoorShut when the port is taken, forbidden, or the host is not this machine's."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        door = socket.socket(family, kind, protocol)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Head and body go out as two pieces: without this the second waits 40 ms for the first one's receipt. Accepted sockets inherit it.
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        door.bind(address)
        door.listen(BACKLOG)
    except OSError as problem:
        raise DoorShut(_why(problem, host, port)) from problem
    return door


def _why(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被占用，请用 --port 换一个，或先停掉占用它的程序。\n"
            f"Port {port} is in use: choose another with --port, or stop the program that holds it."
        )
    if problem.errno == errno.EACCES:
        return f"没有权限使用端口 {port}，请用 1024 以上的端口。\nNo permission for port {port}: use one above 1024."
    return f"无法在 {host}:{port} 上监听：{problem.strerror}\nCannot listen on {host}:{port}: {problem.strerror}"


def inherited() -> int | None:
    """The socket handed down by the supervisor, as a descriptor."""
    text = os.environ.get(FD)
    return int(text) if text else None


def address_of(door: socket.socket) -> str:
    """The address a person types to come in through this door."""
    host, port = door.getsockname()[:2]
    if host in {"0.0.0.0", "::", "127.0.0.1", "::1"}:
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
