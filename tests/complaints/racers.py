"""Real processes that race on the tests' database. The fork server imports Django once; every racer is a fresh process of it.

Each racer waits at the line until all are there, does one thing, and answers with what it got or how it was refused.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

from django.db import connection, connections

from kesu.company.models import Person
from kesu.complaints import actions, ringing
from kesu.complaints.actions import Intake
from kesu.procedure.refused import Refused

ROOT = Path(__file__).parents[2]
LONGEST = 60  # seconds until a racer counts as lost


def file_some(person_id: int, site_id: int, count: int, at: datetime, key: str = "") -> list[tuple[int, str]]:
    person, said = Person.objects.get(pk=person_id), [("电梯停了", "lift")]
    filed = [actions.receive(person, Intake(site_id=site_id, channel="hotline", items=said, filed_key=key), at) for _ in range(count)]
    return [(case.pk, case.number) for case in filed]


def sign(person_id: int, case_id: int, at: datetime) -> str:
    actions.sign(Person.objects.get(pk=person_id), case_id, at=at)
    return "signed it"


def draft(at: datetime) -> int:
    from kesu.reporting.actions.drafting import draft_due

    return draft_due(at)


def ring_reports(at: datetime) -> int:
    from kesu.reporting.ringing import ring_due

    return ring_due(at)


def approve(person_id: int, case_id: int, at: datetime) -> str:
    actions.approve(Person.objects.get(pk=person_id), case_id, at=at)
    return "approved it"


def pay(person_id: int, case_id: int, action_id: int, amount: int, key: str, at: datetime) -> str:
    person = Person.objects.get(pk=person_id)
    actions.pay(person, case_id, action_id=action_id, amount=amount, to="闵女士", method="transfer", key=key, at=at)
    return "paid it"


def take_back(person_id: int, case_id: int, payment_id: int, at: datetime) -> str:
    actions.reverse_payment(Person.objects.get(pk=person_id), case_id, payment_id=payment_id, reason="账号错", at=at)
    return "took it back"


def find(person_id: int, case_id: int, finding: str, at: datetime) -> str:
    actions.find(Person.objects.get(pk=person_id), case_id, item=1, finding=finding, reason="看过", seen=0, at=at)
    return "found it"


def name_person(person_id: int, case_id: int, who: int, at: datetime) -> str:
    actions.name_person(Person.objects.get(pk=person_id), case_id, who=who, at=at)
    return "named it"


def ask_statement(person_id: int, case_id: int, complained_id: int, at: datetime) -> str:
    actions.ask_statement(Person.objects.get(pk=person_id), case_id, complained_id=complained_id, words="几点到的", at=at)
    return "asked it"


def state(person_id: int, inquiry_id: int, at: datetime) -> str:
    actions.state(Person.objects.get(pk=person_id), inquiry_id, words="九点到", at=at)
    return "stated it"


def merge(person_id: int, case_id: int, into: str, at: datetime) -> str:
    said = {"reason": "同一部电梯", "channel": "hotline", "words": "一起办"}
    actions.merge(Person.objects.get(pk=person_id), case_id, into=into, **said, at=at)
    return "merged it"


def join(person_id: int, case_id: int, lead: str, at: datetime) -> str:
    actions.join_group(Person.objects.get(pk=person_id), case_id, lead=lead, at=at)
    return "joined it"


def split(person_id: int, case_id: int, item: int, at: datetime) -> str:
    return actions.split(Person.objects.get(pk=person_id), case_id, item=item, reason="另一件事", at=at).number


def follow_up(person_id: int, case_id: int, at: datetime) -> str:
    actions.visit(Person.objects.get(pk=person_id), case_id, outcome="not_reached", attempt=1, at=at)
    return "made"


def answer_survey(case_id: int, at: datetime) -> str:
    actions.survey(case_id, answers={"overall": 0}, at=at)
    return "made"


def send_letter(person_id: int, case_id: int, letter_id: int, at: datetime) -> str:
    said: dict[str, Any] = {"way": "hand", "words": "本人签收", "pdf": b"%PDF-1.7 " + str(person_id).encode()}
    actions.send_letter(Person.objects.get(pk=person_id), case_id, letter_id=letter_id, revision=1, **said, at=at)
    return "sent it"


def ring(at: datetime, batch: int) -> int:
    ringing.BATCH = batch
    total = 0
    while rung := ringing.ring_due(at):
        total += rung
    return total


def ring_and_die(at: datetime, batch: int, after: int) -> int:
    """Killed in the middle of a batch: its journal is written, nothing of it is committed."""
    written, save = [], ringing.save_notices

    def save_or_die(notices: list[Any]) -> None:
        save(notices)
        written.append(1)
        if len(written) > after:
            os.kill(os.getpid(), signal.SIGKILL)

    ringing.save_notices = save_or_die  # type: ignore[assignment]
    return ring(at, batch)


def race(runs: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]]) -> list[Any]:
    """All at once; the answer of each: its result, ("refused", code, zh), or ("died", exit code)."""
    database = _database()
    connection.close()
    context = multiprocessing.get_context("forkserver")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    context.set_forkserver_preload(["tests.complaints.racers"])
    line, pipes, racers = context.Barrier(len(runs)), [], []
    for act, arguments in runs:
        ours, theirs = context.Pipe(duplex=False)
        racer = context.Process(target=_run, args=(database, line, theirs, act, arguments), daemon=True)
        racer.start()
        theirs.close()
        pipes.append(ours)
        racers.append(racer)
    return [_answer(pipe, racer) for pipe, racer in zip(pipes, racers, strict=True)]


def _answer(pipe: Connection, racer: Any) -> Any:
    if not pipe.poll(LONGEST):
        racer.kill()
        raise AssertionError("a racer is lost")
    try:
        answer = pipe.recv()
    except EOFError:
        racer.join(LONGEST)
        return ("died", racer.exitcode)
    racer.join(LONGEST)
    return answer


def _database() -> str:
    """Where the tests really are: the server's word, because the settings' name may have been set anew by then."""
    if connection.vendor != "postgresql":
        return str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return str(cursor.fetchone()[0])


def _enter(database: str) -> None:
    """A connection of this process's own to the tests' database, whatever the fork server may have opened."""
    settings = connections.settings["default"]
    settings["NAME"] = database
    settings["OPTIONS"].pop("pool", None)
    connections["default"] = connections.create_connection("default")
    connection.ensure_connection()


def _run(database: str, line: Any, answer: Connection, act: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    _enter(database)
    line.wait(LONGEST)
    try:
        answer.send(act(*arguments))
    except Refused as no:
        answer.send(("refused", no.code, no.zh))
    finally:
        connection.close()
