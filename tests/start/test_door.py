"""The socket that callers come in by."""

import socket

from kesu.config.door import open_door


def test_answers_in_two_pieces_do_not_wait_for_a_receipt():
    """Accepted connections send at once; otherwise every page on a kept connection takes 40 ms longer."""
    with open_door("127.0.0.1", 0) as door, socket.create_connection(door.getsockname()):
        accepted, _ = door.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
