"""A session with an MQTT broker that keeps what comes while we are away: a fixed client id; only what is on disk is acknowledged."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kesu.channels.devices.taking import Message
from kesu.channels.models import Broker
from kesu.channels.sealing import token, unseal

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage

PATIENCE = 10.0  # seconds for the line and for the broker's first answer
ALIVE = 30  # seconds: the broker takes us for gone after one and a half of these
LARGEST = 262_144  # bytes of a message; more is no alarm
AT_LEAST_ONCE = 1
TROUBLE = (OSError, ssl.SSLError, ValueError)


class Unusable(Exception):
    """The broker cannot be listened to; the text is what it said."""


def client_id(broker: Broker) -> str:
    """Always the same for this broker, at most 23 letters and digits as old brokers want: by it the broker knows what we have not had."""
    return "kesu" + token("mqtt", str(broker.pk), 16)


class Session:
    """One connection. What has come waits in `inbox` until `acknowledge` says that it is kept."""

    def __init__(self, broker: Broker, name: str, *, lasting: bool) -> None:
        from paho.mqtt.client import Client, MQTTv311  # only where a broker is set up
        from paho.mqtt.enums import CallbackAPIVersion

        self.inbox: list[MQTTMessage] = []
        self.answer: str | None = None  # "" once the broker has taken us in, else why not
        self.granted: list[bool] = []
        self._broker = broker
        self.client: Client = Client(
            CallbackAPIVersion.VERSION2, client_id=name, clean_session=not lasting, protocol=MQTTv311, manual_ack=True
        )
        self.client.connect_timeout = PATIENCE
        self.client.on_connect = self._connected
        self.client.on_subscribe = self._subscribed
        self.client.on_message = lambda _client, _data, message: self.inbox.append(message)
        if broker.login:
            self.client.username_pw_set(broker.login, unseal(broker.sealed))
        if broker.secured == "tls":
            self.client.tls_set_context(ssl.create_default_context())

    def _connected(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.answer = "" if not reason.is_failure else str(reason)

    def _subscribed(self, _client: Client, _data: Any, _mid: int, reasons: list[Any], _properties: Any) -> None:
        self.granted += [not reason.is_failure for reason in reasons]

    def open(self) -> None:
        """Connect. Raises Unusable or what the line breaks with."""
        self.client.connect(self._broker.host, self._broker.port, keepalive=ALIVE)
        self.until(lambda: self.answer is not None)
        if self.answer:
            raise Unusable(self.answer)

    def subscribe(self, filters: list[str], before: list[str]) -> None:
        """Ask for these topics, and no longer for those of `before` that are not among them. Raises Unusable."""
        if gone := [one for one in before if one not in filters]:
            self.client.unsubscribe(gone)
        if filters:
            self.client.subscribe([(one, AT_LEAST_ONCE) for one in filters])
            self.until(lambda: len(self.granted) >= len(filters))
            if refused := [one for one, well in zip(filters, self.granted, strict=False) if not well]:
                raise Unusable(f"not allowed to read {', '.join(refused)}")

    def turn(self, seconds: float) -> None:
        """Send and receive what there is, waiting at most so long. Raises Unusable when the line is gone."""
        from paho.mqtt.client import error_string

        code = self.client.loop(timeout=seconds)
        if code:
            raise Unusable(self.answer or error_string(code))

    def until(self, done: Callable[[], bool]) -> None:
        """Turn until it is done. Raises Unusable after PATIENCE."""
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                raise Unusable("no answer")
            self.turn(0.2)

    def come(self) -> list[Message]:
        """What has come and is not acknowledged."""
        return [Message(one.topic, bytes(one.payload[:LARGEST]), one.retain) for one in self.inbox]

    def acknowledge(self) -> None:
        """All of that is kept: the broker may forget it."""
        for one in self.inbox:
            self.client.ack(one.mid, one.qos)
        self.inbox.clear()


@contextmanager
def session(broker: Broker, *, trial: bool = False) -> Iterator[Session]:
    """A connected session; a trial has a name of its own and leaves nothing behind. Raises Unusable or what the line breaks with."""
    found = Session(broker, client_id(broker) + "try" if trial else client_id(broker), lasting=not trial)
    try:
        found.open()
        yield found
    finally:
        found.client.disconnect()
        found.client.loop(timeout=0.05)


def tried(broker: Broker, filters: list[str], listen: float = 3.0) -> list[tuple[bool, str]]:
    """Connect, subscribe and listen for a moment; every step with what came back. Nothing is kept or acknowledged for good."""
    steps: list[tuple[bool, str]] = []
    try:
        with session(broker, trial=True) as line:
            steps.append((True, f"CONNACK {broker.host}:{broker.port}"))
            line.subscribe(filters, [])
            steps.append((True, f"SUBACK {', '.join(filters)}" if filters else "–"))
            end = time.monotonic() + listen
            while time.monotonic() < end and not line.inbox:
                line.turn(0.2)
            said = [f"{one.topic}  {one.payload[:300].decode('utf-8', 'replace')}" for one in line.come()[:3]]
            steps += [(True, one) for one in said] or [(True, f"{listen:g} s: –")]
    except (Unusable, *TROUBLE) as problem:
        steps.append((False, f"{type(problem).__name__}: {problem}" if not isinstance(problem, Unusable) else str(problem)))
    return steps
